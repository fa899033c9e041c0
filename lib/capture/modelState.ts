/**
 * What decides beside the weights and the learning rate what a training step of a model is: equal texts, equal steps.
 */
import type { OptimizerState, TrainingModel } from "./internals.ts";

const numbers = new WeakMap<object, number>();
let last = 0;

export function modelState(model: TrainingModel): string {
  const { lossFunctions, metricsTensors } = model;
  return JSON.stringify([
    numberOf(model.optimizer),
    { ...model.optimizer.getConfig(), learningRate: undefined },
    slotsOf(model.optimizer),
    lossFunctions.map(numberOf),
    metricsTensors.map(([metric]) => (typeof metric === "function" ? numberOf(metric) : 0)),
    layersState(model),
  ]);
}

/** The same of what it computes of its inputs. */
export function layersState({ layers }: Pick<TrainingModel, "layers">): string {
  return JSON.stringify(layers.map((layer) => [layer.trainable, layer.getConfig?.()]));
}

/** Which variables an optimizer keeps: setWeights makes others. */
function slotsOf(optimizer: OptimizerState): readonly number[] {
  return Object.values(optimizer).flatMap((field: unknown) =>
    (Array.isArray(field) ? (field as unknown[]) : [field]).flatMap((slot) => {
      if (typeof slot !== "object" || slot === null || slot === optimizer.c) return [];
      return numberOf("variable" in slot ? (slot.variable as object) : slot);
    }),
  );
}

function numberOf(object: object): number {
  const number = numbers.get(object) ?? ++last;
  numbers.set(object, number);
  return number;
}
