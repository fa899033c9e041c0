/** Convolutions and the gradients of their inputs: pixels times filters, place by place of a filter. */
import type { Adding, After, Convolution, InputGradient, Pictures } from "../arithmetic.ts";
import { filterSide, sizesOf } from "./pictures.ts";
import { type Tile, tileOf } from "./tile.ts";
import { type Side, tiledKernel } from "./tiledKernel.ts";
import type { Written } from "./written.ts";

export function convolutionKernel(convolution: Convolution): Written {
  const { channels, output, filters, dilations, after } = convolution;
  return pixelsKernel(
    { ...convolution, after, adding: "fused" },
    {
      made: "output",
      read: "input",
      pixels: convolution.batch * output[0] * output[1],
      sums: channels,
      columns: filters,
      sizes: { dilationRows: dilations[0], dilationColumns: dilations[1] },
      w: ({ columns }) =>
        filterSide("w", columns, filters, "place * sizes.channels * sizes.filters"),
      order: (count) => `i = 0; i < ${count}; i++`,
      corner: (of, at) => `${at} * sizes.stride${of} - sizes.pad${of}`,
      there: (of, i) => `
    let y${of}${i} = corner${of}${i} + filter${of} * sizes.dilation${of};
    let is${of}${i} = u32(y${of}${i}) < u32(sizes.input${of});`,
      areSkipped: false,
    },
  );
}

export function inputGradientKernel(gradient: InputGradient): Written {
  const { channels, input, filters, adding } = gradient;
  return pixelsKernel(
    { ...gradient, adding, after: { hasBias: false, isRelu: false } },
    {
      made: "input",
      read: "output",
      pixels: gradient.batch * input[0] * input[1],
      sums: filters,
      columns: channels,
      sizes: {},
      w: ({ columns }) => ({
        ...{ array: "w", count: columns, stride: "1" },
        at: (i) =>
          `(place * sizes.channels + min(column + ${i}, sizes.channels - 1)) * sizes.filters`,
        vectors: filters % 4 === 0 ? "alongK" : "none",
      }),
      order: (count) => `i = ${count} - 1; i >= 0; i--`,
      corner: (of, at) => `${at} + sizes.pad${of}`,
      there: (of, i) => `
    let far${of}${i} = corner${of}${i} - filter${of};
    let y${of}${i} = far${of}${i} / sizes.stride${of};
    let isOn${of}${i} = far${of}${i} == y${of}${i} * sizes.stride${of};
    let is${of}${i} = isOn${of}${i} & (u32(y${of}${i}) < u32(sizes.output${of}));`,
      areSkipped: true,
    },
  );
}

type Axis = "Rows" | "Columns";

/** How the pictures that are read lie under those that are made; all in WGSL. */
interface Geometry {
  readonly made: "input" | "output";
  readonly read: "input" | "output";
  readonly pixels: number;
  /** Numbers of a pixel that is read, and of one that is made. */
  readonly sums: number;
  readonly columns: number;
  readonly sizes: Readonly<Record<string, number>>;
  /** Knows the number of the `place` in a filter. */
  readonly w: (tile: Tile) => Side;
  /** Places in a filter in the order in which they are added. */
  readonly order: (count: string) => string;
  /** Where a pixel's filter lies, by the pixel's row or column. */
  readonly corner: (of: Axis, at: string) => string;
  /** Statements that say where `y` the place lies for pixel i, and whether it `is` in the picture. */
  readonly there: (of: Axis, i: number) => string;
  /** TensorFlow.js passes over places where no picture is, and does not multiply by 0. */
  readonly areSkipped: boolean;
}

function pixelsKernel(
  pictures: Pictures & { readonly adding: Adding; readonly after: After },
  { made, read, pixels, sums, columns, sizes, w, order, corner, there, areSkipped }: Geometry,
): Written {
  const { filter, adding, after } = pictures;
  const tile = tileOf(pixels, columns, 1, sums * filter[0] * filter[1]);
  const [across, along] =
    made === "output" ? (["filters", "channels"] as const) : (["channels", "filters"] as const);
  const x: Side = {
    ...{ array: "x", count: tile.rows, stride: "1" },
    at: (i) => `at${i}`,
    isThere: (i) => `isThere${i}`,
    vectors: sums % 4 === 0 ? "alongK" : "none",
  };
  const each = (of: (i: number) => string): string =>
    Array.from({ length: tile.rows }, (_, i) => of(i)).join("\n  ");
  const none = Array.from({ length: tile.rows }, (_, i) => `isThere${i}`).join(" | ");
  return tiledKernel({
    ...{ tile, m: [pixels, "pixels"], n: [columns, across], times: 1 },
    ...{ sides: [x, w(tile)], adding, after },
    sizes: { ...sizesOf(pictures), ...sizes, pixels },
    ahead: each(
      (i) => `let pixel${i} = min(row + ${i}, sizes.pixels - 1);
  let picture${i} = pixel${i} / (sizes.${made}Rows * sizes.${made}Columns);
  let cornerRows${i} = ${corner("Rows", `(pixel${i} / sizes.${made}Columns % sizes.${made}Rows)`)};
  let cornerColumns${i} = ${corner("Columns", `(pixel${i} % sizes.${made}Columns)`)};`,
    ),
    sums: (add) => `
  for (var ${order("(sizes.filterRows * sizes.filterColumns)")}) {
    let place = i;
    let filterRows = place / sizes.filterColumns;
    let filterColumns = place % sizes.filterColumns;
    ${each(
      (i) => `${there("Rows", i)}${there("Columns", i)}
    let isThere${i} = isRows${i} & isColumns${i};
    let at${i} = select(0, ((picture${i} * sizes.${read}Rows + yRows${i}) * sizes.${read}Columns + yColumns${i}) * sizes.${along}, isThere${i});`,
    )}
    ${areSkipped ? `if (!(${none})) { continue; }` : ""}
    ${add(`sizes.${along}`)}
  }`,
  });
}
