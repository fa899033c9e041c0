/** Numbers that a step draws by chance, and draws again the same way in each replay. */
import type * as tf from "@tensorflow/tfjs";
import seedrandom from "seedrandom";
import type { Scatter } from "./graph.ts";
import type { ModelLayer, TensorFlow } from "./internals.ts";

/** So many numbers as TensorFlow.js makes them of one draw of Math.random, float32 (ops/rand_util.ts, 4.22). */
export function scattered(
  tf: TensorFlow,
  scatter: Scatter,
  count: number,
  draw: number,
): Float32Array<ArrayBuffer> {
  if (scatter === "even")
    return Float32Array.from({ length: count }, seedrandom.alea(String(draw)));
  const { mean, stdDev } = scatter;
  const made: tf.Tensor = tf.randomNormal([count], mean, stdDev, "float32", draw);
  const values = made.dataSync<"float32">();
  made.dispose();
  return new Float32Array(values);
}

/** What the layers of a model scatter: of the numbers alone nobody can tell to the bit. */
export function scattersOf(layers: readonly ModelLayer[]): readonly Scatter[] {
  return layers.flatMap((one): readonly Scatter[] => {
    const { stddev, rate } = (one.getConfig?.() ?? {}) as { stddev?: unknown; rate?: unknown };
    const inner = [...(one.layers ?? []), ...(one.layer ? [one.layer] : [])];
    const own: Scatter[] = [];
    if (typeof stddev === "number") own.push({ mean: 0, stdDev: stddev });
    if (typeof rate === "number") own.push({ mean: 1, stdDev: Math.sqrt(rate / (1 - rate)) });
    return [...own, ...scattersOf(inner)];
  });
}
