/**
 * `capture(step, { inputs })`: a training step that a cell wrote by hand, from a program once there is one. What the step
 * does beside its tensors happens only where it is run or traced, so it is for the cell to say that it may be.
 */
import type * as tf from "@tensorflow/tfjs";
import { CapturedStep } from "./capturedStep.ts";
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

/**
 * Gives a function that does the same. `world` is asked at each call: undefined where there is nothing to capture
 * with. `stepping` is called ahead of each step with what a program of it changes.
 */
export function capturedByHand<Inputs extends readonly tf.Tensor[], Out extends Given>(
  world: () => StepWorld | undefined,
  stepping: (changes: readonly tf.Variable[]) => void,
  step: (...inputs: Inputs) => Out,
  { inputs: standard, every = 100 }: CaptureOptions<Inputs> = {},
): (...inputs: Inputs | []) => Out {
  if (typeof step !== "function")
    throw new TypeError("capture() takes a function: capture((x, y) => optimizer.minimize(…))");
  const byShape = new Map<string, Captured>();
  return (...called) => {
    const inputs = (called.length > 0 ? called : (standard ?? [])) as unknown as Inputs;
    const here = world();
    if (!here) return step(...inputs);
    const shape = inputKey(here.tf, inputs);
    const captured = byShape.get(shape) ?? new Captured();
    byShape.set(shape, captured);
    return captured.run(here, { step: step as never, stepping, every }, inputs) as Out;
  };
}

interface ByHand {
  readonly step: (...inputs: readonly tf.Tensor[]) => Given;
  readonly stepping: (changes: readonly tf.Variable[]) => void;
  readonly every: number;
}

class Captured {
  #backend: StepWorld["backend"] | undefined;
  readonly #captured = new CapturedStep();
  #made: Given;
  #form: (outputs: readonly tf.Tensor[]) => Given = () => undefined;
  #steps = 0;
  #changes = 0;

  run(world: StepWorld, { step, stepping, every }: ByHand, inputs: readonly tf.Tensor[]): Given {
    if (this.#backend !== world.backend) this.#captured.reset();
    this.#backend = world.backend;
    if (this.#changes > MOST_CHANGES) return step(...inputs);
    const asTensors: Step = (given) => {
      const made = step(...given);
      this.#made = made;
      if (made === null || made === undefined) this.#form = () => made;
      else if (Array.isArray(made)) this.#form = (all) => all;
      else this.#form = ([one]) => one;
      return ([] as tf.Tensor[]).concat((made ?? []) as tf.Tensor[]);
    };
    if (++this.#steps % every === 0 && this.#captured.program) {
      this.#captured.check(world, asTensors, inputs);
      if (!this.#captured.program) this.#changes++;
    }
    // Run as it is, it gives what it gives, whatever that is.
    if (this.#captured.advance(world, asTensors, inputs)) return this.#made;
    const { program } = this.#captured;
    stepping(program?.variables ?? []);
    return this.#form(replayed(world, program, inputs));
  }
}
