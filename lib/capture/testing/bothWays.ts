/** Trains the same twice on the software adapter, captured and as TensorFlow.js does it, and tells all that can be seen. */
import type * as tf from "@tensorflow/tfjs";
import { seededRandom } from "../../kernel/guest/random.ts";
import { swapRandom } from "../../platform/browser/workerWorld.ts";
import { softwareGpu } from "../../../e2e/softwareGpu.ts";
import { type Capture, captureTraining } from "../captureTraining.ts";
import { drawn } from "../gatheredStep.ts";

type Tf = typeof tf;
export type Told = readonly [how: "captured" | "stock", about: string];

export interface Made {
  readonly model: tf.LayersModel;
  readonly x: tf.Tensor | tf.Tensor[];
  readonly y: tf.Tensor | tf.Tensor[];
}
export type Make = (tf: Tf) => Made;
interface With {
  readonly capture: Capture;
  /** Gives back what steps by hand hold. */
  readonly giveBack: () => void;
  /** Waits a while where it is not said yet how the model is trained. */
  readonly ready: () => Promise<void>;
}
type Train = (calls: unknown[], made: Made, tools: With) => Promise<unknown>;

export interface Outcome {
  readonly seen: {
    readonly history: unknown;
    /** Of every variable: weights, and what optimizers keep. */
    readonly variables: readonly (readonly number[])[];
    readonly iterations: number;
    /** What chance draws next. */
    readonly next: number;
    readonly calls: readonly unknown[];
  };
  readonly told: readonly Told[];
}

let gpu: Tf;
let capture: Capture;
let isOn = true;
let said: Told[] = [];
let holds: (() => void)[] = [];

/** How models were trained since the last training that went both ways began. */
export function told(): readonly Told[] {
  return said;
}

export async function onSoftwareGpu(): Promise<Tf> {
  gpu = await softwareGpu();
  capture = captureTraining(gpu, {
    swapRandom,
    now: () => performance.now(),
    isOn: () => isOn,
    told: (_, how, about) => said.push([how, how === "captured" ? "" : about]),
    stepping: () => undefined,
    holding: (giveBack) => (holds = [...holds, giveBack]),
  });
  return gpu;
}

/** Does it with captured training on or off. */
export function switched<Done>(on: boolean, what: () => Done): Done {
  isOn = on;
  try {
    return what();
  } finally {
    isOn = true;
  }
}

export async function fittedBothWays(
  make: Make,
  train: Train,
): Promise<{ captured: Outcome; stock: Outcome }> {
  const stock = await trained(false, make, train);
  return { stock, captured: await trained(true, make, train) };
}

/** Turns of the loop in which a proof under way comes nearer its end. */
const TURNS = 100;

function giveBack(): void {
  for (const one of holds.splice(0)) one();
}

async function ready(): Promise<void> {
  for (let i = 0; said.length === 0 && i < TURNS; i++) await new Promise(setImmediate);
}

async function trained(on: boolean, make: Make, train: Train): Promise<Outcome> {
  isOn = on;
  said = [];
  const calls: unknown[] = [];
  const systems = swapRandom(seededRandom(11));
  try {
    const made = make(gpu);
    const given = await train(calls, made, { capture, ready, giveBack });
    const history = (given as Partial<tf.History> | undefined)?.history;
    const all = Object.values(gpu.engine().registeredVariables);
    const variables = await Promise.all(all.map(async (one) => [...(await one.data())]));
    const { iterations } = made.model.optimizer as unknown as { readonly iterations: number };
    const seen = { history, variables, iterations, next: drawn(swapRandom), calls };
    made.model.dispose();
    gpu.dispose([made.x, made.y]);
    return { seen, told: said };
  } finally {
    swapRandom(systems);
    isOn = true;
    gpu.disposeVariables();
  }
}

interface Mlp {
  readonly optimizer?: string;
  readonly loss?: tf.ModelCompileArgs["loss"];
  /** What stands in the place of the dropout. */
  readonly between?: (tf: Tf) => tf.layers.Layer;
}

/** A small classifier of 40 rows in three classes, with a dropout. */
export function mlp({
  optimizer = "sgd",
  loss = "categoricalCrossentropy",
  between = (tf) => tf.layers.dropout({ rate: 0.3 }),
}: Mlp = {}): Make {
  return (tf) => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 16, activation: "relu", inputShape: [4] }));
    model.add(between(tf));
    model.add(tf.layers.dense({ units: 3, activation: "softmax" }));
    model.compile({ optimizer, loss, metrics: ["accuracy"] });
    const classes = Int32Array.from({ length: 40 }, (_, i) => i % 3);
    const y = tf.tidy(() => tf.oneHot(tf.tensor1d(classes, "int32"), 3).toFloat());
    return { model, x: tf.randomUniform([40, 4]), y };
  };
}
