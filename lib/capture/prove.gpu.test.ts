import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { softwareGpu } from "../../e2e/softwareGpu.ts";
import { swapRandom } from "../platform/browser/workerWorld.ts";
import { type TrainingModel, type WebGpuBackend, webgpuBackend } from "./internals.ts";
import { type Proof, prove } from "./prove.ts";
import { type Step, type StepWorld, trace } from "./trace.ts";

let gpu: typeof tf;
beforeAll(async () => {
  gpu = await softwareGpu();
});

function proveIt(step: Step, inputs: readonly tf.Tensor[]): Proof {
  const world: StepWorld = {
    ...{ tf: gpu, backend: webgpuBackend(gpu) as WebGpuBackend },
    ...{ swapRandom, scatters: () => [] },
  };
  return prove(world, trace(world, step, inputs), step, inputs);
}

describe("a proof on a device whose work a processor does", () => {
  it("finds a program with kernels of our own, equal to the bit", async () => {
    const weights = gpu.variable(gpu.randomNormal([20, 12]));
    const x = gpu.randomNormal([30, 20]);
    const step = ([rows]: readonly tf.Tensor[]): tf.Tensor[] =>
      gpu.tidy(() => {
        const made = gpu.matMul(rows as tf.Tensor2D, weights);
        weights.assign(weights.mul(0.9));
        return [made.softmax().sum(1).mean()];
      });
    const { outputs, found } = proveIt(step, [x]);
    const { program, difference } = await found;
    expect(program?.hasOwnKernels).toBe(true);
    expect(difference).toBe(0);
    program?.dispose();
    gpu.dispose([...outputs, weights, x]);
  });

  it("finds one of a whole convolutional model, training it", async () => {
    const { conv2d, dense, flatten } = gpu.layers;
    const model = gpu.sequential({
      layers: [
        conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1] }),
        conv2d({ filters: 4, kernelSize: 3 }),
        flatten(),
        dense({ units: 3, activation: "softmax" }),
      ],
    });
    model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
    const { model: inner } = model as unknown as { readonly model: TrainingModel };
    const train = inner.makeTrainFunction();
    const inputs = [gpu.randomUniform([40, 8, 8, 1]), gpu.randomUniform([40, 3])];
    gpu.dispose(train(inputs));
    const { outputs, found } = proveIt(train, inputs);
    const { program, difference } = await found;
    expect(program?.hasOwnKernels).toBe(true);
    expect(difference).toBe(0);
    program?.dispose();
    gpu.dispose([...outputs, ...inputs]);
    model.dispose();
  });
});
