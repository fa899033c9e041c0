import { expect, it } from "vitest";
import { type Training, chosenParams, trainingOf, trainingParam } from "./training.ts";

it.each<Training>([
  { how: "captured", about: "45 dispatches a step, 30 kB" },
  { how: "stock", about: "it has only 4 steps" },
])("stands among the params and is told apart from them: %j", (training) => {
  const params = { epochs: 4, ...trainingParam(training), units: 8 };
  expect(trainingOf(params)).toEqual(training);
  expect(chosenParams(params)).toEqual({ epochs: 4, units: 8 });
});

it.each([{}, { training: "with noise" }, { training: "captured" }, { training: ["captured: "] }])(
  "is no param that a cell gave: %j",
  (params) => {
    expect(trainingOf(params)).toBeUndefined();
    expect(chosenParams(params)).toEqual(params);
  },
);
