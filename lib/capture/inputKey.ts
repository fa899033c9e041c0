/** What about a step's inputs decides which program is theirs: shapes, and which are the same tensor or a variable. */
import type * as tf from "@tensorflow/tfjs";
import { type TensorFlow, variablesOf } from "./internals.ts";

export function inputKey(tf: TensorFlow, inputs: readonly (tf.Tensor | null)[]): string {
  const variables = new Map(variablesOf(tf).map(({ dataId, name }) => [dataId, name]));
  return inputs
    .map((one) => {
      if (!one) return "-";
      const first = inputs.findIndex((other) => other?.dataId === one.dataId);
      return `${one.dtype}[${one.shape.join()}]${first}${variables.get(one.dataId) ?? ""}`;
    })
    .join(";");
}
