/** Learning rates that change while a model is fitted. */
import type * as tf from "@tensorflow/tfjs";

export const SCHEDULES = ["none", "by epoch", "by batch"] as const;
export type Schedule = (typeof SCHEDULES)[number];

export function setRate(optimizer: tf.Optimizer, rate: number): void {
  const changing = optimizer as unknown as {
    learningRate: number;
    setLearningRate?(rate: number): void;
  };
  if (changing.setLearningRate) changing.setLearningRate(rate);
  else changing.learningRate = rate;
}

/** Between 0.01 and 0.05. */
export function cosine(step: number): number {
  return 0.01 + 0.02 * (1 + Math.cos(step / 7));
}

export function scheduled({ optimizer }: tf.LayersModel, by: Schedule): tf.CustomCallbackArgs {
  let steps = 0;
  const next = (): void => setRate(optimizer, cosine(++steps));
  if (by === "none") return {};
  return by === "by epoch" ? { onEpochBegin: next } : { onBatchBegin: next };
}
