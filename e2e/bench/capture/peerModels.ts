/** The models of models.ts as jax-js has them. All of it takes its arguments over, as all of jax-js does. */
import { lax, nn, numpy as np } from "@jax-js/jax";

export type Weights = np.Array[];

export interface Peer {
  /** Of a row. */
  readonly input: readonly number[];
  readonly output: number;
  readonly shapes: readonly (readonly number[])[];
  forward(weights: Weights, x: np.Array): np.Array;
}

const mlp = (...[first = 0, ...units]: number[]): Peer => ({
  input: [first],
  output: units.at(-1) ?? 0,
  shapes: units.flatMap((unit, i) => layer(i > 0 ? (units[i - 1] ?? 0) : first, unit)),
  forward: dense,
});

const layer = (from: number, to: number): readonly number[][] => [[from, to], [to]];

const WIDTH = 32;
const HEADS = 2;
/** Of one head: queries, keys and values, each with a bias. */
const OF_HEAD = 6;

export const peers = {
  "mlp-784": mlp(784, 256, 128, 10),
  "mlp-2": mlp(2, 64, 64, 1),
  cnn: {
    input: [1, 28, 28],
    output: 10,
    shapes: [
      [8, 1, 3, 3],
      [8, 1, 1],
      [16, 8, 3, 3],
      [16, 1, 1],
      ...layer(400, 64),
      ...layer(64, 10),
    ],
    forward([k1, b1, k2, b2, ...rest], x) {
      const first = pooled(convolved(x, k1, b1));
      return dense(rest, flat(pooled(convolved(first, k2, b2))));
    },
  },
  "cnn-mnist": {
    input: [1, 28, 28],
    output: 10,
    shapes: [
      ...[
        [32, 1, 3, 3],
        [32, 1, 1],
        [64, 32, 3, 3],
        [64, 1, 1],
      ],
      ...layer(9216, 128),
      ...layer(128, 10),
    ],
    forward([k1, b1, k2, b2, ...rest], x) {
      const first = convolved(x, k1, b1);
      return dense(rest, flat(pooled(convolved(first, k2, b2))));
    },
  },
  lstm: {
    input: [16, 8],
    output: 1,
    shapes: [[8, 4 * WIDTH], ...layer(WIDTH, 4 * WIDTH), ...layer(WIDTH, 1)],
    forward: recurrent,
  },
  transformer: {
    input: [16, WIDTH],
    output: 10,
    shapes: [
      ...Array.from({ length: 3 * HEADS }, () => layer(WIDTH, WIDTH / HEADS)).flat(),
      ...[...layer(WIDTH, WIDTH), [WIDTH], [WIDTH]],
      ...[...layer(WIDTH, 4 * WIDTH), ...layer(4 * WIDTH, WIDTH), [WIDTH], [WIDTH]],
      ...layer(WIDTH, 10),
    ],
    forward: transformed,
  },
} as const satisfies Record<string, Peer>;

function dense(weights: Weights, x: np.Array): np.Array {
  let value = x;
  for (let i = 0; i < weights.length; i += 2) {
    value = linear(value, weights[i], weights[i + 1]);
    if (i + 2 < weights.length) value = nn.relu(value);
  }
  return value;
}

function linear(x: np.Array, kernel?: np.Array, bias?: np.Array): np.Array {
  return np.matmul(x, kernel as np.Array).add(bias as np.Array);
}

function convolved(x: np.Array, kernel?: np.Array, bias?: np.Array): np.Array {
  return nn.relu(lax.conv(x, kernel as np.Array, [1, 1], "VALID").add(bias as np.Array));
}

/** Of two by two; what is left over at the edge is left out. */
function pooled(x: np.Array): np.Array {
  return lax.reduceWindow(x, (window) => np.max(window), [2, 2], [2, 2]);
}

function flat(x: np.Array): np.Array {
  return x.reshape([x.shape[0] ?? 0, -1]);
}

/** Gates as TensorFlow.js has them: in, forget, cell, out. What they take of the input is one product for all steps. */
function recurrent([kernel, inner, bias, ...last]: Weights, x: np.Array): np.Array {
  const [rows = 0, steps = 0] = x.shape;
  const given = np.split(linear(x, kernel, bias), steps, 1);
  let hidden = np.zeros([rows, WIDTH]);
  let cell = np.zeros([rows, WIDTH]);
  for (const one of given) {
    const here = one.reshape([rows, 4 * WIDTH]);
    const gates = np.split(here.add(np.matmul(hidden, (inner as np.Array).ref)), 4, 1);
    const [into, forget, change, out] = gates as [np.Array, np.Array, np.Array, np.Array];
    cell = gate(forget)
      .mul(cell)
      .add(gate(into).mul(np.tanh(change)));
    hidden = gate(out).mul(np.tanh(cell.ref));
  }
  cell.dispose();
  inner?.dispose();
  return dense(last, hidden);
}

/** Hard and not smooth, as TensorFlow.js has it. */
function gate(x: np.Array): np.Array {
  return np.clip(x.mul(0.2).add(0.5), 0, 1);
}

function transformed(weights: Weights, x: np.Array): np.Array {
  const heads = Array.from({ length: HEADS }, (_, head) =>
    attended(weights.slice(head * OF_HEAD, (head + 1) * OF_HEAD), x.ref),
  );
  const [mix, mixBias, scale, shift, ...rest] = weights.slice(HEADS * OF_HEAD);
  const mixed = linear(np.concatenate(heads, -1), mix, mixBias);
  const first = normalised(x.add(mixed), scale, shift);
  const [wide, wideBias, narrow, narrowBias, scale2, shift2, ...last] = rest;
  const fed = linear(nn.relu(linear(first.ref, wide, wideBias)), narrow, narrowBias);
  return dense(last, np.mean(normalised(first.add(fed), scale2, shift2), 1));
}

function attended([q, qBias, k, kBias, v, vBias]: Weights, x: np.Array): np.Array {
  const keys = np.swapaxes(linear(x.ref, k, kBias), 1, 2);
  const scores = np.matmul(linear(x.ref, q, qBias), keys).mul(Math.sqrt(HEADS / WIDTH));
  return np.matmul(nn.softmax(scores, -1), linear(x, v, vBias));
}

/** Over the batch; the means that TensorFlow.js keeps for later are left out. The scale is one more than its weight. */
function normalised(x: np.Array, scale?: np.Array, shift?: np.Array): np.Array {
  const centred = x.ref.sub(np.mean(x, [0, 1]));
  const variance = np.mean(np.square(centred.ref), [0, 1]);
  const even = centred.div(np.sqrt(variance.add(1e-3)));
  return even.mul((scale as np.Array).add(1)).add(shift as np.Array);
}
