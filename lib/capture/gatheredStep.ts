/** A step over rows of data that lie on the device: one batch is so many rows, gathered by their numbers. */
import type * as tf from "@tensorflow/tfjs";
import type { CapturedStep } from "./capturedStep.ts";
import type { DataId } from "./internals.ts";
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
    const { tf, backend } = world;
    this.#world = world;
    this.captured = captured;
    this.#data = data.filter((one) => one !== null);
    this.#size = size;
    this.#rows = tf.keep(tf.tensor1d(new Int32Array(size), "int32"));
    backend.uploadToGPU(this.#rows.dataId as DataId);
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
    const to = backend.tensorMap.get(this.#rows.dataId as DataId).resource;
    if (!to) throw new Error("The rows of a batch are not on the device");
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

/** Draws as a step would: from Math.random as it is now. */
export function drawn(swapRandom: StepWorld["swapRandom"]): number {
  const random = swapRandom(() => 0);
  swapRandom(random);
  return random();
}
