/**
 * One step of one shape on its way from TensorFlow.js to a program: it runs as it is until a program of it is proved, the
 * next step is traced again, and only where that gives the same program do the steps after it come from the program.
 */
import type * as tf from "@tensorflow/tfjs";
import { NotCapturable } from "./notCapturable.ts";
import type { Program } from "./program.ts";
import { type ProofWorld, type ProvableStep, prove } from "./prove.ts";
import { type Traced, trace } from "./trace.ts";

/** How a step is run now. */
export type Standing =
  /** As TensorFlow.js runs it; the next step may be captured. */
  | { readonly kind: "trying" }
  /** From its program. */
  | { readonly kind: "captured"; readonly program: Program; readonly difference: number }
  /** As TensorFlow.js runs it, for this reason. */
  | { readonly kind: "stock"; readonly why: string };

export class CapturedStep {
  #standing: Standing = { kind: "trying" };
  /** Proved, but the second trace is still to come. */
  #proved: { readonly program: Program; readonly difference: number } | undefined;
  #tries = 0;

  get standing(): Standing {
    return this.#standing;
  }

  /**
   * Does one step for real, and what there is to do for its capture. Gives what the step gave, or undefined where the
   * program is ready: then nothing was done, and the step is the program's.
   */
  async advance(world: ProofWorld, step: ProvableStep): Promise<readonly tf.Tensor[] | undefined> {
    if (this.#standing.kind === "captured") return undefined;
    if (this.#standing.kind === "stock") return step.run();
    if (this.#proved) return this.#confirm(world, step, this.#proved);
    try {
      const { outputs, program, difference } = await prove(world, step);
      if (program) this.#proved = { program, difference };
      else this.#giveUp(`the program differs by ${difference.toPrecision(1)}`);
      return outputs;
    } catch (error) {
      if (!(error instanceof NotCapturable)) throw error;
      if (error.when === "never" || ++this.#tries > 2) this.#giveUp(error.message);
      return step.run();
    }
  }

  /** Traced again before it is used again: whatever may have changed since, the program is the same or not used. */
  check(world: ProofWorld, step: ProvableStep): void {
    if (this.#standing.kind !== "captured") return;
    if (this.#isSame(world, step, this.#standing.program)) return;
    this.reset();
  }

  #confirm(
    world: ProofWorld,
    step: ProvableStep,
    proved: { readonly program: Program; readonly difference: number },
  ): readonly tf.Tensor[] | undefined {
    this.#proved = undefined;
    if (this.#isSame(world, step, proved.program)) {
      this.#standing = { kind: "captured", ...proved };
      return undefined;
    }
    proved.program.dispose();
    this.#giveUp("the step changes from one time to the next");
    return step.run();
  }

  #isSame(world: ProofWorld, step: ProvableStep, program: Program): boolean {
    const forget = step.remember();
    let traced: Traced;
    try {
      traced = trace(world.tf, world.backend, world.swapRandom, () => step.run(), step.inputs);
    } catch (error) {
      if (error instanceof NotCapturable) return false;
      throw error;
    } finally {
      forget();
    }
    return program.isOf(traced);
  }

  #giveUp(why: string): void {
    this.#standing = { kind: "stock", why };
  }

  /** Everything anew, as where the model was compiled again. */
  reset(): void {
    this.dispose();
    this.#standing = { kind: "trying" };
    this.#tries = 0;
  }

  dispose(): void {
    if (this.#standing.kind === "captured") this.#standing.program.dispose();
    this.#proved?.program.dispose();
    this.#proved = undefined;
    this.#standing = { kind: "trying" };
  }
}
