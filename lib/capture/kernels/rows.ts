/** Sums and softmax of rows and the transposed matrix: a row or a number by one invocation. */
import type { RowSums, Softmax, Transpose } from "../arithmetic.ts";
import { halves, laneSums } from "./lanes.ts";
import { type Written, written } from "./written.ts";

export function rowSumsKernel({ rows, length, lanes, isMean }: RowSums): Written {
  return rowKernel(
    { rows, length },
    `
  ${laneSums(lanes, "sizes.length", "x[at + k]")}
  var left = min(sizes.length, ${lanes});
  while (left > 1) {
    let half = left / 2;
    left = left - half;
    for (var i = 0; i < half; i++) { sums[i] = sums[i] + sums[i + left]; }
  }
  result[item] = sums[0]${isMean ? " / f32(sizes.length)" : ""};`,
  );
}

export function softmaxKernel({ rows, length, lanes }: Softmax): Written {
  return rowKernel(
    { rows, length },
    `
  var most = -3.402823e+38f;
  for (var k = 0; k < sizes.length; k++) { most = max(most, x[at + k]); }
  ${laneSums(lanes, "sizes.length", "exp(x[at + k] - most)")}
  ${halves(lanes, "sizes.length")}
  for (var k = 0; k < sizes.length; k++) { result[at + k] = exp(x[at + k] - most) / sums[0]; }`,
  );
}

/** A row by each invocation, which begins `at`. */
function rowKernel({ rows, length }: Pick<RowSums, "rows" | "length">, code: string): Written {
  return written({
    ...{ reads: [["x", "f32"]], makes: "f32", sizes: { length }, items: rows },
    code: `
  let at = item * sizes.length;
${code}`,
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
