/**
 * Does one step for real, as TensorFlow.js does it, and then once more as the program: only where both leave the same
 * behind is the program used from then on. The state afterwards is TensorFlow.js's in either case.
 */
import type * as tf from "@tensorflow/tfjs";
import { type DataId, type TensorFlow, type WebGpuBackend, submitPending } from "./internals.ts";
import { type Plan, plan } from "./plan.ts";
import { Program } from "./program.ts";
import { readBack } from "./readBack.ts";
import { type SwapRandom, type Traced, trace } from "./trace.ts";

/** A step with what it counts in JavaScript beside its variables. */
export interface ProvableStep {
  run(): readonly tf.Tensor[];
  /** Puts back what the step counts by itself to where it is now. */
  remember(): () => void;
  readonly inputs: readonly tf.Tensor[];
}

export interface Proof {
  /** What the step gave; they are the caller's. */
  readonly outputs: readonly tf.Tensor[];
  readonly program: Program | undefined;
  /** The largest difference in a variable or output, by how large it is; 0 where all are equal to the bit. */
  readonly difference: number;
}

export interface ProofWorld {
  readonly tf: TensorFlow;
  readonly backend: WebGpuBackend;
  readonly swapRandom: SwapRandom;
}

/** Throws NotCapturable, and then nothing was done yet. */
export async function prove(world: ProofWorld, step: ProvableStep): Promise<Proof> {
  const { tf, backend } = world;
  const forget = step.remember();
  const traced = trace(tf, backend, world.swapRandom, () => step.run(), step.inputs);
  forget();
  const before = traced.variables.map((one) => tf.keep(tf.clone(one)));
  try {
    const stock = await asItIs(world, step, traced);
    let difference = Infinity;
    for (const fusing of [true, false]) {
      const program = await attempt(world, traced, fusing);
      if (!program) continue;
      const found = await asProgram(world, program, step, traced, before, stock.drawn);
      difference = differenceOf(found.values, stock.values);
      if (difference === 0) return { outputs: stock.outputs, program, difference };
      const itself = await ofItself(world, step, traced, before, stock);
      if (difference <= itself) {
        putBack(world, traced, stock.values);
        return { outputs: stock.outputs, program, difference };
      }
      program.dispose();
    }
    putBack(world, traced, stock.values);
    return { outputs: stock.outputs, program: undefined, difference };
  } finally {
    tf.dispose(before);
  }
}

function planFor(backend: WebGpuBackend, traced: Traced, fusing: boolean): Plan {
  const bindings = backend.device.limits.maxStorageBuffersPerShaderStage;
  return plan(traced.graph, { bindings, fusing });
}

/** Undefined where the device does not take the kernels. */
async function attempt(
  { tf, backend }: ProofWorld,
  traced: Traced,
  fusing: boolean,
): Promise<Program | undefined> {
  try {
    return await Program.build(tf, backend, planFor(backend, traced, fusing), traced);
  } catch (error) {
    if (error instanceof Error && error.name === "GPUPipelineError") return undefined;
    throw error;
  }
}

interface Stock {
  readonly outputs: readonly tf.Tensor[];
  readonly values: readonly Float32Array[];
  readonly drawn: readonly number[];
}

async function asItIs(
  { backend, swapRandom }: ProofWorld,
  step: ProvableStep,
  { variables }: Traced,
  again?: readonly number[],
): Promise<Stock> {
  const drawn: number[] = [];
  const random: () => number = swapRandom(() => {
    const one = again?.[drawn.length] ?? random();
    drawn.push(one);
    return one;
  });
  let outputs: readonly tf.Tensor[];
  try {
    outputs = step.run();
  } finally {
    swapRandom(random);
  }
  return { outputs, values: await valuesOf(backend, [...variables, ...outputs]), drawn };
}

async function asProgram(
  { backend, tf }: ProofWorld,
  program: Program,
  step: ProvableStep,
  { variables, graph }: Traced,
  before: readonly tf.Tensor[],
  drawn: readonly number[],
): Promise<{ values: readonly Float32Array[] }> {
  load(backend, tf, variables, before);
  let next = 0;
  const log = backend.device.createBuffer({ size: Math.max(4, program.outputBytes), usage: 0xc });
  program.run({
    steps: 1,
    inputs: step.inputs,
    random: () => drawn[next++] ?? 0,
    log: { buffer: log, offset: 0 },
  });
  const sizes = graph.outputs.map((id) => graph.buffers[id]?.size ?? 4);
  let at = 0;
  const spans = sizes.map((size) => ({ buffer: log, offset: (at += size) - size, size }));
  const outputs = (await readBack(backend, spans)).map((one) => new Float32Array(one));
  log.destroy();
  return { values: [...(await valuesOf(backend, variables)), ...outputs] };
}

/** How far apart two runs of the same step are as TensorFlow.js does it. */
async function ofItself(
  world: ProofWorld,
  step: ProvableStep,
  traced: Traced,
  before: readonly tf.Tensor[],
  stock: Stock,
): Promise<number> {
  load(world.backend, world.tf, traced.variables, before);
  const forget = step.remember();
  const again = await asItIs(world, step, traced, stock.drawn);
  forget();
  world.tf.dispose([...again.outputs]);
  return differenceOf(again.values, stock.values);
}

/** Gives variables the values of other tensors, where they are. */
function load(
  backend: WebGpuBackend,
  tf: TensorFlow,
  variables: readonly tf.Variable[],
  values: readonly tf.Tensor[],
): void {
  variables.forEach((variable, i) => {
    const from = values[i];
    if (!from) return;
    const copy = copied(backend, tf, from);
    variable.assign(copy);
    copy.dispose();
  });
}

function copied(backend: WebGpuBackend, tf: TensorFlow, from: tf.Tensor): tf.Tensor {
  const info = backend.makeTensorInfo(from.shape, from.dtype);
  backend.uploadToGPU(info.dataId);
  const to = backend.tensorMap.get(info.dataId).resource;
  const { resource } = backend.tensorMap.get(from.dataId as DataId);
  if (!to || !resource) throw new Error("A variable is not on the device");
  submitPending(backend);
  const encoder = backend.device.createCommandEncoder();
  encoder.copyBufferToBuffer(resource, 0, to, 0, resource.size);
  backend.queue.submit([encoder.finish()]);
  return tf.engine().makeTensorFromTensorInfo(info as never);
}

function putBack({ tf }: ProofWorld, { variables }: Traced, values: readonly Float32Array[]): void {
  variables.forEach((variable, i) => {
    const value = values[i];
    if (value) tf.tidy(() => variable.assign(tf.tensor(value, variable.shape, variable.dtype)));
  });
}

async function valuesOf(
  backend: WebGpuBackend,
  tensors: readonly tf.Tensor[],
): Promise<Float32Array[]> {
  const spans = tensors.map(({ dataId }) => {
    backend.uploadToGPU(dataId as DataId);
    const { resource } = backend.tensorMap.get(dataId as DataId);
    if (!resource) throw new Error("A tensor is not on the device");
    return { buffer: resource, size: resource.size };
  });
  return (await readBack(backend, spans)).map((one) => new Float32Array(one));
}

function differenceOf(values: readonly Float32Array[], wanted: readonly Float32Array[]): number {
  let worst = 0;
  values.forEach((all, i) => {
    const other = wanted[i];
    all.forEach((value, at) => {
      const want = other?.[at] ?? NaN;
      if (Object.is(value, want)) return;
      const apart = Math.abs(value - want) / (1 + Math.abs(want));
      worst = Math.max(worst, Number.isNaN(apart) ? Infinity : apart);
    });
  });
  return worst;
}
