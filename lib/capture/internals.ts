/**
 * The private fields of TensorFlow.js 4.22 that captured training stands on, named here and nowhere else.
 * `missingInternals` says which of them another version lacks; captured training is then off, with that reason.
 */
import type * as tf from "@tensorflow/tfjs";

export type TensorFlow = typeof tf;

/** Names the values of a tensor; several tensors may share them. */
export interface DataId {
  readonly id: number;
}

/** What the backend holds of a tensor's values: here, on the device, or both. */
export interface TensorData {
  readonly dtype: string;
  readonly shape: readonly number[];
  values: ArrayLike<number> | null | undefined;
  resource?: GPUBuffer | null | undefined;
  refCount: number;
}

export interface UniformEntry {
  readonly type: string;
  readonly data: readonly number[];
}

/** A kernel of the WebGPU backend with the shapes that it is run with. */
export interface WebGpuProgram {
  readonly variableNames: readonly string[];
  /** Equal for kernels of a class that have the same code. */
  readonly shaderKey: string;
  readonly outputShape: readonly number[];
  /** Names of its own uniforms as WGSL declares them: "alpha : f32,". */
  readonly uniforms?: string;
  readonly op?: unknown;
  /** Of kernels of matrices, pictures and rows. */
  readonly workgroupSize?: readonly number[];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Multiplies a single row. */
  readonly isVectorA?: boolean;
  readonly addBias?: boolean;
  readonly activation?: string | null;
  readonly isChannelsLast?: boolean;
  readonly reduceType?: string;
  getUserCode(): string;
}

export interface BufferPool {
  acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

export interface TensorInfo {
  readonly dataId: DataId;
  readonly shape: readonly number[];
  readonly dtype: string;
}

export interface WebGpuBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: { get(id: DataId): TensorData; has(id: DataId): boolean };
  bufferManager: BufferPool;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  uniformPendingDisposal: GPUBuffer[];
  stagingPendingDisposal: GPUBuffer[];
  submitQueue(): void;
  endComputePassEncoder(): void;
  uploadToGPU(id: DataId): void;
  runWebGPUProgram(
    program: WebGpuProgram,
    inputs: readonly TensorInfo[],
    dtype: string,
    uniforms?: readonly UniformEntry[],
    output?: TensorInfo,
  ): TensorInfo;
  write(values: unknown, shape: readonly number[], dtype: string): DataId;
  read(id: DataId): Promise<unknown>;
  readSync(id: DataId): unknown;
  makeTensorInfo(shape: readonly number[], dtype: string, values?: unknown): TensorInfo;
  incRef(id: DataId): void;
}

const BACKEND_FIELDS = [
  "device",
  "queue",
  "tensorMap",
  "bufferManager",
  "commandEncoder",
  "computePassEncoder",
  "dispatchCountInPass",
  "uniformPendingDisposal",
  "stagingPendingDisposal",
  "submitQueue",
  "endComputePassEncoder",
  "uploadToGPU",
  "runWebGPUProgram",
  "write",
  "read",
  "readSync",
  "makeTensorInfo",
  "incRef",
] as const satisfies readonly (keyof WebGpuBackend)[];

/** The parts of a model's own training loop that are called or replaced, and what `compile` leaves for it. */
export interface TrainingModel {
  readonly layers: readonly ModelLayer[];
  readonly loss: unknown;
  readonly metrics: unknown;
  readonly lossFunctions: readonly object[];
  /** Pairs of a metric's function and the output that it is of. */
  readonly metricsTensors: readonly (readonly unknown[])[];
  stopTraining_: boolean;
  history: tf.History;
  optimizer: OptimizerState;
  makeTrainFunction(): TrainFunction;
  fitLoop: FitLoop;
}

export interface ModelLayer {
  readonly name: string;
  readonly trainable?: boolean;
  /** Keeps a state from one batch to the next that is no variable. */
  readonly stateful?: boolean;
  /** Of a model that stands as a layer in another. */
  readonly layers?: readonly ModelLayer[];
  readonly inputLayers?: unknown;
  /** Of a wrapper such as a bidirectional one. */
  readonly layer?: ModelLayer;
  getConfig?(): unknown;
}

/** Takes inputs, targets and sample weights of a batch; gives the loss and the metrics as scalars. */
export type TrainFunction = (data: readonly (tf.Tensor | null)[]) => tf.Scalar[];

/** As TensorFlow.js 4.22 calls it (engine/training.js). */
export type FitLoop = (
  this: TrainingModel,
  f: TrainFunction,
  ins: readonly (tf.Tensor | null)[],
  outLabels: readonly string[],
  batchSize: number | undefined,
  epochs: number | undefined,
  verbose: number | undefined,
  callbacks: readonly tf.CustomCallback[],
  valF: unknown,
  valIns: readonly tf.Tensor[],
  shuffle: boolean | string | undefined,
  callbackMetrics: readonly string[],
  initialEpoch: number | undefined,
  ...rest: unknown[]
) => Promise<tf.History>;

/** The same (predictLoop): takes all rows. */
export type PredictLoop = (
  this: TrainingModel,
  ins: tf.Tensor | readonly tf.Tensor[],
  batchSize?: number,
  verbose?: boolean,
) => tf.Tensor | tf.Tensor[];

export interface OptimizerState {
  /** Counted by every optimizer where it applies gradients. */
  iterations_?: number;
  readonly learningRate?: number;
  /** Some hold the rate, negated, in a scalar of theirs, and read nothing but that in a step. */
  readonly c?: tf.Scalar | null;
  getConfig(): Record<string, unknown>;
}

/** What a CustomCallback keeps of the functions that it was given. */
export interface CustomFields {
  readonly batchBegin?: unknown;
  readonly batchEnd?: unknown;
  readonly yield?: unknown;
  readonly yieldEvery?: unknown;
}

/** TensorFlow.js's own first callback: it makes an epoch's means of what it is given here. */
export interface Logger {
  seen: number;
  totals: Record<string, tf.Tensor>;
}

const MODEL_METHODS = ["makeTrainFunction", "fitLoop", "predictLoop"] as const;
const MODEL_FIELDS = ["layers", "lossFunctions", "metricsTensors"] as const;
const CUSTOM_FIELDS = ["batchBegin", "batchEnd", "yield", "yieldEvery"] as const;
const ENGINE_FIELDS = [
  "makeVariable",
  "registeredVariables",
  "makeTensorFromTensorInfo",
  "trackTensor",
  "state",
] as const;

/** The backend in use where it is WebGPU's. */
export function webgpuBackend(tf: TensorFlow): WebGpuBackend | undefined {
  return tf.getBackend() === "webgpu" ? (tf.backend() as unknown as WebGpuBackend) : undefined;
}

/** Whether a processor does the device's work: what waits and shares memory is slow there. */
export function computesInSoftware({ device }: WebGpuBackend): boolean {
  // Not every browser says.
  const { adapterInfo } = device as { adapterInfo?: Partial<GPUAdapterInfo> };
  return adapterInfo?.isFallbackAdapter === true;
}

/** Fields that are not there: in the version that the rest was written for, none. */
export function missingInternals(tf: TensorFlow): readonly string[] {
  const backend = webgpuBackend(tf);
  const known = backend && looked.get(backend);
  if (known) return known;
  const { CallbackList, CustomCallback, LayersModel } = tf;
  const list = new CallbackList([]);
  const sgd = tf.train.sgd(1);
  const missing = [
    ...(backend ? absent(backend, BACKEND_FIELDS) : []),
    ...absent(tf.engine(), ENGINE_FIELDS),
    ...absent(LayersModel.prototype, MODEL_METHODS),
    ...absent(tf.Optimizer.prototype, ["incrementIterations"]),
    ...absent(sgd, ["learningRate", "c"]),
    ...absent(list, ["setModel", "callbacks"]),
    ...absent(new CustomCallback({}), CUSTOM_FIELDS),
  ];
  sgd.dispose();
  if (backend) looked.set(backend, missing);
  return missing;
}

/** The same of a model that was compiled. */
export function missingInModel(model: TrainingModel): readonly string[] {
  return absent(model, MODEL_FIELDS);
}

const looked = new WeakMap<WebGpuBackend, readonly string[]>();

function absent(object: object, names: readonly string[]): readonly string[] {
  return names.filter((name) => !(name in object));
}

/** Private in TensorFlow.js: told of every tensor that comes to be. */
export function trackerOf(tf: TensorFlow): {
  trackTensor(tensor: tf.Tensor, backend: unknown): void;
} {
  return tf.engine();
}

/** Whether gradients may be asked for of what is computed now. */
export function isTaped(tf: TensorFlow): boolean {
  return (tf.engine().state as unknown as { readonly gradientDepth: number }).gradientDepth > 0;
}

/** Protected in TensorFlow.js: each optimizer calls it once for the gradients that it applies. */
export function optimizersOf(tf: TensorFlow): { incrementIterations(): void } {
  return tf.Optimizer.prototype as unknown as { incrementIterations(): void };
}

/** Callbacks of a fit in their order. */
export function callbacksIn(list: tf.CallbackList): readonly tf.CustomCallback[] {
  return (list as unknown as { readonly callbacks: readonly tf.CustomCallback[] }).callbacks;
}

/** Where the device is to do nothing of the step at once, what is pending goes first. */
export function submitPending(backend: WebGpuBackend): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder) backend.submitQueue();
}

export function variablesOf(tf: TensorFlow): tf.Variable[] {
  return Object.values(tf.engine().registeredVariables);
}
