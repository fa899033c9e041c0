/** A step over rows of data that lie on the device: one batch is so many rows, gathered by their numbers. */
import type * as tf from "@tensorflow/tfjs";
import { CapturedStep } from "./capturedStep.ts";
import { resourceOf } from "./deviceBuffer.ts";
import type { Result } from "./program.ts";
import type { Step, StepWorld } from "./trace.ts";

/** Takes the gathered rows of each of the data; null where there is none. */
export type OnRows = (data: readonly (tf.Tensor | null)[]) => readonly tf.Tensor[];

export interface Rows {
  /** Numbers of rows, int32, one batch after another. */
  readonly buffer: GPUBuffer;
  /** The first of them to use. */
  readonly at: number;
}

export class GatheredStep {
  readonly captured: CapturedStep;
  readonly #world: StepWorld;
  readonly #step: Step;
  readonly #data: readonly tf.Tensor[];
  readonly #size: number;
  /** Where a program finds the numbers of its rows. */
  readonly #rows: tf.Tensor;

  constructor(
    world: StepWorld,
    captured: CapturedStep,
    f: OnRows,
    data: readonly (tf.Tensor | null)[],
    size: number,
  ) {
    const { tf } = world;
    this.#world = world;
    this.captured = captured;
    this.#data = data.filter((one) => one !== null);
    this.#size = size;
    this.#rows = tf.keep(tf.tensor1d(new Int32Array(size), "int32"));
    this.#step = (inputs) => {
      const rows = inputs.at(-1) as tf.Tensor1D;
      let next = 0;
      const gathered = (one: tf.Tensor | null): tf.Tensor | null =>
        one && tf.gather(inputs[next++] as tf.Tensor, rows);
      return tf.tidy(() => f(data.map(gathered)) as tf.Tensor[]);
    };
  }

  /** Looks whether a program from before is still of this step. */
  check(): void {
    this.captured.check(this.#world, this.#step, this.#inputs);
  }

  /** Something may have changed what the step is. */
  changed(): void {
    this.captured.changed(this.#world, this.#step, this.#inputs);
  }

  /** One step as TensorFlow.js does it; undefined where the program is ready to do it. */
  advance(rows: Int32Array): readonly tf.Tensor[] | undefined {
    this.captured.follow(this.#world, this.#step, this.#inputs);
    if (this.captured.program) return undefined;
    const given = this.#world.tf.tensor1d(rows, "int32");
    try {
      return this.captured.advance(this.#world, this.#step, [...this.#data, given]);
    } finally {
      given.dispose();
    }
  }

  /** So many steps of the program. */
  run(steps: number, { buffer, at }: Rows, results: readonly Result[]): void {
    const { backend, swapRandom } = this.#world;
    const to = resourceOf(backend, this.#rows.dataId);
    const size = this.#size * 4;
    this.captured.program?.run({
      ...{ steps, inputs: this.#inputs, results },
      random: () => drawn(swapRandom),
      feeds: [{ from: buffer, offset: at * 4, stride: size, to, size }],
    });
  }

  get #inputs(): readonly tf.Tensor[] {
    return [...this.#data, this.#rows];
  }

  dispose(): void {
    this.#rows.dispose();
  }
}

/** The steps over the same data, by the rows of their batches. Programs outlive them. */
export class GatheredSteps {
  readonly #make: (size: number, captured: CapturedStep) => GatheredStep;
  readonly #programs: Map<number, CapturedStep>;
  readonly #steps = new Map<number, GatheredStep>();

  constructor(
    world: StepWorld,
    programs: Map<number, CapturedStep>,
    f: OnRows,
    data: readonly (tf.Tensor | null)[],
  ) {
    this.#make = (size, captured) => new GatheredStep(world, captured, f, data, size);
    this.#programs = programs;
  }

  of(size: number): GatheredStep {
    const known = this.#steps.get(size);
    if (known) return known;
    const captured = this.#programs.get(size) ?? new CapturedStep();
    this.#programs.set(size, captured);
    const step = this.#make(size, captured);
    this.#steps.set(size, step);
    step.check();
    return step;
  }

  changed(): void {
    for (const step of this.#steps.values()) step.changed();
  }

  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
  }
}

/** Draws as a step would: from Math.random as it is now. */
export function drawn(swapRandom: StepWorld["swapRandom"]): number {
  const random = swapRandom(() => 0);
  swapRandom(random);
  return random();
}
