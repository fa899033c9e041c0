/** Gradients of convolutions as products, each tile by one invocation. */
import type { FilterGradient, InputGradient } from "../arithmetic.ts";
import { filterSide, sizesOf } from "./convolution.ts";
import { type Side, additions, stores, tileOf, tilesOf, typeOf, zeros } from "./tile.ts";
import { type Written, written } from "./written.ts";

/** Pixels times filters by filters times channels, for each place in a filter. */
export function inputGradientKernel(gradient: InputGradient): Written {
  const { batch, input, channels, filters, filter, adding } = gradient;
  const pixels = batch * input[0] * input[1];
  const tile = tileOf(pixels, channels, 1, filters * filter[0] * filter[1]);
  const isVector = channels % 4 === 0 && tile.columns > 1;
  const vectors = filters % 4 === 0 ? "alongK" : "none";
  const dy: Side = {
    array: "dy",
    count: tile.rows,
    at: (i) => `at${i}`,
    stride: "1",
    isThere: (i) => `isThere${i}`,
    vectors,
  };
  const w: Side = {
    array: "w",
    count: tile.columns,
    at: (i) => `(wStart + min(column + ${i}, sizes.channels - 1)) * sizes.filters`,
    stride: "1",
    vectors,
  };
  const each = Array.from({ length: tile.rows }, (_, i) => i);
  return written({
    reads: [
      ["dy", typeOf(dy)],
      ["w", typeOf(w)],
    ],
    makes: isVector ? "vec4<f32>" : "f32",
    sizes: { ...sizesOf(gradient), pixels },
    items: tilesOf(tile, pixels, channels),
    code: `
  let across = (sizes.channels + ${tile.columns - 1}) / ${tile.columns};
  let column = item % across * ${tile.columns};
  let row = item / across * ${tile.rows};
  ${each
    .map(
      (i) => `let pixel${i} = min(row + ${i}, sizes.pixels - 1);
  let picture${i} = pixel${i} / (sizes.inputRows * sizes.inputColumns);
  let bottom${i} = pixel${i} / sizes.inputColumns % sizes.inputRows + sizes.padRows;
  let right${i} = pixel${i} % sizes.inputColumns + sizes.padColumns;`,
    )
    .join("\n  ")}
  ${zeros(tile)}
  for (var filterRow = sizes.filterRows - 1; filterRow >= 0; filterRow--) {
  for (var filterColumn = sizes.filterColumns - 1; filterColumn >= 0; filterColumn--) {
    let wStart = (filterRow * sizes.filterColumns + filterColumn) * sizes.channels;
    ${each
      .map(
        (i) => `let down${i} = bottom${i} - filterRow;
    let far${i} = right${i} - filterColumn;
    let y${i} = down${i} / sizes.strideRows;
    let x${i} = far${i} / sizes.strideColumns;
    let isOn${i} = (down${i} == y${i} * sizes.strideRows) & (far${i} == x${i} * sizes.strideColumns);
    let isThere${i} = isOn${i} & (u32(y${i}) < u32(sizes.outputRows)) & (u32(x${i}) < u32(sizes.outputColumns));
    let at${i} = select(0, ((picture${i} * sizes.outputRows + y${i}) * sizes.outputColumns + x${i}) * sizes.filters, isThere${i});`,
      )
      .join("\n    ")}
    ${additions(tile, dy, w, "sizes.filters", adding)}
  }
  }
  ${stores(
    tile,
    {
      row: "row",
      column: "column",
      m: "sizes.pixels",
      n: "sizes.channels",
      rowAt: (at) => `${at} * sizes.channels`,
    },
    { bias: false, isVector },
  )}`,
  });
}

/** Channels times pixels by pixels times filters, for each place in a filter. */
export function filterGradientKernel(gradient: FilterGradient): Written {
  const { batch, channels, output, filters, filter } = gradient;
  const places = filter[0] * filter[1];
  const tile = tileOf(channels, filters, places, batch * output[0] * output[1]);
  const isVector = filters % 4 === 0 && tile.columns > 1;
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
    makes: isVector ? "vec4<f32>" : "f32",
    sizes: sizesOf(gradient),
    items: tilesOf(tile, channels, filters) * places,
    code: `
  let across = (sizes.filters + ${tile.columns - 1}) / ${tile.columns};
  let down = (sizes.channels + ${tile.rows - 1}) / ${tile.rows};
  let column = item % across * ${tile.columns};
  let row = item / across % down * ${tile.rows};
  let place = item / (across * down);
  let top = place / sizes.filterColumns - sizes.padRows;
  let left = place % sizes.filterColumns - sizes.padColumns;
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
  ${stores(
    tile,
    {
      row: "row",
      column: "column",
      m: "sizes.channels",
      n: "sizes.filters",
      rowAt: (at) => `(place * sizes.channels + ${at}) * sizes.filters`,
    },
    { bias: false, isVector },
  )}`,
  });
}
