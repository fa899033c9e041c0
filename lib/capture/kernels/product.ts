/** Products of matrices, each tile by one invocation, in the order in which TensorFlow.js adds. */
import type { Product, ReducedProduct } from "../arithmetic.ts";
import { halves, laneSums } from "./lanes.ts";
import { tileOf } from "./tile.ts";
import { type Side, tiledKernel } from "./tiledKernel.ts";
import { type Written, written } from "./written.ts";

export function productKernel(product: Product): Written {
  const { batch, batchA, batchB, m, n, k, after, adding, transposeA, transposeB } = product;
  const tile = tileOf(m, n, batch, k);
  const a = side("a", { count: tile.rows, first: "row", outer: "m", isAlongK: !transposeA });
  const b = side("b", { count: tile.columns, first: "column", outer: "n", isAlongK: transposeB });
  return tiledKernel({
    ...{ tile, m: [m, "m"], n: [n, "n"], times: batch, sides: [a, b], adding, after },
    sizes: { m, n, k, batchA, batchB },
    ahead: `
  let aStart = matrix % sizes.batchA * sizes.m * sizes.k;
  let bStart = matrix % sizes.batchB * sizes.n * sizes.k;`,
    sums: (add) => add("sizes.k"),
  });

  function side(
    array: "a" | "b",
    {
      count,
      first,
      outer,
      isAlongK,
    }: { count: number; first: string; outer: "m" | "n"; isAlongK: boolean },
  ): Side {
    const isFour = isAlongK ? k % 4 === 0 : product[outer] % 4 === 0 && count % 4 === 0;
    const last = isAlongK || !isFour ? 1 : 4;
    // Beyond the matrix the last is read again, and never written.
    const within = (i: number): string => `min(${first} + ${i}, sizes.${outer} - ${last})`;
    return {
      array,
      count,
      at: (i) => `${array}Start + ${within(i)}${isAlongK ? " * sizes.k" : ""}`,
      stride: isAlongK ? "1" : `sizes.${outer}`,
      vectors: !isFour ? "none" : isAlongK ? "alongK" : "across",
    };
  }
}

/** Sums of a row that TensorFlow.js shares out among so many invocations. */
const LANES = 256;

export function reducedProductKernel(product: ReducedProduct): Written {
  const { batch, batchA, batchB, m, n, k, after, transposeA, transposeB } = product;
  const added = `sums[0]${after.hasBias ? " + bias[column]" : ""}`;
  return written({
    reads: [["a", "f32"], ["b", "f32"], ...(after.hasBias ? [["bias", "f32"] as const] : [])],
    makes: "f32",
    sizes: { m, n, k, batchA, batchB },
    items: batch * m * n,
    code: `
  let column = item % sizes.n;
  let row = item / sizes.n % sizes.m;
  let matrix = item / (sizes.n * sizes.m);
  let aAt = matrix % sizes.batchA * sizes.m * sizes.k + row${transposeA ? "" : " * sizes.k"};
  let bAt = matrix % sizes.batchB * sizes.n * sizes.k + column${transposeB ? " * sizes.k" : ""};
  ${laneSums(LANES, "sizes.k", `a[aAt + k${transposeA ? " * sizes.m" : ""}] * b[bAt + k${transposeB ? "" : " * sizes.n"}]`)}
  ${halves(LANES, "sizes.k")}
  result[item] = ${after.isRelu ? `select(${added}, 0.0, ${added} < 0.0)` : added};`,
  });
}
