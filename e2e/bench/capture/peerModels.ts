/** The models of `models.ts` as jax-js has them, their weights as they start. Knows nothing of losses, nor of training. */
import { numpy as np } from "@jax-js/jax";
import type { ModelId } from "./models.ts";
import * as layers from "./peerLayers.ts";

export interface Peer {
  /** Of one row. */
  readonly input: readonly number[];
  readonly output: number;
  weights(): layers.Weights;
  /** Takes its arguments over, as all of jax-js does. Of classes it gives logits. */
  forward(weights: layers.Weights, x: np.Array): np.Array;
}

const { convolved, convolvedWeights, dense, denseWeights, flat, pooled } = layers;

const mlp = (...units: [number, ...number[]]): Peer => ({
  input: [units[0]],
  output: units.at(-1) ?? 0,
  weights: () => denseWeights(...units),
  forward: dense,
});

export const peers: Readonly<Record<ModelId, Peer>> = {
  "mlp-784": mlp(784, 256, 128, 10),
  "mlp-2": mlp(2, 64, 64, 1),
  cnn: {
    input: [1, 28, 28],
    output: 10,
    weights: () => [
      ...convolvedWeights(1, 8),
      ...convolvedWeights(8, 16),
      ...denseWeights(400, 64, 10),
    ],
    forward(weights, x) {
      const first = pooled(convolved(weights.slice(0, 2), x));
      return dense(weights.slice(4), flat(pooled(convolved(weights.slice(2, 4), first))));
    },
  },
  "cnn-mnist": {
    input: [1, 28, 28],
    output: 10,
    weights: () => [
      ...convolvedWeights(1, 32),
      ...convolvedWeights(32, 64),
      ...denseWeights(9216, 128, 10),
    ],
    forward(weights, x) {
      const first = convolved(weights.slice(0, 2), x);
      return dense(weights.slice(4), flat(pooled(convolved(weights.slice(2, 4), first))));
    },
  },
  lstm: {
    input: [16, 8],
    output: 1,
    weights: () => [...layers.lstmWeights(8, 32), ...denseWeights(32, 1)],
    forward: (weights, x) => dense(weights.slice(3), layers.lstm(weights.slice(0, 3), x)),
  },
  transformer: {
    input: [16, 32],
    output: 10,
    weights: () => [
      ...[0, 1, 2, 3].flatMap(() => denseWeights(32, 32)),
      ...layers.normalizedWeights(32),
      ...denseWeights(32, 128, 32),
      ...layers.normalizedWeights(32),
      ...denseWeights(32, 10),
    ],
    forward: transformer,
  },
};

/** Each of its projections is that of both heads. */
function transformer(weights: layers.Weights, x: np.Array): np.Array {
  const part = (at: number): np.Array => dense(weights.slice(at, at + 2), x.ref);
  const mixed = dense(weights.slice(6, 8), layers.attended(2, part(0), part(2), part(4)));
  const first = layers.normalized(weights.slice(8, 10), x.add(mixed));
  const fed = dense(weights.slice(10, 14), first.ref);
  const second = layers.normalized(weights.slice(14, 16), first.add(fed));
  return dense(weights.slice(16), np.mean(second, 1));
}
