/** Sums and softmax of rows and the transposed matrix: a row or a number by one invocation. */
import type { RowSums, Softmax, Transpose } from "../arithmetic.ts";
import { type Written, written } from "./written.ts";

export function rowSumsKernel({ rows, length, lanes, isMean }: RowSums): Written {
  return written({
    reads: [["x", "f32"]],
    makes: "f32",
    sizes: { length },
    items: rows,
    code: `
  let at = item * sizes.length;
  var sums : array<f32, ${lanes}>;
  for (var k = 0; k < sizes.length; k++) {
    let lane = k % ${lanes};
    sums[lane] = sums[lane] + x[at + k];
  }
  var left = min(sizes.length, ${lanes});
  while (left > 1) {
    let half = left / 2;
    left = left - half;
    for (var i = 0; i < half; i++) { sums[i] = sums[i] + sums[i + left]; }
  }
  result[item] = sums[0]${isMean ? " / f32(sizes.length)" : ""};`,
  });
}

export function softmaxKernel({ rows, length, lanes }: Softmax): Written {
  return written({
    reads: [["x", "f32"]],
    makes: "f32",
    sizes: { length },
    items: rows,
    code: `
  let at = item * sizes.length;
  var most = -3.402823e+38f;
  for (var k = 0; k < sizes.length; k++) { most = max(most, x[at + k]); }
  var sums : array<f32, ${lanes}>;
  for (var k = 0; k < sizes.length; k++) {
    let lane = k % ${lanes};
    sums[lane] = sums[lane] + exp(x[at + k] - most);
  }
  for (var half = ${lanes / 2}; half > 0; half = half / 2) {
    // Beyond the row all are 0.
    if (half >= sizes.length) { continue; }
    for (var i = 0; i < half; i++) { sums[i] = sums[i] + sums[i + half]; }
  }
  for (var k = 0; k < sizes.length; k++) { result[at + k] = exp(x[at + k] - most) / sums[0]; }`,
  });
}

export function transposeKernel({ rows, columns }: Transpose): Written {
  return written({
    reads: [["x", "f32"]],
    makes: "f32",
    sizes: { rows, columns },
    items: rows * columns,
    code: `
  result[item] = x[item % sizes.rows * sizes.columns + item / sizes.rows];`,
  });
}
