/**
 * The validation at the end of an epoch from a program: TensorFlow.js's own loop over the batches of the validation data
 * (engine/training.js, testLoop, 4.22), and its means, to the bit.
 */
import type * as tf from "@tensorflow/tfjs";
import type { CapturedStep } from "./capturedStep.ts";
import { type GatheredStep, GatheredSteps, type OnRows } from "./gatheredStep.ts";
import { COPIED } from "./deviceBuffer.ts";
import { type DataId, submitPending } from "./internals.ts";
import { readBack } from "./readBack.ts";
import type { StepWorld } from "./trace.ts";

/** Steps of one command buffer. */
const MOST_STEPS = 16;

export class Validation {
  readonly #world: StepWorld;
  readonly #rows: number;
  readonly #batchSize: number;
  readonly #steps: GatheredSteps;
  readonly #order: Int32Array;
  readonly #orderBuffer: GPUBuffer;

  constructor(
    world: StepWorld,
    f: unknown,
    data: readonly tf.Tensor[],
    batchSize: number,
    programs: Map<number, CapturedStep>,
  ) {
    this.#world = world;
    this.#rows = data[0]?.shape[0] ?? 0;
    this.#batchSize = batchSize;
    this.#steps = new GatheredSteps(world, programs, f as OnRows, data);
    this.#order = Int32Array.from({ length: this.#rows }, (_, row) => row);
    const size = Math.max(4, this.#order.byteLength);
    this.#orderBuffer = world.backend.device.createBuffer({ size, usage: COPIED });
    world.backend.queue.writeBuffer(this.#orderBuffer, 0, this.#order);
  }

  /** The means of the losses and metrics over all rows, as scalars that are the caller's. */
  async run(): Promise<readonly tf.Tensor[]> {
    const { tf, backend } = this.#world;
    const batches: Promise<readonly number[]>[] = [];
    const sizes: number[] = [];
    for (let at = 0; at < this.#rows;) {
      const size = Math.min(this.#batchSize, this.#rows - at);
      const step = this.#steps.of(size);
      const outputs = step.advance(this.#order.subarray(at, at + size));
      const full = Math.max(1, Math.floor((this.#rows - at) / this.#batchSize));
      const steps = outputs ? 1 : Math.min(MOST_STEPS, full);
      if (outputs) batches.push(this.#read(outputs));
      else batches.push(...this.#run(step, steps, at));
      for (let i = 0; i < steps; i++) sizes.push(size);
      at += steps * this.#batchSize;
    }
    const totals: number[] = [];
    const values = await Promise.all(batches);
    values.forEach((one, batch) =>
      one.forEach((value, i) => {
        const weighted = Math.fround(value * (sizes[batch] ?? 0));
        totals[i] = Math.fround((totals[i] ?? 0) + weighted);
      }),
    );
    return totals.map((total) =>
      tf.tidy(() => {
        const sum = tf.scalar(total);
        // Divided on the device, as TensorFlow.js does it: another division may round another way.
        backend.uploadToGPU(sum.dataId as DataId);
        return tf.keep(tf.div(sum, this.#rows));
      }),
    );
  }

  async #read(outputs: readonly tf.Tensor[]): Promise<readonly number[]> {
    const values = await Promise.all(outputs.map(async (one) => (await one.data())[0] ?? NaN));
    this.#world.tf.dispose([...outputs]);
    return values;
  }

  #run(step: GatheredStep, steps: number, at: number): Promise<readonly number[]>[] {
    const { backend } = this.#world;
    const width = step.captured.program?.outputSizes.length ?? 0;
    const stride = width * 4;
    const buffer = backend.device.createBuffer({
      size: Math.max(4, steps * stride),
      usage: COPIED,
    });
    const results = Array.from({ length: width }, (_, i) => ({
      to: buffer,
      offset: i * 4,
      stride,
    }));
    step.run(steps, { buffer: this.#orderBuffer, at }, results);
    const reading = readBack(backend, [{ buffer, size: buffer.size }]).then(([bytes]) => {
      buffer.destroy();
      return new Float32Array(bytes ?? new ArrayBuffer(0));
    });
    return Array.from({ length: steps }, async (_, i) => [
      ...(await reading).subarray(i * width, (i + 1) * width),
    ]);
  }

  changed(): void {
    this.#steps.changed();
  }

  dispose(): void {
    submitPending(this.#world.backend);
    this.#orderBuffer.destroy();
    this.#steps.dispose();
  }
}
