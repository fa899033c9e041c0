/**
 * `capture(step, { inputs })`: a training step that a cell wrote by hand, from a program once there is one. What the step
 * does beside its tensors happens only where it is run or traced, so it is for the cell to say that it may be.
 */
import type * as tf from "@tensorflow/tfjs";
import { CapturedStep, NO_OTHER, type Standing } from "./capturedStep.ts";
import { inputKey } from "./inputKey.ts";
import { replayed } from "./trainFunction.ts";
import type { Step, StepWorld } from "./trace.ts";

export interface CaptureOptions<Inputs extends readonly tf.Tensor[]> {
  /** What the step is given where a call gives nothing. */
  readonly inputs?: Inputs;
  /** After so many steps it is traced again; 100 where nothing is said. */
  readonly every?: number;
}

/** A tensor, several, or nothing: what a step may give. */
export type Given = tf.Tensor | readonly tf.Tensor[] | null | undefined | void;

/** How often in a row another trace may be another program before the step is left as it is. */
const MOST_CHANGES = 3;

/** What a step by hand stands in. */
export interface HandWorld {
  /** Asked at each call: why nothing is captured now, or what with. */
  stepWorld(): StepWorld | string;
  /** How the step is run, again and again. */
  told(standing: Standing): void;
  /** Called ahead of each step with what a program of it changes. */
  stepping(changes: readonly tf.Variable[]): void;
  /** Takes what gives back all that programs of the step hold; where it is called after that, it is captured anew. */
  holding(giveBack: () => void): void;
}

/** Gives a function that does the same. */
export function capturedByHand<Inputs extends readonly tf.Tensor[], Out extends Given>(
  world: HandWorld,
  step: (...inputs: Inputs) => Out,
  { inputs: standard, every = 100 }: CaptureOptions<Inputs> = {},
): (...inputs: Inputs | []) => Out {
  if (typeof step !== "function")
    throw new TypeError("capture() takes a function: capture((x, y) => optimizer.minimize(…))");
  const byShape = new Map<string, Captured>();
  world.holding(() => {
    for (const captured of byShape.values()) captured.reset();
    byShape.clear();
  });
  return (...called) => {
    const inputs = (called.length > 0 ? called : (standard ?? [])) as unknown as Inputs;
    const here = world.stepWorld();
    if (typeof here === "string") {
      world.told({ kind: "stock", why: here });
      return step(...inputs);
    }
    const shape = inputKey(here.tf, inputs);
    const captured = byShape.get(shape) ?? new Captured();
    byShape.set(shape, captured);
    return captured.run(here, { step: step as never, world, every }, inputs) as Out;
  };
}

interface ByHand {
  readonly step: (...inputs: readonly tf.Tensor[]) => Given;
  readonly world: HandWorld;
  readonly every: number;
}

class Captured {
  #backend: StepWorld["backend"] | undefined;
  readonly #captured = new CapturedStep();
  #made: Given;
  #form: (outputs: readonly tf.Tensor[]) => Given = () => undefined;
  #steps = 0;
  #changes = 0;

  run(here: StepWorld, { step, world, every }: ByHand, inputs: readonly tf.Tensor[]): Given {
    if (this.#backend !== here.backend) this.#captured.reset();
    this.#backend = here.backend;
    if (this.#changes > MOST_CHANGES) {
      world.told({ kind: "stock", why: NO_OTHER });
      return step(...inputs);
    }
    const asTensors: Step = (given) => {
      const made = step(...given);
      this.#made = made;
      if (made === null || made === undefined) this.#form = () => made;
      else if (Array.isArray(made)) this.#form = (all) => all;
      else this.#form = ([one]) => one;
      return ([] as tf.Tensor[]).concat((made ?? []) as tf.Tensor[]);
    };
    if (++this.#steps % every === 0 && this.#captured.program) {
      this.#captured.check(here, asTensors, inputs);
      if (!this.#captured.program) this.#changes++;
    }
    // Run as it is, it gives what it gives, whatever that is.
    const isRun = this.#captured.advance(here, asTensors, inputs) !== undefined;
    world.told(this.#captured.standing);
    if (isRun) return this.#made;
    const { program } = this.#captured;
    world.stepping(program?.variables ?? []);
    return this.#form(replayed(here, program, inputs));
  }

  reset(): void {
    this.#captured.reset();
  }
}
