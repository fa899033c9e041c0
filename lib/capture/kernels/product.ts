/** Products of matrices, each tile by one invocation, in the order in which TensorFlow.js adds. */
import type { Product, ReducedProduct } from "../arithmetic.ts";
import {
  type Side,
  additions,
  position,
  stores,
  tileOf,
  tilesOf,
  typeMade,
  typeOf,
  zeros,
} from "./tile.ts";
import { type Written, written } from "./written.ts";

export function productKernel(product: Product): Written {
  const { batch, batchA, batchB, m, n, k, after, adding, transposeA, transposeB } = product;
  const tile = tileOf(m, n, batch, k);
  const a = side("a", { count: tile.rows, first: "row", outer: "m", isAlongK: !transposeA });
  const b = side("b", { count: tile.columns, first: "column", outer: "n", isAlongK: transposeB });
  const type = typeMade(tile, n);
  const place = { m: "sizes.m", n: "sizes.n" };
  return written({
    reads: [
      ["a", typeOf(a)],
      ["b", typeOf(b)],
      ...(after.hasBias ? [["bias", type] as const] : []),
    ],
    makes: type,
    sizes: { m, n, k, batchA, batchB },
    items: tilesOf(tile, m, n) * batch,
    code: `
  ${position(tile, place)}
  let aStart = matrix % sizes.batchA * sizes.m * sizes.k;
  let bStart = matrix % sizes.batchB * sizes.n * sizes.k;
  ${zeros(tile)}
  ${additions(tile, a, b, "sizes.k", adding)}
  ${stores(tile, place, type, after)}`,
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
  var sums : array<f32, ${LANES}>;
  for (var k = 0; k < sizes.k; k++) {
    let lane = k % ${LANES};
    sums[lane] = sums[lane] + a[aAt + k${transposeA ? " * sizes.m" : ""}] * b[bAt + k${transposeB ? "" : " * sizes.n"}];
  }
  for (var half = ${LANES / 2}; half > 0; half = half / 2) {
    // Beyond k all are 0.
    if (half >= sizes.k) { continue; }
    for (var i = 0; i < half; i++) { sums[i] = sums[i] + sums[i + half]; }
  }
  result[item] = ${after.isRelu ? `select(${added}, 0.0, ${added} < 0.0)` : added};`,
  });
}
