/**
 * The losses and metrics of an epoch's batches on their way from the device: read some batches behind, told to callbacks
 * in order, and summed as TensorFlow.js sums them, in single precision one after another.
 */
import type * as tf from "@tensorflow/tfjs";
import { COPIED } from "./deviceBuffer.ts";
import type { TrainingModel } from "./internals.ts";
import type { Result } from "./program.ts";
import type { StepWorld } from "./trace.ts";
import type { Observers } from "./observers.ts";
import { readBack } from "./readBack.ts";

/** So many chunks may be on their way before the next waits. */
const AHEAD = 2;
/** Batches that were not captured may be so many on their way: they wait for nothing, and yet the rest gets turns. */
const HELD = 8;

interface Pending {
  readonly first: number;
  readonly size: number;
  /** For each batch the values in the order of the labels. */
  readonly values: () => Promise<readonly (readonly number[])[]>;
  /** Gives back what holds them, where nobody asks for them any more. */
  readonly drop: () => void;
}

/** Steps of a program: the first one's number in its epoch, the rows of each. */
interface Ran {
  readonly first: number;
  readonly size: number;
  readonly steps: number;
}

interface Results {
  readonly places: readonly Result[];
  read(): void;
}

export class LossLog {
  seen = 0;
  readonly totals: number[];
  readonly #world: StepWorld;
  readonly #labels: readonly string[];
  readonly #observers: Observers;
  #pending: Pending[] = [];
  #held = 0;

  constructor(world: StepWorld, labels: readonly string[], observers: Observers) {
    this.#world = world;
    this.#labels = labels;
    this.#observers = observers;
    this.totals = labels.map(() => 0);
  }

  async begin(batch: number): Promise<void> {
    for (const one of this.#observers.each) await one.onBatchBegin(batch, {});
  }

  /** One batch as TensorFlow.js gave it; the tensors are this log's from here on. */
  addTensors(batch: number, size: number, outputs: readonly tf.Tensor[]): void {
    this.#held++;
    const drop = (): void => this.#world.tf.dispose([...outputs]);
    const values = async (): Promise<number[][]> => {
      try {
        return [await Promise.all(outputs.map(async (one) => (await one.data())[0] ?? NaN))];
      } finally {
        drop();
        this.#held--;
      }
    };
    this.#pending.push({ first: batch, size, values, drop });
  }

  /** Batches that a program is to run: where their values go, and how to begin reading them. `done`: they are here. */
  addSteps({ first, size, steps }: Ran, done: () => void): Results {
    const { backend } = this.#world;
    const count = this.#labels.length;
    const stride = count * 4;
    const buffer = backend.device.createBuffer({
      size: Math.max(4, steps * stride),
      usage: COPIED,
    });
    const places = this.#labels.map((_, i) => ({ to: buffer, offset: i * 4, stride }));
    const read = (): void => {
      const reading = readBack(backend, [{ buffer, size: buffer.size }]);
      reading.catch(() => undefined); // whoever takes it is told
      const values = async (): Promise<number[][]> => {
        const [bytes] = await reading;
        buffer.destroy();
        done();
        const all = new Float32Array(bytes ?? new ArrayBuffer(0));
        return Array.from({ length: steps }, (_, step) => [
          ...all.subarray(step * count, (step + 1) * count),
        ]);
      };
      this.#pending.push({ first, size, values, drop: () => buffer.destroy() });
    };
    return { places, read };
  }

  /** Takes in what has come, as far as it must be before training goes on. */
  async turn(model: TrainingModel): Promise<void> {
    const isWatched = this.#observers.each.length > 0;
    const most = isWatched ? 0 : this.#held > 0 ? HELD : AHEAD - 1;
    while (this.#pending.length > most && !model.stopTraining_) await this.#take();
    if (isWatched) return;
    const batch = this.#pending.at(-1)?.first ?? 0;
    for (const one of this.#observers.yielding) await one.onBatchEnd(batch, {});
  }

  async finish(): Promise<void> {
    while (this.#pending.length > 0) await this.#take();
  }

  /** Where training ends before its losses were all taken in. */
  drop(): void {
    for (const { drop } of this.#pending.splice(0)) drop();
  }

  async #take(): Promise<void> {
    const pending = this.#pending.shift();
    if (!pending) return;
    const values = await pending.values();
    const { first, size } = pending;
    for (const one of values) {
      this.seen += size;
      this.#labels.forEach((_, i) => {
        const weighted = Math.fround((one[i] ?? NaN) * size);
        this.totals[i] = Math.fround((this.totals[i] ?? 0) + weighted);
      });
    }
    for (const one of this.#observers.many) await one.onBatches({ labels: this.#labels, values });
    const [only] = values;
    if (this.#observers.each.length > 0 && only) await this.#tellEach(first, size, only);
  }

  /** As TensorFlow.js tells them: scalars, which a callback may have read and replaced by numbers. */
  async #tellEach(batch: number, size: number, values: readonly number[]): Promise<void> {
    const { tf } = this.#world;
    const scalars = this.#labels.map((label, i) => [label, tf.scalar(values[i] ?? NaN)] as const);
    const logs = { batch, size, ...Object.fromEntries(scalars) };
    try {
      for (const one of [...this.#observers.each, ...this.#observers.yielding])
        await one.onBatchEnd(batch, logs);
    } finally {
      tf.dispose(scalars.map(([, scalar]) => scalar));
    }
  }
}
