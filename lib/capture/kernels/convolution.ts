/** Convolutions as products, each tile by one invocation. */
import type { Convolution, FilterGradient, InputGradient } from "../arithmetic.ts";
import { type Side, additions, stores, tileOf, tilesOf, typeOf, zeros } from "./tile.ts";
import { type Written, written } from "./written.ts";

type Sizes = Readonly<Record<string, number>>;

/** Sizes that kernels know by their names. */
export function sizesOf({
  batch,
  input,
  channels,
  output,
  filters,
  filter,
  strides,
  pads,
}: Convolution | FilterGradient | InputGradient): Sizes {
  return {
    ...{ batch, channels, filters },
    ...{ inputRows: input[0], inputColumns: input[1] },
    ...{ outputRows: output[0], outputColumns: output[1] },
    ...{ filterRows: filter[0], filterColumns: filter[1] },
    ...{ strideRows: strides[0], strideColumns: strides[1] },
    ...{ padRows: pads[0], padColumns: pads[1] },
  };
}

/** Pixels times channels by channels times filters, for each place in a filter. */
export function convolutionKernel(convolution: Convolution): Written {
  const { batch, channels, output, filters, filter, dilations, hasBias } = convolution;
  const pixels = batch * output[0] * output[1];
  const tile = tileOf(pixels, filters, 1, channels * filter[0] * filter[1]);
  const isVector = filters % 4 === 0 && tile.columns > 1;
  const type = isVector ? "vec4<f32>" : "f32";
  const x: Side = {
    array: "x",
    count: tile.rows,
    at: (i) => `at${i}`,
    stride: "1",
    isThere: (i) => `isThere${i}`,
    vectors: channels % 4 === 0 ? "alongK" : "none",
  };
  const w = filterSide("w", tile.columns, filters, "wStart");
  const each = Array.from({ length: tile.rows }, (_, i) => i);
  return written({
    reads: [["x", typeOf(x)], ["w", typeOf(w)], ...(hasBias ? [["bias", type] as const] : [])],
    makes: type,
    sizes: {
      ...sizesOf(convolution),
      dilationRows: dilations[0],
      dilationColumns: dilations[1],
      pixels,
    },
    items: tilesOf(tile, pixels, filters),
    code: `
  let across = (sizes.filters + ${tile.columns - 1}) / ${tile.columns};
  let column = item % across * ${tile.columns};
  let row = item / across * ${tile.rows};
  ${each
    .map(
      (i) => `let pixel${i} = min(row + ${i}, sizes.pixels - 1);
  let picture${i} = pixel${i} / (sizes.outputRows * sizes.outputColumns);
  let top${i} = pixel${i} / sizes.outputColumns % sizes.outputRows * sizes.strideRows - sizes.padRows;
  let left${i} = pixel${i} % sizes.outputColumns * sizes.strideColumns - sizes.padColumns;`,
    )
    .join("\n  ")}
  ${zeros(tile)}
  for (var filterRow = 0; filterRow < sizes.filterRows; filterRow++) {
  for (var filterColumn = 0; filterColumn < sizes.filterColumns; filterColumn++) {
    let wStart = (filterRow * sizes.filterColumns + filterColumn) * sizes.channels * sizes.filters;
    ${each
      .map(
        (i) => `let y${i} = top${i} + filterRow * sizes.dilationRows;
    let x${i} = left${i} + filterColumn * sizes.dilationColumns;
    let isThere${i} = (u32(y${i}) < u32(sizes.inputRows)) & (u32(x${i}) < u32(sizes.inputColumns));
    let at${i} = select(0, ((picture${i} * sizes.inputRows + y${i}) * sizes.inputColumns + x${i}) * sizes.channels, isThere${i});`,
      )
      .join("\n    ")}
    ${additions(tile, x, w, "sizes.channels", "fused")}
  }
  }
  ${stores(
    tile,
    {
      row: "row",
      column: "column",
      m: "sizes.pixels",
      n: "sizes.filters",
      rowAt: (at) => `${at} * sizes.filters`,
    },
    { bias: hasBias, isVector },
  )}`,
  });
}

/** Values of the tile's columns of filters, which lie side by side. */
export function filterSide(array: string, count: number, filters: number, start: string): Side {
  const isFour = filters % 4 === 0 && count > 1;
  return {
    array,
    count,
    at: (i) => `${start} + min(column + ${i}, sizes.filters - ${isFour ? 4 : 1})`,
    stride: "sizes.filters",
    vectors: isFour ? "across" : "none",
  };
}
