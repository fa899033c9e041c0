/** Sizes of pictures and filters, and filters as one side of a product. */
import type { Pictures } from "../arithmetic.ts";
import type { Side } from "./tiledKernel.ts";

/** As kernels know them by their names. */
export function sizesOf(pictures: Pictures): Readonly<Record<string, number>> {
  const { batch, input, channels, output, filters, filter, strides, pads } = pictures;
  return {
    ...{ batch, channels, filters },
    ...{ inputRows: input[0], inputColumns: input[1] },
    ...{ outputRows: output[0], outputColumns: output[1] },
    ...{ filterRows: filter[0], filterColumns: filter[1] },
    ...{ strideRows: strides[0], strideColumns: strides[1] },
    ...{ padRows: pads[0], padColumns: pads[1] },
  };
}

/** The tile's columns are filters, whose numbers lie side by side. */
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
