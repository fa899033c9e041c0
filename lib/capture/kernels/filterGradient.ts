/** Gradients of a convolution's filters: channels times pixels, by pixels times filters, for each place in a filter. */
import type { FilterGradient } from "../arithmetic.ts";
import { filterSide, sizesOf } from "./pictures.ts";
import { tileOf } from "./tile.ts";
import { type Side, tiledKernel } from "./tiledKernel.ts";
import type { Written } from "./written.ts";

export function filterGradientKernel(gradient: FilterGradient): Written {
  const { batch, channels, output, filters, filter } = gradient;
  const places = filter[0] * filter[1];
  const tile = tileOf(channels, filters, places, batch * output[0] * output[1]);
  const areFour = channels % 4 === 0 && tile.rows % 4 === 0;
  const x: Side = {
    array: "x",
    count: tile.rows,
    at: (i) => `xStart + min(row + ${i}, sizes.channels - ${areFour ? 4 : 1})`,
    stride: "(sizes.strideColumns * sizes.channels)",
    vectors: areFour ? "across" : "none",
  };
  const dy = filterSide("dy", tile.columns, filters, "dyStart");
  return tiledKernel({
    ...{ tile, m: [channels, "channels"], n: [filters, "filters"], times: places },
    ...{ sides: [x, dy], adding: "rounded", sizes: sizesOf(gradient) },
    ahead: `
  let top = matrix / sizes.filterColumns - sizes.padRows;
  let left = matrix % sizes.filterColumns - sizes.padColumns;
  // Columns of the output whose columns of the input are there.
  let first = max(0, (sizes.strideColumns - 1 - left) / sizes.strideColumns);
  let last = (sizes.inputColumns - 1 - left) / sizes.strideColumns;
  let end = select(0, min(sizes.outputColumns, last + 1), left < sizes.inputColumns);`,
    sums: (add) => `
  for (var picture = 0; picture < sizes.batch; picture++) {
  for (var outputRow = 0; outputRow < sizes.outputRows; outputRow++) {
    let inputRow = top + outputRow * sizes.strideRows;
    if (inputRow < 0 || inputRow >= sizes.inputRows) { continue; }
    let xStart = ((picture * sizes.inputRows + inputRow) * sizes.inputColumns + left + first * sizes.strideColumns) * sizes.channels;
    let dyStart = ((picture * sizes.outputRows + outputRow) * sizes.outputColumns + first) * sizes.filters;
    ${add("(end - first)")}
  }
  }`,
  });
}
