/**
 * What a program reads and replaces that is not its own: TensorFlow.js's tensors, where they are on the device now. A
 * variable's memory may be written over only where nobody else holds it.
 */
import type * as tf from "@tensorflow/tfjs";
import { VALUES, detach, resourceOf } from "./deviceBuffer.ts";
import type { DataId, TensorData, TensorFlow, WebGpuBackend } from "./internals.ts";
import { rateNumber } from "./rates.ts";
import type { Outside } from "./trace.ts";

/** How often the values behind a tensor were replaced where they are. */
const generations = new WeakMap<TensorData, number>();
const watched = new WeakSet<WebGpuBackend>();

/** Memory that stands in for what is there before a step, by its number. */
export type Instead = ReadonlyMap<number, GPUBuffer>;

/** A learning rate where kernels read it. */
interface RateBuffer {
  readonly buffer: GPUBuffer;
  /** Undefined where none was written yet. */
  value: number | undefined;
}

export class Residents {
  readonly #tf: TensorFlow;
  readonly #backend: WebGpuBackend;
  readonly #all: readonly Outside[];
  readonly #changing: readonly tf.Variable[];
  readonly #held: readonly tf.Tensor[];
  readonly #at: (GPUBuffer | undefined)[] = [];
  readonly #rates = new Map<Outside, RateBuffer>();

  /** `all` by the number that the graph has for them; `changing`: those that a run replaces. */
  constructor(
    tf: TensorFlow,
    backend: WebGpuBackend,
    all: readonly Outside[],
    changing: readonly tf.Variable[],
  ) {
    this.#tf = tf;
    this.#backend = backend;
    this.#all = all;
    this.#changing = changing;
    this.#held = all.flatMap((one) => (one.kind === "tensor" ? [this.#hold(one.dataId)] : []));
    watchReads(backend);
  }

  bufferOf(number: number): GPUBuffer {
    const buffer = this.#at[number];
    if (!buffer) throw new RangeError(`Nothing is known of ${number}`);
    return buffer;
  }

  /**
   * Makes everything ready to be read and replaced, with learning rates as they are now; gives back what of it is
   * somewhere else than before.
   */
  settle(inputs: readonly tf.Tensor[], instead?: Instead): ReadonlySet<number> {
    if (!instead)
      for (const variable of this.#changing)
        if (this.#dataOf(variable).refCount > 1) detach(this.#tf, this.#backend, variable);
    const found = this.#all.map((one, number) => {
      const other = instead?.get(number);
      if (other) return other;
      if (one.kind === "rate") return this.#rateBuffer(one);
      return resourceOf(this.#backend, dataIdOf(one, inputs));
    });
    const moved = new Set<number>();
    found.forEach((buffer, number) => {
      if (this.#at[number] === buffer) return;
      this.#at[number] = buffer;
      moved.add(number);
    });
    return moved;
  }

  /** Values that were read before are old now. */
  replaced(): void {
    for (const variable of this.#changing) {
      const data = this.#dataOf(variable);
      data.values = null;
      generations.set(data, (generations.get(data) ?? 0) + 1);
    }
  }

  dispose(): void {
    this.#tf.dispose([...this.#held]);
    for (const { buffer } of this.#rates.values()) buffer.destroy();
  }

  #rateBuffer(one: Outside & { readonly kind: "rate" }): GPUBuffer {
    const { device, queue } = this.#backend;
    const known = this.#rates.get(one) ?? {
      buffer: device.createBuffer({ size: 4, usage: VALUES }),
      value: undefined,
    };
    this.#rates.set(one, known);
    const value = rateNumber(one.optimizer.learningRate, one.sign);
    if (!Object.is(known.value, value))
      queue.writeBuffer(known.buffer, 0, Float32Array.of((known.value = value)));
    return known.buffer;
  }

  /** As long as the program is there its memory must not become another tensor's. */
  #hold(dataId: DataId): tf.Tensor {
    const { shape, dtype } = this.#backend.tensorMap.get(dataId);
    this.#backend.incRef(dataId);
    const info = { dataId, shape, dtype } as never;
    return this.#tf.keep(this.#tf.engine().makeTensorFromTensorInfo(info));
  }

  #dataOf(variable: tf.Variable): TensorData {
    return this.#backend.tensorMap.get(variable.dataId as DataId);
  }
}

function dataIdOf(
  one: Exclude<Outside, { readonly kind: "rate" }>,
  inputs: readonly tf.Tensor[],
): DataId {
  switch (one.kind) {
    case "variable":
      return one.variable.dataId as DataId;
    case "input": {
      const input = inputs[one.input];
      if (!input) throw new RangeError(`The step needs its input ${one.input}`);
      return input.dataId as DataId;
    }
    case "tensor":
      return one.dataId;
    case "held rate": {
      const { c } = one.optimizer;
      if (!c || c.isDisposed) throw new Error("The optimizer was disposed of");
      return c.dataId as DataId;
    }
  }
}

/** TensorFlow.js keeps what it read; where it was replaced while it was on its way, it is not kept. */
function watchReads(backend: WebGpuBackend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const read = backend.read.bind(backend);
  backend.read = async (id) => {
    const data = backend.tensorMap.get(id);
    const before = generations.get(data);
    const values = await read(id);
    if (generations.get(data) !== before) data.values = null;
    return values;
  };
}
