/** Layers as the peer's models have them, written with jax-js. All take their arguments over, as all of jax-js does. */
import { lax, nn, numpy as np } from "@jax-js/jax";

export type Weights = np.Array[];

/** Of layers one after another, the first of so many inputs; kernel and bias in turn. */
export function denseWeights(...[first = 0, ...units]: number[]): Weights {
  return units.flatMap((unit, i) => [glorot([units[i - 1] ?? first, unit]), np.zeros([unit])]);
}

/** All but the last are rectified. */
export function dense(weights: Weights, x: np.Array): np.Array {
  let value = x;
  for (let i = 0; i < weights.length; i += 2) {
    value = np.matmul(value, weights[i] as np.Array).add(weights[i + 1] as np.Array);
    if (i + 2 < weights.length) value = nn.relu(value);
  }
  return value;
}

/** Of kernels of three by three. */
export function convolvedWeights(inputs: number, filters: number): Weights {
  return [glorot([filters, inputs, 3, 3]), np.zeros([filters, 1, 1])];
}

export function convolved([kernel, bias]: Weights, x: np.Array): np.Array {
  return nn.relu(lax.conv(x, kernel as np.Array, [1, 1], "VALID").add(bias as np.Array));
}

/** Of two by two; what is left over at the edge is left out. */
export function pooled(x: np.Array): np.Array {
  return lax.reduceWindow(x, (window) => np.max(window), [2, 2], [2, 2]);
}

export function flat(x: np.Array): np.Array {
  return x.reshape([x.shape[0] ?? 0, -1]);
}

/** Gates in the order of TensorFlow.js: input, forget, candidate, output; the forget gate's bias starts at one. */
export function lstmWeights(inputs: number, units: number): Weights {
  const bias = [np.zeros([units]), np.ones([units]), np.zeros([2 * units])];
  return [glorot([inputs, 4 * units]), glorot([units, 4 * units]), np.concatenate(bias)];
}

/**
 * The last output, of inputs by batch, time and feature. All inputs meet the kernel at once; the rest is unrolled, as
 * jax-js has no scan. `np.split` of more than 7 parts is out: where a kernel has 8 bindings, as the null device has it,
 * the compiler never ends on its gradient.
 */
export function lstm([kernel, recurrent, bias]: Weights, x: np.Array): np.Array {
  const [rows = 0, times = 0] = x.shape;
  const weight = recurrent as np.Array;
  const units = weight.shape[0] ?? 0;
  const fed = np.matmul(x, kernel as np.Array).add(bias as np.Array);
  let [output, cell] = [np.zeros([rows, units]), np.zeros([rows, units])];
  for (let time = 0; time < times; time++) {
    const sum = fed.ref.slice([], time).add(np.matmul(output, weight.ref));
    const gate = (at: number): np.Array => sum.ref.slice([], [at * units, (at + 1) * units]);
    const fresh = hardSigmoid(gate(0)).mul(np.tanh(gate(2)));
    cell = hardSigmoid(gate(1)).mul(cell).add(fresh);
    output = hardSigmoid(gate(3)).mul(np.tanh(cell.ref));
    sum.dispose();
  }
  for (const done of [fed, cell, weight]) done.dispose();
  return output;
}

/** TensorFlow.js's, whose slope is not that of jax-js's own. */
function hardSigmoid(x: np.Array): np.Array {
  return np.clip(x.mul(0.2).add(0.5), 0, 1);
}

/**
 * Of queries, keys and values each by batch, time and width, split among the heads. jax-js's own function for it calls
 * what Node has only from version 22 on.
 */
export function attended(heads: number, ...parts: [np.Array, np.Array, np.Array]): np.Array {
  const [rows = 0, times = 0, width = 0] = parts[0].shape;
  const size = width / heads;
  const [queries, keys, values] = parts.map((part) =>
    part.reshape([rows, times, heads, size]).transpose([0, 2, 1, 3]),
  ) as typeof parts;
  const scores = np.matmul(queries, keys.transpose([0, 1, 3, 2])).mul(Math.sqrt(1 / size));
  const found = np.matmul(nn.softmax(scores, -1), values);
  return found.transpose([0, 2, 1, 3]).reshape([rows, times, width]);
}

/** Scale and offset. */
export function normalizedWeights(width: number): Weights {
  return [np.ones([width]), np.zeros([width])];
}

/** Over batch and time. Moving averages, which only matter once a model predicts, are left out. */
export function normalized([scale, offset]: Weights, x: np.Array): np.Array {
  const mean = np.mean(x.ref, [0, 1]);
  const centred = x.sub(mean);
  const variance = np.mean(np.square(centred.ref), [0, 1]);
  const deviation = np.sqrt(variance.add(0.001));
  return centred.mul((scale as np.Array).div(deviation)).add(offset as np.Array);
}

function glorot(shape: readonly number[]): np.Array {
  const size = shape.reduce((product, one) => product * one, 1);
  const [out = 1, into = 1] = shape.length === 4 ? shape : [shape[1], shape[0]];
  const limit = Math.sqrt((6 * out * into) / (size * (out + into)));
  const values = Float32Array.from({ length: size }, () => (2 * Math.random() - 1) * limit);
  return np.array(values).reshape([...shape]);
}
