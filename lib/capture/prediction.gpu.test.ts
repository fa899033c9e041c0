import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { type WebGpuBackend, webgpuBackend } from "./internals.ts";
import { onSoftwareGpu, switched } from "./testing/bothWays.ts";

let gpu: typeof tf;
let backend: WebGpuBackend;
beforeAll(async () => {
  gpu = await onSoftwareGpu();
  backend = webgpuBackend(gpu) as WebGpuBackend;
});

function classifier(outputs = 1): tf.LayersModel {
  const { dense, dropout } = gpu.layers;
  const inputs = gpu.input({ shape: [5] });
  const hidden = dropout({ rate: 0.5 }).apply(
    dense({ units: 9, activation: "relu" }).apply(inputs),
  );
  const heads = Array.from({ length: outputs }, (_, i) =>
    dense({ units: 3 + i, activation: "softmax" }).apply(hidden),
  );
  return gpu.model({ inputs, outputs: heads as tf.SymbolicTensor[] });
}

/** What the model gives, by TensorFlow.js alone or as it comes. */
async function values(
  model: tf.LayersModel,
  x: tf.Tensor,
  { on = true, batchSize = 8 } = {},
): Promise<{ readonly all: number[][]; readonly kernels: number }> {
  const run = backend.runWebGPUProgram.bind(backend);
  let kernels = 0;
  backend.runWebGPUProgram = (...args) => {
    kernels++;
    return run(...args);
  };
  try {
    const made = switched(on, () => ([] as tf.Tensor[]).concat(model.predict(x, { batchSize })));
    const all = await Promise.all(made.map(async (one) => [...(await one.data())]));
    gpu.dispose(made);
    return { all, kernels };
  } finally {
    backend.runWebGPUProgram = run;
  }
}

/** Predicts until it is captured: then TensorFlow.js runs fewer kernels, and none for full batches. */
async function untilCaptured(model: tf.LayersModel, x: tf.Tensor): Promise<void> {
  const stock = await values(model, x, { on: false });
  for (let i = 0; i < 100; i++) if ((await values(model, x)).kernels < stock.kernels) return;
  throw new Error("it is never captured");
}

describe("what a model predicts again and again", () => {
  it("comes from a program, and is what TensorFlow.js predicts, with all its outputs", async () => {
    const model = classifier(2);
    for (const rows of [1, 16, 100]) {
      const x = gpu.randomNormal([rows, 5]);
      await untilCaptured(model, x);
      const [captured, stock] = [await values(model, x), await values(model, x, { on: false })];
      expect(captured.all).toEqual(stock.all);
      expect(captured.all.map((one) => one.length)).toEqual([rows * 3, rows * 4]);
      // A hundred rows end in half a batch, which TensorFlow.js predicts.
      expect(captured.kernels).toBeLessThan(rows === 100 ? stock.kernels / 4 : 1);
      x.dispose();
    }
    model.dispose();
  });

  it("follows weights that are trained or set, and other rows", async () => {
    const model = classifier();
    const x = gpu.randomNormal([16, 5]);
    await untilCaptured(model, x);
    const other = gpu.randomNormal([16, 5]);
    model.setWeights(model.getWeights().map((one) => gpu.randomNormal(one.shape)));
    const [captured, stock] = [
      await values(model, other),
      await values(model, other, { on: false }),
    ];
    expect(captured.all).toEqual(stock.all);
    expect(captured.kernels).toBe(0);
    gpu.dispose([x, other]);
    model.dispose();
  });

  it("can be differentiated where gradients are asked for", async () => {
    const model = classifier();
    const x = gpu.randomNormal([16, 5]);
    await untilCaptured(model, x);
    const loss = (): tf.Scalar => (model.predict(x) as tf.Tensor).square().mean();
    const gradients = switched(true, () => gpu.variableGrads(loss).grads);
    const wanted = switched(false, () => gpu.variableGrads(loss).grads);
    const read = async (all: tf.NamedTensorMap): Promise<unknown[]> =>
      Promise.all(Object.values(all).map(async (one) => [...(await one.data())]));
    expect(await read(gradients)).toEqual(await read(wanted));
    expect(Object.keys(gradients)).toHaveLength(4);
    gpu.dispose([x, ...Object.values(gradients), ...Object.values(wanted)]);
    model.dispose();
  });

  it("is TensorFlow.js's where a layer is the cell's own: its code runs each time", async () => {
    let calls = 0;
    class Twice extends gpu.layers.Layer {
      static readonly className = "Twice";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        calls++;
        return (([] as tf.Tensor[]).concat(inputs)[0] as tf.Tensor).mul(2);
      }
      override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
        return shape;
      }
    }
    const model = gpu.sequential();
    model.add(gpu.layers.dense({ units: 3, inputShape: [5] }));
    model.add(new Twice());
    const x = gpu.randomNormal([8, 5]);
    const built = calls;
    for (let i = 0; i < 40; i++) await values(model, x);
    expect(calls - built).toBe(40);
    x.dispose();
    model.dispose();
  });

  it("leaves no tensor behind, in a tidy and out of one, and nothing once the model is gone", async () => {
    const before = gpu.memory().numTensors;
    const model = classifier();
    const x = gpu.randomNormal([20, 5]);
    await untilCaptured(model, x.slice([0], [16]));
    const held = gpu.memory().numTensors;
    for (let i = 0; i < 5; i++) gpu.tidy(() => void model.predict(x, { batchSize: 8 }));
    for (let i = 0; i < 5; i++) await values(model, x);
    expect(gpu.memory().numTensors).toBe(held);
    model.dispose();
    x.dispose();
    gpu.disposeVariables();
    expect(gpu.memory().numTensors).toBeLessThanOrEqual(before + 1);
  });
});
