import { describe, expect, it } from "vitest";
import { arithmeticOf } from "./arithmeticOf.ts";
import type { UniformEntry, WebGpuProgram } from "./internals.ts";

const numbers = (...lists: number[][]): UniformEntry[] =>
  lists.map((data) => ({ type: "int32", data }));

const program = (shaderKey: string, more: Partial<WebGpuProgram>): WebGpuProgram => ({
  ...{ shaderKey, variableNames: [], outputShape: [1], getUserCode: () => "" },
  ...more,
});

const FLOATS = ["float32", "float32", "float32", "float32"];

const product = (
  more: Partial<WebGpuProgram> = {},
  {
    key = "matMulPacked_4",
    inputs = [
      [1, 2, 4],
      [1, 4, 3],
    ],
    dtypes = FLOATS,
  } = {},
) =>
  arithmeticOf(
    program(key, { outputShape: [1, 2, 3], ...more }),
    inputs,
    dtypes,
    numbers([2], [3], [4]),
  );

const convolution = (more: Partial<WebGpuProgram>, key = "conv2DMM_4") =>
  arithmeticOf(
    program(key, { outputShape: [1, 6, 6, 2], ...more }),
    [
      [1, 8, 8, 1],
      [3, 3, 1, 2],
    ],
    FLOATS,
    numbers([3, 3], [0, 0], [1, 1], [1, 1]),
  );

const rows = (more: Partial<WebGpuProgram>, length: number, key = "reduce_sum") =>
  arithmeticOf(
    program(key, { outputShape: [5], workgroupSize: [64, 1, 1], reduceType: "sum", ...more }),
    [[5, length]],
    FLOATS,
    numbers([length]),
  );

describe("what another kernel could compute", () => {
  it("is known of products, convolutions and rows", () => {
    expect(product()).toMatchObject({ kind: "product", m: 2, n: 3, k: 4, adding: "fused" });
    expect(convolution({ isChannelsLast: true })).toMatchObject({ kind: "convolution" });
    expect(rows({}, 64)).toMatchObject({ kind: "rowSums", rows: 5, length: 64, lanes: 64 });
  });

  const others = {
    "numbers other than float32": () => product({}, { dtypes: ["int32", "int32", "int32"] }),
    "an activation other than relu": () => product({ activation: "elu" }),
    "a prelu, with weights of its own": () =>
      product({ activation: "prelu" }, { inputs: [[1, 2, 4], [1, 4, 3], [3]] }),
    "a bias that is no row": () =>
      product(
        { addBias: true },
        {
          inputs: [
            [1, 2, 4],
            [1, 4, 3],
            [1, 2, 3],
          ],
        },
      ),
    "a single row, which is added in fours": () => product({ isVectorA: true }),
    "a product that is added to what is there": () => product({}, { key: "matMulSplitK_false" }),
    "a product with very long sums": () =>
      arithmeticOf(
        program("matMulReduce_null", { outputShape: [1, 1, 1] }),
        [
          [1, 1, 10_000],
          [1, 10_000, 1],
        ],
        FLOATS,
        numbers([1], [1], [10_000]),
      ),
    "channels first": () => convolution({ isChannelsLast: false }),
    "another kernel of convolutions": () =>
      convolution({ isChannelsLast: true }, "conv2DDerInputMM_4"),
    "a maximum": () => rows({ reduceType: "max" }, 64, "reduce_max"),
    "a very long row": () => rows({}, 10_000),
  };
  it.each(Object.entries(others))("is not known of %s", (_, known) => {
    expect(known()).toBeNull();
  });
});
