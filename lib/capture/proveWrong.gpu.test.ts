// In a file of its own: kernels are known by their code, and what is compiled wrongly here stays so.
import type * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { softwareGpu } from "../../e2e/softwareGpu.ts";
import { swapRandom } from "../platform/browser/workerWorld.ts";
import { type WebGpuBackend, webgpuBackend } from "./internals.ts";
import { prove } from "./prove.ts";
import { trace } from "./trace.ts";

let gpu: typeof tf;
beforeAll(async () => {
  gpu = await softwareGpu();
});

interface Wrong {
  readonly op: (x: tf.Tensor) => tf.Tensor;
  readonly code: string;
  readonly instead: string;
}

const wrongs: Record<string, Wrong> = {
  "gives other bits for ours": {
    op: (x) => x.transpose(),
    code: "result[item] = x[item",
    instead: "result[item] = x[0 * item",
  },
  "gives others each time": {
    op: (x) => x.softmax(),
    code: "result[at + k] =",
    instead: "result[at + k] = select(3.0, 0.0, result[at + k] != 0.0) *",
  },
};

describe("a proof", () => {
  it.each(Object.entries(wrongs))(
    "takes TensorFlow.js's own kernel where a device %s",
    async (_, { op, code, instead }) => {
      const backend = webgpuBackend(gpu) as WebGpuBackend;
      const { device } = backend;
      const createShaderModule = device.createShaderModule.bind(device);
      const x = gpu.randomNormal([30, 20]);
      const step = ([rows]: readonly tf.Tensor[]): tf.Tensor[] =>
        gpu.tidy(() => [
          op(rows as tf.Tensor)
            .square()
            .sum(),
        ]);
      gpu.dispose(step([x]));
      let wrong = 0;
      Object.defineProperty(device, "createShaderModule", {
        value(made: GPUShaderModuleDescriptor) {
          if (made.code.includes(code)) wrong++;
          return createShaderModule({ ...made, code: made.code.replace(code, instead) });
        },
        configurable: true,
      });
      try {
        const world = { tf: gpu, backend, swapRandom, scatters: () => [] };
        const { outputs, found } = prove(world, trace(world, step, [x]), step, [x]);
        const { program, difference } = await found;
        expect(wrong).toBe(1);
        expect(program?.hasOwnKernels).toBe(false);
        expect(difference).toBe(0);
        program?.dispose();
        gpu.dispose([...outputs]);
      } finally {
        Reflect.deleteProperty(device, "createShaderModule");
        x.dispose();
      }
    },
  );
});
