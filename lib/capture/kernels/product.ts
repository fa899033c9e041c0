/** Products of matrices, each tile by one invocation, in the order in which TensorFlow.js adds. */
import type { Product, ReducedProduct } from "../arithmetic.ts";
import { type Side, additions, stores, tileOf, tilesOf, typeOf, zeros } from "./tile.ts";
import { type Written, written } from "./written.ts";

export function productKernel(product: Product): Written {
  const { batch, batchA, batchB, m, n, k, hasBias, adding } = product;
  const tile = tileOf(m, n, batch, k);
  const a = side("a", {
    count: tile.rows,
    first: "row",
    outer: "m",
    isAlongK: !product.transposeA,
  });
  const b = side("b", {
    count: tile.columns,
    first: "column",
    outer: "n",
    isAlongK: product.transposeB,
  });
  const isVector = n % 4 === 0 && tile.columns > 1;
  const type = isVector ? "vec4<f32>" : "f32";
  return written({
    reads: [["a", typeOf(a)], ["b", typeOf(b)], ...(hasBias ? [["bias", type] as const] : [])],
    makes: type,
    sizes: { m, n, k, batchA, batchB },
    items: tilesOf(tile, m, n) * batch,
    code: `
  let across = (sizes.n + ${tile.columns - 1}) / ${tile.columns};
  let down = (sizes.m + ${tile.rows - 1}) / ${tile.rows};
  let column = item % across * ${tile.columns};
  let row = item / across % down * ${tile.rows};
  let batch = item / (across * down);
  let aStart = batch % sizes.batchA * sizes.m * sizes.k;
  let bStart = batch % sizes.batchB * sizes.n * sizes.k;
  ${zeros(tile)}
  ${additions(tile, a, b, "sizes.k", adding)}
  ${stores(
    tile,
    {
      row: "row",
      column: "column",
      m: "sizes.m",
      n: "sizes.n",
      rowAt: (at) => `(batch * sizes.m + ${at}) * sizes.n`,
    },
    { bias: hasBias, isVector },
  )}`,
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
  const { batch, batchA, batchB, m, n, k, hasBias, transposeA, transposeB } = product;
  return written({
    reads: [["a", "f32"], ["b", "f32"], ...(hasBias ? [["bias", "f32"] as const] : [])],
    makes: "f32",
    sizes: { m, n, k, batchA, batchB },
    items: batch * m * n,
    code: `
  let column = item % sizes.n;
  let row = item / sizes.n % sizes.m;
  let batch = item / (sizes.n * sizes.m);
  let aAt = batch % sizes.batchA * sizes.m * sizes.k + row${transposeA ? "" : " * sizes.k"};
  let bAt = batch % sizes.batchB * sizes.n * sizes.k + column${transposeB ? " * sizes.k" : ""};
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
  result[item] = sums[0]${hasBias ? " + bias[column]" : ""};`,
  });
}
