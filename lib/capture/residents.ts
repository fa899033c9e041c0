/**
 * What a program reads and replaces that is not its own: TensorFlow.js's tensors, where they are on the device now. A
 * variable's memory may be written over only where nobody else holds it.
 */
import type * as tf from "@tensorflow/tfjs";
import { resourceOf } from "./deviceBuffer.ts";
import {
  type DataId,
  type TensorData,
  type TensorFlow,
  type WebGpuBackend,
  submitPending,
} from "./internals.ts";
import type { Outside } from "./trace.ts";

/** How often the values behind a tensor were replaced where they are. */
const generations = new WeakMap<TensorData, number>();
const watched = new WeakSet<WebGpuBackend>();

export type Instead = ReadonlyMap<tf.Variable, GPUBuffer>;

export class Residents {
  readonly #tf: TensorFlow;
  readonly #backend: WebGpuBackend;
  readonly #all: readonly Outside[];
  readonly #changing: readonly tf.Variable[];
  readonly #held: readonly tf.Tensor[];
  readonly #at: (GPUBuffer | undefined)[] = [];

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

  isSame(all: readonly Outside[], changing: readonly tf.Variable[]): boolean {
    return (
      all.length === this.#all.length &&
      all.every((one, i) => areSame(one, this.#all[i])) &&
      changing.length === this.#changing.length &&
      changing.every((one, i) => one === this.#changing[i])
    );
  }

  /**
   * Makes everything ready to be read and replaced; gives back what of it is somewhere else than before. `instead`:
   * memory that stands in for a variable's.
   */
  settle(inputs: readonly tf.Tensor[], instead?: Instead): ReadonlySet<number> {
    if (!instead)
      for (const variable of this.#changing)
        if (this.#dataOf(variable).refCount > 1) this.#detach(variable);
    const found = this.#all.map((one) => {
      const other = one.kind === "variable" ? instead?.get(one.variable) : undefined;
      return other ?? resourceOf(this.#backend, dataIdOf(one, inputs));
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
  }

  /** As long as the program is there its memory must not become another tensor's. */
  #hold(dataId: DataId): tf.Tensor {
    const { shape, dtype } = this.#backend.tensorMap.get(dataId);
    this.#backend.incRef(dataId);
    const info = { dataId, shape, dtype } as never;
    return this.#tf.keep(this.#tf.engine().makeTensorFromTensorInfo(info));
  }

  /** A clone shares the variable's memory: the clone keeps it, and the variable gets a copy. */
  #detach(variable: tf.Variable): void {
    const backend = this.#backend;
    const old = resourceOf(backend, variable.dataId);
    const info = backend.makeTensorInfo(variable.shape, variable.dtype);
    const copied = resourceOf(backend, info.dataId);
    const copy = this.#tf.engine().makeTensorFromTensorInfo(info as never);
    submitPending(backend);
    const encoder = backend.device.createCommandEncoder();
    encoder.copyBufferToBuffer(old, 0, copied, 0, old.size);
    backend.queue.submit([encoder.finish()]);
    variable.assign(copy);
    copy.dispose();
  }

  #dataOf(variable: tf.Variable): TensorData {
    return this.#backend.tensorMap.get(variable.dataId as DataId);
  }
}

function dataIdOf(one: Outside, inputs: readonly tf.Tensor[]): DataId {
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
  }
}

function areSame(one: Outside, other: Outside | undefined): boolean {
  switch (one.kind) {
    case "variable":
      return other?.kind === "variable" && one.variable === other.variable;
    case "input":
      return other?.kind === "input" && one.input === other.input;
    case "tensor":
      return other?.kind === "tensor" && one.dataId === other.dataId;
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
