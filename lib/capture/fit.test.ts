import type * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../kernel/guest/random.ts";
import { swapRandom } from "../testing/chance.ts";
import { softwareGpu } from "../testing/softwareGpu.ts";
import { captureFits } from "./captureFits.ts";

type Told = readonly [how: string, why: string];

let gpu: typeof tf;
let isOn = true;
let told: Told[] = [];
const systems = Math.random;

beforeAll(async () => {
  gpu = await softwareGpu();
  captureFits(gpu, {
    swapRandom,
    now: () => performance.now(),
    isOn: () => isOn,
    told: (_, how, why) => told.push([how, why]),
  });
});
afterEach(() => {
  Math.random = systems;
  gpu.disposeVariables();
});

interface Outcome {
  readonly history: Record<string, unknown>;
  readonly weights: readonly (readonly number[])[];
  readonly next: number;
  readonly calls: readonly unknown[];
  readonly told: readonly Told[];
}

type Make = () => { model: tf.LayersModel; x: tf.Tensor; y: tf.Tensor };

async function fitted(
  on: boolean,
  make: Make,
  args: (calls: unknown[], model: tf.LayersModel) => tf.ModelFitArgs,
): Promise<Outcome> {
  isOn = on;
  told = [];
  Math.random = seededRandom(11);
  const { model, x, y } = make();
  const calls: unknown[] = [];
  const { history } = await model.fit(x, y, { verbose: 0, ...args(calls, model) });
  const all = Object.values(gpu.engine().registeredVariables);
  const weights = await Promise.all(all.map(async (one) => [...(await one.data())]));
  const outcome = { history, weights, next: Math.random(), calls, told };
  model.dispose();
  gpu.disposeVariables();
  gpu.dispose([x, y]);
  return outcome;
}

async function expectSame(
  make: Make,
  args: (calls: unknown[], model: tf.LayersModel) => tf.ModelFitArgs,
): Promise<void> {
  const stock = await fitted(false, make, args);
  const captured = await fitted(true, make, args);
  expect(captured.told).toEqual([["captured", ""]]);
  expect({ ...captured, told: [] }).toEqual({ ...stock, told: [] });
}

const mlp =
  (optimizer: string, rows = 100): Make =>
  () => {
    const model = gpu.sequential();
    model.add(gpu.layers.dense({ units: 16, activation: "relu", inputShape: [4] }));
    model.add(gpu.layers.dropout({ rate: 0.3 }));
    model.add(gpu.layers.dense({ units: 3, activation: "softmax" }));
    model.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    const classes = Int32Array.from({ length: rows }, (_, i) => i % 3);
    const y = gpu.tidy(() => gpu.oneHot(gpu.tensor1d(classes, "int32"), 3).toFloat());
    return { model, x: gpu.randomUniform([rows, 4]), y };
  };

describe("a captured fit", () => {
  it("gives the same weights, history and chance, with shuffle, dropout and a partial last batch", async () => {
    await expectSame(mlp("adam"), () => ({ epochs: 6, batchSize: 16 }));
  });
  it("gives callbacks of every batch and epoch the same values", async () => {
    await expectSame(mlp("sgd"), (calls) => ({
      epochs: 4,
      batchSize: 16,
      validationSplit: 0.2,
      callbacks: {
        onEpochEnd: (epoch, logs) => void calls.push(["epoch", epoch, { ...logs }]),
        onBatchBegin: (batch) => void calls.push(["begin", batch]),
        onBatchEnd: (batch, logs) => void calls.push(["end", batch, { ...logs }]),
      },
    }));
  });
});
