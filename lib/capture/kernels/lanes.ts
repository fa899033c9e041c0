/** Long sums in the order in which invocations that share them would add: each its own lane, then all lanes in halves. */

/** Statements that leave in `sums` those of every `lanes`th of so many (WGSL); `of` knows which as `k`. */
export function laneSums(lanes: number, length: string, of: string): string {
  return `var sums : array<f32, ${lanes}>;
  for (var k = 0; k < ${length}; k++) {
    let lane = k % ${lanes};
    sums[lane] = sums[lane] + ${of};
  }`;
}

/** Statements that add the lanes, a power of two, to the first. */
export function halves(lanes: number, length: string): string {
  return `for (var half = ${lanes / 2}; half > 0; half = half / 2) {
    // Beyond the length all are 0.
    if (half >= ${length}) { continue; }
    for (var i = 0; i < half; i++) { sums[i] = sums[i] + sums[i + half]; }
  }`;
}
