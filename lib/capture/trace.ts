/**
 * Runs a step once against a virtual device and writes down what it asks of it. Afterwards variables and the optimizer's
 * count are as before. The step's JavaScript has run, its arithmetic has not.
 */
import type * as tf from "@tensorflow/tfjs";
import { detach } from "./deviceBuffer.ts";
import { Draws } from "./draws.ts";
import type { Graph, Scatter } from "./graph.ts";
import {
  type DataId,
  type OptimizerState,
  type TensorFlow,
  type WebGpuBackend,
  submitPending,
  variablesOf,
} from "./internals.ts";
import { NotCapturable } from "./notCapturable.ts";
import { Recorder } from "./recorder.ts";

/** What a traced step is bound to beyond its graph. */
export interface Traced {
  readonly graph: Graph;
  /** What was there before the step, by the number that `Origin.outside` has for it. */
  readonly outside: readonly Outside[];
  /** The variables of `graph.updates`, in their order. */
  readonly variables: readonly tf.Variable[];
  /** Optimizers that count the step by themselves. */
  readonly optimizers: readonly OptimizerState[];
  /** Their learning rates when the step was traced; NaN for one that has none. */
  readonly rates: readonly number[];
  /** What `graph.outputs` are. */
  readonly outputs: readonly Pick<tf.Tensor, "shape" | "dtype">[];
}

export type Outside =
  | { readonly kind: "variable"; readonly variable: tf.Variable }
  /** A tensor that the step was given, by its place among them. */
  | { readonly kind: "input"; readonly input: number }
  | { readonly kind: "tensor"; readonly dataId: DataId }
  /** What an optimizer holds its learning rate in: another tensor once the rate was set. */
  | { readonly kind: "held rate"; readonly optimizer: OptimizerState }
  /** A learning rate, as it is or negated, where a step reads it as a number. */
  | { readonly kind: "rate"; readonly optimizer: OptimizerState; readonly sign: Sign };

export type Sign = 1 | -1;

/** Puts another generator in the place of Math.random and gives back the one that was there. */
export type SwapRandom = (random: () => number) => () => number;

/** Gives tensors that are the caller's. */
export type Step = (inputs: readonly tf.Tensor[]) => readonly tf.Tensor[];

/** Where steps run. */
export interface StepWorld {
  readonly tf: TensorFlow;
  readonly backend: WebGpuBackend;
  readonly swapRandom: SwapRandom;
  /** What numbers a step may draw beside even ones: asked for where one is traced. */
  readonly scatters: () => readonly Scatter[];
}

let tracing = 0;

/** Whether a step is being traced: what is computed now is not computed. */
export function isTracing(): boolean {
  return tracing > 0;
}

/** Learning rates as they are now. */
export function ratesOf(optimizers: readonly OptimizerState[]): number[] {
  return optimizers.map(({ learningRate = NaN }) => learningRate);
}

/** Throws NotCapturable with the reason where the step is not the same commands each time. */
export function trace(
  { tf, backend, swapRandom, scatters }: StepWorld,
  step: Step,
  inputs: readonly tf.Tensor[],
): Traced {
  const variables = variablesOf(tf);
  const values = new Set<object>();
  for (const one of variables) {
    // Two that share their values are one to the device; the step may change one of them.
    if (values.has(one.dataId)) detach(tf, backend, one);
    values.add(one.dataId);
  }
  for (const { dataId } of [...variables, ...inputs]) backend.uploadToGPU(dataId as DataId);
  submitPending(backend);
  const held = new Map(variables.map((one) => [one, tf.keep(tf.clone(one))]));
  const draws = new Draws(tf, scatters());
  const recorder = new Recorder(backend, new Set(variables.map(({ dataId }) => dataId)), draws);
  const before = variables.map((one) => ({ one, dataId: one.dataId as DataId }));
  const optimizers = (): readonly OptimizerState[] =>
    [...recorder.optimizers] as unknown as readonly OptimizerState[];
  const outsideOf = (dataId: DataId): Outside => {
    const known = before.find((one) => one.dataId === dataId);
    if (known) return { kind: "variable", variable: known.one };
    const input = inputs.findIndex((one) => one.dataId === dataId);
    if (input >= 0) return { kind: "input", input };
    const optimizer = optimizers().find(({ c }) => c && !c.isDisposed && c.dataId === dataId);
    return optimizer ? { kind: "held rate", optimizer } : { kind: "tensor", dataId };
  };
  const forward = tf.env().getBool("WEBGPU_CPU_FORWARD");
  const random = swapRandom(draws.draw);
  tracing++;
  try {
    // Nothing that comes of a random draw may be computed here, where a replay would not see it.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    recorder.install(tf);
    const given = step(inputs);
    if (!given.every((one: unknown) => one instanceof tf.Tensor))
      throw new NotCapturable("it gives something other than tensors");
    if (given.some((one) => one instanceof tf.Variable || inputs.includes(one)))
      throw new NotCapturable("it gives back what it was given, or a variable");
    const outputs = given.map(({ shape, dtype }) => ({ shape, dtype }));
    const ids = given.map(({ dataId }) =>
      recorder.virtualOf(dataId as DataId, "what it gives is not computed"),
    );
    tf.dispose([...given]);
    submitPending(backend);
    const changed = before.filter(({ one, dataId }) => one.isDisposed || one.dataId !== dataId);
    const updates = changed.map(({ one, dataId }) => recorder.update(one, dataId));
    recorder.refuseLeftovers(variables);
    return {
      graph: recorder.graph(updates, ids),
      outside: recorder.outside.map(outsideOf),
      variables: changed.map(({ one }) => one),
      optimizers: optimizers(),
      rates: ratesOf(optimizers()),
      outputs,
    };
  } catch (error) {
    recorder.discard(tf);
    throw error;
  } finally {
    tracing--;
    recorder.uninstall();
    swapRandom(random);
    tf.env().set("WEBGPU_CPU_FORWARD", forward);
    for (const { one, dataId } of before) {
      const old = held.get(one);
      if (old && !one.isDisposed && one.dataId !== dataId) one.assign(old);
      old?.dispose();
    }
  }
}
