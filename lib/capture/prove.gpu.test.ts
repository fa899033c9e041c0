import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { softwareGpu } from "../../e2e/softwareGpu.ts";
import { swapRandom } from "../platform/browser/workerWorld.ts";
import { type WebGpuBackend, webgpuBackend } from "./internals.ts";
import { prove } from "./prove.ts";

let gpu: typeof tf;
beforeAll(async () => {
  gpu = await softwareGpu();
});

const world = () => ({
  ...{ tf: gpu, backend: webgpuBackend(gpu) as WebGpuBackend },
  ...{ swapRandom, scatters: () => [] },
});

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
    const { outputs, found } = prove(world(), step, [x]);
    const { program, difference } = await found;
    expect(program?.hasOwnKernels).toBe(true);
    expect(difference).toBe(0);
    program?.dispose();
    gpu.dispose([...outputs, weights, x]);
  });

  // Kernels are known by their code: this one no test before it had compiled.
  it("takes TensorFlow.js's own where a device gives other bits for ours", async () => {
    const { device } = webgpuBackend(gpu) as WebGpuBackend;
    const createShaderModule = device.createShaderModule.bind(device);
    const x = gpu.randomNormal([30, 20]);
    const step = ([rows]: readonly tf.Tensor[]): tf.Tensor[] =>
      gpu.tidy(() => [gpu.transpose(rows as tf.Tensor2D).sum()]);
    gpu.dispose(step([x]));
    const wrong = (code: string): string =>
      code.replace("result[item] = x[item", "result[item] = x[0 * item");
    Object.defineProperty(device, "createShaderModule", {
      value: (made: GPUShaderModuleDescriptor) =>
        createShaderModule({ ...made, code: wrong(made.code) }),
      configurable: true,
    });
    try {
      const { outputs, found } = prove(world(), step, [x]);
      const { program, difference } = await found;
      expect(program?.hasOwnKernels).toBe(false);
      expect(difference).toBe(0);
      program?.dispose();
      gpu.dispose([...outputs]);
    } finally {
      Reflect.deleteProperty(device, "createShaderModule");
      x.dispose();
    }
  });
});
