import { expect, it } from "vitest";
import { trainingShort, trainingTitle, trainingWords } from "./words.ts";

it("says how a run was trained, and why not from a program, for people", () => {
  const captured = { how: "captured", about: "45 dispatches a step, 30 kB" } as const;
  const stock = { how: "stock", about: "it does not run on WebGPU" } as const;
  expect([captured, stock].map(trainingShort)).toEqual(["captured", "TensorFlow.js as it is"]);
  expect([captured, stock].map(trainingWords)).toEqual([
    "captured — 45 dispatches a step, 30 kB",
    "TensorFlow.js as it is — it does not run on WebGPU",
  ]);
  for (const one of [captured, stock]) expect(trainingTitle(one)).toMatch(/the same|are the same/);
});
