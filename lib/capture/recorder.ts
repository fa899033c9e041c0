/**
 * Stands between TensorFlow.js and a virtual device while a step is traced, and writes the step's graph. What it puts in
 * the place of the backend's own methods it takes out again.
 */
import type * as tf from "@tensorflow/tfjs";
import { arithmeticOf } from "./arithmeticOf.ts";
import { VALUES } from "./deviceBuffer.ts";
import type { Drawing, Draws } from "./draws.ts";
import { elementwiseOf } from "./elementwise.ts";
import type { BufferId, BufferInfo, Command, Graph, Origin, Update } from "./graph.ts";
import {
  type BufferPool,
  type DataId,
  type TensorData,
  type TensorFlow,
  type WebGpuBackend,
  optimizersOf,
  trackerOf,
} from "./internals.ts";
import { NotCapturable, Spoilt } from "./notCapturable.ts";
import { Replacements } from "./replacements.ts";
import {
  type Dispatch,
  isVirtual,
  virtualBindGroup,
  virtualEncoder,
  virtualPool,
  virtualWrite,
} from "./virtualDevice.ts";

/** What the backend was asked to run. */
interface Running extends Pick<Command, "elementwise" | "arithmetic"> {
  readonly name: string;
}

export class Recorder {
  readonly #backend: WebGpuBackend;
  readonly #pool: BufferPool;
  readonly #writeBuffer: GPUQueue["writeBuffer"];
  readonly #variables: ReadonlySet<object>;
  readonly #draws: Draws;
  readonly #buffers: BufferInfo[] = [];
  readonly #commands: Command[] = [];
  readonly #numbers = new Map<GPUBuffer, BufferId>();
  readonly #made = new Set<DataId>();
  readonly #tensors: tf.Tensor[] = [];
  /** What made tensors held here before they were uploaded. */
  readonly #values = new Map<DataId, ArrayLike<number>>();
  /** Buffers of tensors from before that the step disposed of. */
  readonly #released: GPUBuffer[] = [];
  readonly #replaced = new Replacements();
  readonly #drawnBy = new Map<DataId, Drawing>();
  readonly #uploads = new Map<GPUBuffer, Origin>();
  readonly #outsideOf = new Map<GPUBuffer, DataId>();
  readonly outside: DataId[] = [];
  readonly optimizers = new Set<tf.Optimizer>();
  #uploading: DataId | undefined;
  #running: Running | undefined;

  constructor(backend: WebGpuBackend, variables: ReadonlySet<object>, draws: Draws) {
    this.#backend = backend;
    this.#pool = backend.bufferManager;
    this.#writeBuffer = backend.queue.writeBuffer.bind(backend.queue);
    this.#variables = variables;
    this.#draws = draws;
  }

  /** Puts the virtual device in the place of the real one. */
  install(tf: TensorFlow): void {
    const backend = this.#backend;
    const { device, queue } = backend;
    const encoder = virtualEncoder({
      dispatched: (dispatch) => this.#dispatched(dispatch),
      uploaded: (to, data) => this.#uploaded(to, data),
    });
    const put = this.#replaced.put.bind(this.#replaced);
    const tracker = trackerOf(tf);
    put(tracker, "trackTensor", this.#track(tracker.trackTensor.bind(tracker)));
    put(tf.engine(), "makeVariable", refuseVariable);
    put(optimizersOf(tf), "incrementIterations", countedBy(this.optimizers));
    put(device, "createCommandEncoder", () => encoder);
    put(device, "createBindGroup", virtualBindGroup);
    put(queue, "submit", () => undefined);
    put(queue, "writeBuffer", virtualWrite);
    put(backend, "uploadToGPU", this.#upload(backend.uploadToGPU.bind(backend)));
    put(backend, "runWebGPUProgram", this.#run(backend.runWebGPUProgram.bind(backend)));
    put(backend, "write", this.#write(backend.write.bind(backend)));
    put(backend, "read", this.#refuseRead(backend.read.bind(backend)));
    put(backend, "readSync", this.#refuseRead(backend.readSync.bind(backend)));
    backend.bufferManager = virtualPool((buffer) => this.#released.push(buffer));
  }

  /** Takes the virtual device out again, and what is virtual out of the tensors. */
  uninstall(): void {
    const backend = this.#backend;
    this.#replaced.undo();
    backend.bufferManager = this.#pool;
    for (const buffer of this.#released) this.#pool.releaseBuffer(buffer);
    backend.commandEncoder = null;
    backend.computePassEncoder = null;
    backend.dispatchCountInPass = 0;
    backend.uniformPendingDisposal = [];
    backend.stagingPendingDisposal = [];
    this.#forget();
  }

  /** A step that was refused leaves tensors that nobody could read: they have no values. */
  discard(tf: TensorFlow): void {
    const { tensorMap } = this.#backend;
    for (const one of this.#tensors) {
      const id = one.dataId as DataId;
      if (one.isDisposed || one instanceof tf.Variable || !tensorMap.has(id)) continue;
      const isLost = this.#made.has(id) && !this.#values.has(id);
      if (isLost && isVirtual(tensorMap.get(id).resource)) one.dispose();
    }
  }

  #track(original: (tensor: tf.Tensor, backend: unknown) => void) {
    return (tensor: tf.Tensor, backend: unknown): void => {
      this.#tensors.push(tensor);
      original(tensor, backend);
    };
  }

  #upload(original: WebGpuBackend["uploadToGPU"]): WebGpuBackend["uploadToGPU"] {
    return (id) => {
      const backend = this.#backend;
      const data = backend.tensorMap.get(id);
      if (!this.#made.has(id) && !data.resource && data.values) this.#place(data, data.values);
      if (this.#made.has(id) && data.values) this.#values.set(id, data.values);
      this.#uploading = id;
      original(id);
      this.#uploading = undefined;
      const { resource } = data;
      if (resource && !isVirtual(resource)) this.#outsideOf.set(resource, id);
    };
  }

  /** A tensor from before goes to the device as it would in a step that is run: it is there for the steps after. */
  #place(data: TensorData, values: ArrayLike<number>): void {
    const isInteger = data.dtype === "int32" || data.dtype === "bool";
    const typed = isInteger ? Int32Array.from(values) : Float32Array.from(values);
    const buffer = this.#pool.acquireBuffer(typed.byteLength, VALUES);
    this.#writeBuffer(buffer, 0, typed);
    data.resource = buffer;
    data.values = null;
  }

  #run(original: WebGpuBackend["runWebGPUProgram"]): WebGpuBackend["runWebGPUProgram"] {
    return (program, inputs, dtype, uniforms, output) => {
      const { tensorMap } = this.#backend;
      const dtypes = [dtype, ...inputs.map(({ dataId }) => tensorMap.get(dataId).dtype)];
      const shapes = inputs.map(({ shape }) => shape);
      const name = program.constructor.name;
      const about = [program, shapes, dtypes, uniforms ?? []] as const;
      this.#running = {
        name,
        elementwise: output ? null : elementwiseOf(...about),
        arithmetic: output ? null : arithmeticOf(...about),
      };
      try {
        return original(program, inputs, dtype, uniforms, output);
      } finally {
        this.#running = undefined;
      }
    };
  }

  /** Draws since the last tensor was written are what this one's values come from. */
  #write(original: WebGpuBackend["write"]): WebGpuBackend["write"] {
    return (values, shape, dtype) => {
      const id = original(values, shape, dtype);
      this.#made.add(id);
      const drawing = values == null ? undefined : this.#draws.take();
      if (drawing) this.#drawnBy.set(id, drawing);
      return id;
    };
  }

  #refuseRead<Read extends (id: DataId) => unknown>(original: Read): Read {
    return ((id: DataId) => {
      const { resource, values } = this.#backend.tensorMap.get(id);
      if (values == null || isVirtual(resource))
        throw new NotCapturable("the step reads a tensor back");
      return original(id);
    }) as Read;
  }

  #uploaded(to: GPUBuffer, data: Uint8Array): void {
    const drawing = this.#uploading && this.#drawnBy.get(this.#uploading);
    const origin: Origin = drawing
      ? this.#draws.explain(drawing, data)
      : { kind: "constant", data };
    this.#uploads.set(to, origin);
  }

  #dispatched({ pipeline, buffers, uniform, workgroups }: Dispatch): void {
    const [output, ...inputs] = buffers.map((buffer) => this.#number(buffer));
    if (output === undefined || !this.#running) throw new NotCapturable("the step draws a picture");
    const { name, ...meaning } = this.#running;
    this.#commands.push({
      kernel: { kind: "stock", name, pipeline, key: numberOf(pipeline) },
      inputs,
      outputs: [output],
      uniform,
      dispatch: workgroups,
      ...meaning,
    });
  }

  #number(buffer: GPUBuffer): BufferId {
    const known = this.#numbers.get(buffer);
    if (known !== undefined) return known;
    const id: BufferId = this.#buffers.length;
    this.#numbers.set(buffer, id);
    this.#buffers.push({ size: buffer.size, origin: this.#originOf(buffer) });
    return id;
  }

  #originOf(buffer: GPUBuffer): Origin {
    if (isVirtual(buffer)) return this.#uploads.get(buffer) ?? { kind: "computed" };
    const dataId = this.#outsideOf.get(buffer);
    if (!dataId) throw new NotCapturable("the step reads a buffer that is no tensor's");
    this.outside.push(dataId);
    return { kind: "outside", outside: this.outside.length - 1 };
  }

  virtualOf(id: DataId, why: string): BufferId {
    const { resource } = this.#backend.tensorMap.get(id);
    if (!resource || !isVirtual(resource)) throw new NotCapturable(`${why} on the device`);
    return this.#number(resource);
  }

  /** What a variable held before and holds now. */
  update(variable: tf.Variable, before: DataId): Update {
    if (variable.isDisposed) throw new NotCapturable("the step disposes of a variable");
    const to = this.virtualOf(
      variable.dataId as DataId,
      `the new ${variable.name} is not computed`,
    );
    const { resource } = this.#backend.tensorMap.get(before);
    if (!resource) throw new NotCapturable(`${variable.name} is not on the device`);
    this.#outsideOf.set(resource, before);
    return { from: this.#number(resource), to };
  }

  refuseLeftovers(variables: readonly tf.Variable[]): void {
    if (this.#released.length > 0) throw new Spoilt("disposes of a tensor from before it");
    const assigned = new Set<object>(variables.map(({ dataId }) => dataId));
    const { tensorMap } = this.#backend;
    for (const id of this.#made)
      if (!assigned.has(id) && !this.#variables.has(id) && tensorMap.has(id)) this.#refuseKept(id);
    this.#draws.refuseUnexplained();
  }

  /** What was uploaded gets its values back; what was computed has none. */
  #refuseKept(id: DataId): never {
    const { resource } = this.#backend.tensorMap.get(id);
    if (isVirtual(resource) && !this.#values.has(id)) throw new Spoilt("keeps a tensor for later");
    throw new NotCapturable("the step keeps a tensor for later");
  }

  graph(updates: readonly Update[], outputs: readonly BufferId[]): Graph {
    if (new Set(updates.map(({ to }) => to)).size < updates.length)
      throw new NotCapturable("two variables share their values");
    return { buffers: this.#buffers, commands: this.#commands, updates, outputs };
  }

  #forget(): void {
    const { tensorMap } = this.#backend;
    for (const id of this.#made) {
      if (!tensorMap.has(id)) continue;
      const data = tensorMap.get(id);
      if (!isVirtual(data.resource)) continue;
      data.resource = null;
      data.values ??= this.#values.get(id);
    }
  }
}

const pipelines = new WeakMap<GPUComputePipeline, number>();
let lastPipeline = 0;

function numberOf(pipeline: GPUComputePipeline): number {
  const number = pipelines.get(pipeline) ?? ++lastPipeline;
  pipelines.set(pipeline, number);
  return number;
}

/** A first step makes what the steps after it change: an optimizer's slots. It is traced before it has any. */
function refuseVariable(): never {
  throw new NotCapturable("the step makes a new variable", "not yet");
}

function countedBy(optimizers: Set<tf.Optimizer>) {
  return function (this: tf.Optimizer): void {
    optimizers.add(this);
  };
}
