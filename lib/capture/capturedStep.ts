/**
 * One step of one shape on its way from TensorFlow.js to a program: it runs as it is until a program of it is proved, then
 * a step is traced again, and only where that gives the same program do the steps after it come from the program.
 */
import type * as tf from "@tensorflow/tfjs";
import { fingerprint } from "./graph.ts";
import type { OptimizerState } from "./internals.ts";
import { NotCapturable } from "./notCapturable.ts";
import type { Program } from "./program.ts";
import { type Found, prove } from "./prove.ts";
import { type KnownRates, ratesIn, withRates } from "./rates.ts";
import { isSameStep } from "./sameStep.ts";
import { type Step, type StepWorld, type Traced, ratesOf, trace } from "./trace.ts";

/** How a step is run now. */
export type Standing =
  /** As TensorFlow.js runs it; the next step may be captured. */
  | { readonly kind: "trying" }
  /** The same, while what a program gives is on its way from the device. */
  | { readonly kind: "proving"; readonly over: Promise<void> }
  /** The next step is traced again. */
  | { readonly kind: "proved"; readonly program: Program }
  /** From its program. */
  | { readonly kind: "captured"; readonly program: Program }
  /** As TensorFlow.js runs it, for this reason. */
  | { readonly kind: "stock"; readonly why: string; readonly passing?: Passing };

/** It is tried again once its settings stay what they are; in vain, so far, or not yet. */
export type Passing = "not tried again" | "in vain";

/** A first step makes what the ones after it use; what still makes something new after so many never ends with it. */
const MOST_TRIES = 3;
export const NO_OTHER = "the step changes from one time to the next";
/** So often what the step is may change before a program of it is ready: a proof is more work than a step. */
const MOST_CHANGES = 3;
/** What changed with every step is looked at again after so many that were the same, then after twice as many. */
const STEADY_STEPS = 16;
const UNSTEADY = "its settings change with every step";

/** What a program is of, or is to be. */
interface Subject {
  readonly traced: Traced;
  /** The step with its learning rates read from outside it, as far as they are known. */
  readonly step: Traced;
  /** Those that hold their rate in a tensor of theirs. */
  readonly held: readonly OptimizerState[];
  /** Rates when they were looked at last. */
  seen: readonly number[];
  /** Places of the optimizers whose rate the program reads. */
  followed: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();

export class CapturedStep {
  #standing: Standing = { kind: "trying" };
  #subject: Subject | undefined;
  #known: KnownRates | undefined;
  #tries = 0;
  #changes = 0;
  #steadySteps = 0;
  #patience = STEADY_STEPS;

  get standing(): Standing {
    // Others may have needed its memory.
    if ("program" in this.#standing && this.#standing.program.isDisposed) this.reset();
    return this.#standing;
  }

  get program(): Program | undefined {
    const { standing } = this;
    return standing.kind === "captured" ? standing.program : undefined;
  }

  /**
   * Does one step as TensorFlow.js does it, and what there is to do for its capture. Undefined where the program is
   * ready: then nothing was done, and the step is the program's.
   */
  advance(
    world: StepWorld,
    step: Step,
    inputs: readonly tf.Tensor[],
  ): readonly tf.Tensor[] | undefined {
    this.follow(world, step, inputs);
    const { standing } = this;
    switch (standing.kind) {
      case "captured":
        return undefined;
      case "proved":
        if (this.#confirm(world, step, inputs, standing.program)) return undefined;
        return step(inputs);
      case "trying":
        return this.#prove(world, step, inputs);
      case "stock":
        if (standing.passing && ++this.#steadySteps > this.#patience) this.#tryAgain();
        return step(inputs);
      default:
        return step(inputs);
    }
  }

  #prove(world: StepWorld, step: Step, inputs: readonly tf.Tensor[]): readonly tf.Tensor[] {
    try {
      const traced = trace(world, step, inputs);
      const read = this.#read(traced);
      const { outputs, found } = prove(world, read.step, step, inputs);
      const held = read.step.outside.flatMap((one) =>
        one.kind === "held rate" ? [one.optimizer] : [],
      );
      this.#subject = { ...read, traced, held, seen: traced.rates };
      const over = found.then(
        (one) => this.#found(proving, one),
        // The device was lost or the model disposed of: whoever reads what the step gave is told so.
        () => this.#found(proving, { program: undefined, difference: NaN }),
      );
      const proving: Standing = { kind: "proving", over };
      this.#standing = proving;
      return outputs;
    } catch (error) {
      if (!(error instanceof NotCapturable)) throw error;
      if (error.when === "never" || ++this.#tries > MOST_TRIES)
        this.#standing = { kind: "stock", why: error.message };
      return step(inputs);
    }
  }

  #found(proving: Standing, { program, difference }: Found): void {
    if (this.#standing !== proving) program?.dispose();
    else if (program) this.#standing = { kind: "proved", program };
    else {
      const why = `a program of it differs by ${difference.toPrecision(1)}`;
      this.#standing = { kind: "stock", why };
      this.#subject = undefined;
    }
  }

  #confirm(world: StepWorld, step: Step, inputs: readonly tf.Tensor[], program: Program): boolean {
    const traced = this.#trace(world, step, inputs);
    const isSame = traced !== undefined && this.#isStill(traced);
    if (!isSame) {
      program.dispose();
      this.#subject = undefined;
    }
    this.#standing = isSame ? { kind: "captured", program } : { kind: "stock", why: NO_OTHER };
    if (isSame) {
      this.#changes = 0;
      this.#patience = STEADY_STEPS;
    }
    return isSame;
  }

  /** Traced again before it is used again: whatever changed since, the program is of this step or is not used. */
  check(world: StepWorld, step: Step, inputs: readonly tf.Tensor[]): void {
    if (this.program && this.#subject) this.#compare(world, step, inputs, this.#subject);
  }

  /** Where a learning rate is another: a program that reads it goes on, any other makes room for one that does. */
  follow(world: StepWorld, step: Step, inputs: readonly tf.Tensor[]): void {
    const { kind } = this.standing;
    const subject = this.#subject;
    if (!subject || kind === "trying" || kind === "stock") return;
    const isGone = subject.held.some(({ c }) => !c || c.isDisposed);
    if (isGone || changedIn(subject).length > 0) this.#compare(world, step, inputs, subject);
  }

  /** Traces the step again. Where rates changed that its program does not read, looks what comes of them. */
  #compare(world: StepWorld, step: Step, inputs: readonly tf.Tensor[], subject: Subject): void {
    const again = (): Traced | undefined => this.#trace(world, step, inputs);
    const now = again();
    const changed = changedIn(subject);
    if (now && changed.length > 0) this.#known = knownAfter(subject.traced, now, again);
    if (now && this.#isStill(now)) {
      subject.seen = now.rates;
      subject.followed = this.#read(now).followed;
      return;
    }
    this.reset();
    const isOfRates = changed.length > 0 && changed.every((at) => this.#known?.followed.has(at));
    if (!now || !isOfRates) this.#change();
  }

  #isStill(now: Traced): boolean {
    return this.#subject !== undefined && isSameStep(this.#subject.step, this.#read(now).step);
  }

  /** Undefined where it cannot be captured now. */
  #trace(world: StepWorld, step: Step, inputs: readonly tf.Tensor[]): Traced | undefined {
    try {
      return trace(world, step, inputs);
    } catch (error) {
      if (error instanceof NotCapturable) return undefined;
      throw error;
    }
  }

  #read(traced: Traced): Pick<Subject, "step" | "followed"> {
    const plain = { step: traced, followed: NONE };
    if (!this.#known) return plain;
    const step = withRates(traced, this.#known.rates);
    const isOf = fingerprint(step.graph) === this.#known.fingerprint;
    return isOf ? { step, followed: this.#known.followed } : plain;
  }

  /** The same where something may have changed the step: what was not captured before may be now. */
  changed(world: StepWorld, step: Step, inputs: readonly tf.Tensor[]): void {
    this.#steadySteps = 0;
    const { standing } = this;
    switch (standing.kind) {
      case "captured":
        return this.check(world, step, inputs);
      case "stock":
        if (!standing.passing) this.reset();
        return;
      default:
        this.reset();
        this.#change();
    }
  }

  #change(): void {
    if (++this.#changes <= MOST_CHANGES) return;
    const passing = this.#patience > STEADY_STEPS ? "in vain" : "not tried again";
    this.#standing = { kind: "stock", why: UNSTEADY, passing };
  }

  #tryAgain(): void {
    this.reset();
    this.#steadySteps = 0;
    this.#patience *= 2;
  }

  /** What was not captured may be now. */
  retry(): void {
    this.#changes = 0;
    if (this.#standing.kind === "stock") this.reset();
  }

  /** Everything anew, as where the model was compiled again. */
  reset(): void {
    if ("program" in this.#standing) this.#standing.program.dispose();
    this.#standing = { kind: "trying" };
    this.#subject = undefined;
    this.#tries = 0;
  }
}

/** Where more than the rates is another now, what comes of them by other ways is not known: they are not followed. */
function knownAfter(before: Traced, now: Traced, again: () => Traced | undefined): KnownRates {
  const known = ratesIn(now, again);
  const [old, other] = [before, now].map((one) => withRates(one, known.rates));
  const isAll = old !== undefined && other !== undefined && isSameStep(old, other);
  return isAll ? known : { ...known, followed: NONE };
}

/** Places of the optimizers whose rate changed and is not read. */
function changedIn({ step, seen, followed }: Subject): number[] {
  return ratesOf(step.optimizers).flatMap((rate, at) =>
    Object.is(rate, seen[at]) || followed.has(at) ? [] : [at],
  );
}
