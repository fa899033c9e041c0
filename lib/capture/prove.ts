/**
 * Does one step for real, as TensorFlow.js does it, and sees beside it, in memory of its own, whether the program of it
 * leaves the same behind, from the same weights and the same chance. Training goes on meanwhile, where the device has time
 * for both.
 */
import type * as tf from "@tensorflow/tfjs";
import { VALUES, resourceOf } from "./deviceBuffer.ts";
import { type Graph, writersOf } from "./graph.ts";
import { type WebGpuBackend, computesInSoftware } from "./internals.ts";
import { NotCapturable } from "./notCapturable.ts";
import { MOST_ALONE } from "./budget.ts";
import { type Plan, type PlanOptions, bytesOf, plan } from "./plan.ts";
import { Program } from "./program.ts";
import { rateNumber } from "./rates.ts";
import { readBack } from "./readBack.ts";
import type { Step, StepWorld, Traced } from "./trace.ts";

export interface Proof {
  /** What the step gave; they are the caller's. */
  readonly outputs: readonly tf.Tensor[];
  readonly found: Promise<Found>;
}

export interface Found {
  /** Undefined where no program gives the same. */
  readonly program: Program | undefined;
  /** The largest difference in a variable or output, by how large it is; 0 where all are equal to the bit. */
  readonly difference: number;
}

/** Runs that show how far a step differs from itself, as it does where the device adds in any order. */
const RUNS_OF_ITSELF = 4;

/** `traced`: of the step, just now. Throws NotCapturable, and then nothing was done yet. */
export function prove(
  world: StepWorld,
  traced: Traced,
  step: Step,
  inputs: readonly tf.Tensor[],
): Proof {
  const { tf } = world;
  const isSoftware = computesInSoftware(world.backend);
  const best = planned(world, traced, { ownKernels: isSoftware, fusing: true });
  refuseLarge(best);
  const hold = (tensors: readonly tf.Tensor[]): tf.Tensor[] =>
    tensors.map((one) => tf.keep(tf.clone(one)));
  const [before, given] = [hold(traced.variables), hold(inputs)];
  const rates = heldRates(world, traced);
  const { outputs, drawn } = stepped(world, step, inputs);
  const after = hold([...traced.variables, ...outputs]);
  const rehearsal = new Rehearsal(world, traced, { before, given, rates, drawn });
  const found = rehearsal
    .compare(best, after)
    .finally(() => tf.dispose([...before, ...given, ...rates.values(), ...after]));
  return { outputs, found };
}

/** Learning rates as the step is to read them, by their numbers: others may be set while it is rehearsed. */
function heldRates({ tf }: StepWorld, { outside }: Traced): Map<number, tf.Tensor> {
  const held = new Map<number, tf.Tensor>();
  for (const [number, one] of outside.entries()) {
    if (one.kind === "held rate" && one.optimizer.c)
      held.set(number, tf.keep(tf.clone(one.optimizer.c)));
    if (one.kind === "rate")
      held.set(number, tf.keep(tf.scalar(rateNumber(one.optimizer.learningRate, one.sign))));
  }
  return held;
}

function refuseLarge(plan: Plan): void {
  const bytes = bytesOf(plan);
  if (bytes > MOST_ALONE)
    throw new NotCapturable(`a program of it would take ${(bytes / 1e9).toFixed(1)} GB`);
}

function planned(
  { backend }: StepWorld,
  { graph }: Traced,
  options: Omit<PlanOptions, "bindings">,
): Plan {
  const bindings = backend.device.limits.maxStorageBuffersPerShaderStage;
  return plan(graph, { bindings, ...options });
}

function stepped(
  { swapRandom }: StepWorld,
  step: Step,
  inputs: readonly tf.Tensor[],
): { outputs: readonly tf.Tensor[]; drawn: readonly number[] } {
  const drawn: number[] = [];
  const random = swapRandom(() => {
    const one = random();
    drawn.push(one);
    return one;
  });
  try {
    return { outputs: step(inputs), drawn };
  } finally {
    swapRandom(random);
  }
}

/** What a step began with. */
interface Beginning {
  readonly before: readonly tf.Tensor[];
  readonly given: readonly tf.Tensor[];
  readonly rates: ReadonlyMap<number, tf.Tensor>;
  readonly drawn: readonly number[];
}

class Rehearsal {
  readonly #world: StepWorld;
  readonly #traced: Traced;
  readonly #beginning: Beginning;

  constructor(world: StepWorld, traced: Traced, beginning: Beginning) {
    this.#world = world;
    this.#traced = traced;
    this.#beginning = beginning;
  }

  /** `best`: the plan that is hoped for. */
  async compare(best: Plan, after: readonly tf.Tensor[]): Promise<Found> {
    const wanted = await valuesOf(this.#world.backend, after);
    const others = [
      ...(best.hasOwnKernels ? [{ ownKernels: false, fusing: true }] : []),
      { ownKernels: false, fusing: false },
    ];
    let found = await this.#compare(best, wanted);
    for (const other of others) {
      if (found.program) return found;
      const { difference } = found;
      found = await this.#compare(planned(this.#world, this.#traced, other), wanted);
      if (!found.program) found = { ...found, difference: Math.min(found.difference, difference) };
    }
    return found;
  }

  async #compare(plan: Plan, wanted: Values): Promise<Found> {
    const program = await this.#build(plan);
    if (!program) return { program, difference: Infinity };
    try {
      const runs: Values[] = [];
      // The least from the step, and the most from one another.
      let [difference, spread] = [Infinity, 0];
      const most = addsInAnyOrder(this.#traced.graph) ? RUNS_OF_ITSELF : 1;
      for (let i = 0; i < most; i++) {
        const run = await this.#run(program);
        difference = Math.min(difference, differenceOf(run, wanted));
        spread = Math.max(spread, ...runs.map((other) => differenceOf(run, other)));
        // As near to what the step left as it is to itself.
        if (difference === 0 || (difference <= spread && spread < Infinity))
          return { program, difference };
        runs.push(run);
      }
      program.dispose();
      return { program: undefined, difference };
    } catch (error) {
      program.dispose();
      throw error;
    }
  }

  /** Undefined where the device does not take its kernels. */
  async #build(plan: Plan): Promise<Program | undefined> {
    const { tf, backend } = this.#world;
    try {
      return await Program.build(tf, backend, plan, this.#traced);
    } catch (error) {
      if (error instanceof Error && error.name === "GPUPipelineError") return undefined;
      throw error;
    }
  }

  /** One step of the program: what would be in the variables, and what it gives. */
  async #run(program: Program): Promise<readonly Float32Array[]> {
    const { backend } = this.#world;
    const { device } = backend;
    const { before, given, rates, drawn } = this.#beginning;
    const made = (size: number): GPUBuffer => device.createBuffer({ size, usage: VALUES });
    const encoder = device.createCommandEncoder();
    const scratch = before.map((one) => {
      const from = resourceOf(backend, one.dataId);
      const buffer = made(from.size);
      encoder.copyBufferToBuffer(from, 0, buffer, 0, from.size);
      return buffer;
    });
    device.queue.submit([encoder.finish()]);
    const outputs = program.outputSizes.map(made);
    const instead = new Map([...rates].map(([at, one]) => [at, resourceOf(backend, one.dataId)]));
    const { outside, variables } = this.#traced;
    for (const [at, one] of outside.entries()) {
      const own = one.kind === "variable" ? scratch[variables.indexOf(one.variable)] : undefined;
      if (own) instead.set(at, own);
    }
    let draws = 0;
    program.run({
      steps: 1,
      inputs: given,
      random: () => drawn[draws++] ?? 0,
      results: outputs.map((to) => ({ to, offset: 0, stride: 0 })),
      instead,
    });
    const all = [...scratch, ...outputs];
    try {
      return floats(
        await readBack(
          backend,
          all.map((buffer) => ({ buffer, size: buffer.size })),
        ),
      );
    } finally {
      for (const buffer of all) buffer.destroy();
    }
  }
}

/** Of what a step changes and gives. */
type Values = readonly Float32Array[];

async function valuesOf(
  backend: WebGpuBackend,
  tensors: readonly tf.Tensor[],
): Promise<Float32Array[]> {
  const spans = tensors.map((one) => {
    const buffer = resourceOf(backend, one.dataId);
    return { buffer, size: buffer.size };
  });
  return floats(await readBack(backend, spans));
}

function floats(all: readonly ArrayBuffer[]): Float32Array[] {
  return all.map((one) => new Float32Array(one));
}

/** Whether the step may differ from itself: kernels add to what others wrote, several invocations at once. */
function addsInAnyOrder({ commands }: Graph): boolean {
  return [...writersOf(commands).values()].some((writers) => writers > 1);
}

function differenceOf(values: readonly Float32Array[], wanted: readonly Float32Array[]): number {
  return Math.max(0, ...values.map((all, i) => differenceIn(all, wanted[i] ?? new Float32Array())));
}

/** Most are equal to the bit, which is looked at first: there may be millions. */
function differenceIn(values: Float32Array, wanted: Float32Array): number {
  const [bits, other] = [bitsOf(values), bitsOf(wanted)];
  let worst = 0;
  for (let i = 0; i < bits.length; i++) {
    if (bits[i] === other[i]) continue;
    const [value, want] = [values[i] ?? NaN, wanted[i] ?? NaN];
    if (Object.is(value, want)) continue;
    const apart = Math.abs(value - want) / (1 + Math.abs(want));
    worst = Math.max(worst, Number.isNaN(apart) ? Infinity : apart);
  }
  return worst;
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}
