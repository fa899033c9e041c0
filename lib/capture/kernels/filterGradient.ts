/** Gradients of a convolution's filters: channels times pixels, by pixels times filters, for each place in a filter. */
import type { FilterGradient } from "../arithmetic.ts";
import { filterSide, sizesOf } from "./pictures.ts";
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

export function filterGradientKernel(gradient: FilterGradient): Written {
  const { batch, channels, output, filters, filter } = gradient;
  const places = filter[0] * filter[1];
  const tile = tileOf(channels, filters, places, batch * output[0] * output[1]);
  const type = typeMade(tile, filters);
  const place = { m: "sizes.channels", n: "sizes.filters" };
  const areFour = channels % 4 === 0 && tile.rows % 4 === 0;
  const x: Side = {
    array: "x",
    count: tile.rows,
    at: (i) => `xStart + min(row + ${i}, sizes.channels - ${areFour ? 4 : 1})`,
    stride: "(sizes.strideColumns * sizes.channels)",
    vectors: areFour ? "across" : "none",
  };
  const dy = filterSide("dy", tile.columns, filters, "dyStart");
  return written({
    reads: [
      ["x", typeOf(x)],
      ["dy", typeOf(dy)],
    ],
    makes: type,
    sizes: sizesOf(gradient),
    items: tilesOf(tile, channels, filters) * places,
    code: `
  ${position(tile, place)}
  let top = matrix / sizes.filterColumns - sizes.padRows;
  let left = matrix % sizes.filterColumns - sizes.padColumns;
  // Columns of the output whose columns of the input are there.
  let first = max(0, (sizes.strideColumns - 1 - left) / sizes.strideColumns);
  let last = (sizes.inputColumns - 1 - left) / sizes.strideColumns;
  let end = select(0, min(sizes.outputColumns, last + 1), left < sizes.inputColumns);
  ${zeros(tile)}
  for (var picture = 0; picture < sizes.batch; picture++) {
  for (var outputRow = 0; outputRow < sizes.outputRows; outputRow++) {
    let inputRow = top + outputRow * sizes.strideRows;
    if (inputRow < 0 || inputRow >= sizes.inputRows) { continue; }
    let xStart = ((picture * sizes.inputRows + inputRow) * sizes.inputColumns + left + first * sizes.strideColumns) * sizes.channels;
    let dyStart = ((picture * sizes.outputRows + outputRow) * sizes.outputColumns + first) * sizes.filters;
    ${additions(tile, x, dy, "(end - first)", "rounded")}
  }
  }
  ${stores(tile, place, type)}`,
  });
}
