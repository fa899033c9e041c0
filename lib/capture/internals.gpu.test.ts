import type * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";
import { softwareGpu } from "../../e2e/softwareGpu.ts";
import { type TrainingModel, missingInModel, missingInternals } from "./internals.ts";

let gpu: typeof tf;
beforeAll(async () => {
  gpu = await softwareGpu();
});

it("has every private field of this TensorFlow.js that captured training stands on", () => {
  const missing = missingInternals(gpu).join(", ");
  const sentence = `TensorFlow.js ${gpu.version_core} has no ${missing}: see lib/capture/internals.ts`;
  expect(missing, sentence).toBe("");
});

it("says which field another version lacks, and then nothing is captured", () => {
  const hidden = new Set<PropertyKey>(["uploadToGPU"]);
  const backend = new Proxy(gpu.backend(), { has: (of, name) => !hidden.has(name) && name in of });
  const another = { ...gpu, backend: () => backend, getBackend: () => "webgpu" };
  expect(missingInternals(another)).toEqual(["uploadToGPU"]);
  const model = gpu.sequential({ layers: [gpu.layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["mse"] });
  const { model: inner } = model as unknown as { readonly model: TrainingModel };
  expect(missingInModel(inner)).toEqual([]);
  expect(missingInModel({} as TrainingModel)).toEqual([
    "layers",
    "lossFunctions",
    "metricsTensors",
  ]);
});
