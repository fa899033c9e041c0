/** Reads off TensorFlow.js's own kernels what they compute, where another kernel could compute the same. */
import type {
  After,
  Arithmetic,
  Convolution,
  FilterGradient,
  InputGradient,
  Matrices,
  Pair,
  Pictures,
  Product,
  RowSums,
  Softmax,
  Transpose,
} from "./arithmetic.ts";
import type { UniformEntry, WebGpuProgram } from "./internals.ts";

/** Longer sums are better shared by several invocations. */
const LONGEST = 8192;

/** `dtypes`: the output's first. Null where it is something else, or numbers other than float32. */
export function arithmeticOf(
  program: WebGpuProgram,
  shapes: readonly (readonly number[])[],
  dtypes: readonly string[],
  own: readonly UniformEntry[],
): Arithmetic | null {
  const [name = ""] = program.shaderKey.split("_");
  if (dtypes.some((dtype) => dtype !== "float32")) return null;
  switch (name) {
    case "matMulPacked":
      // A row times a matrix is added in fours there.
      return program.isVectorA ? null : product(program, shapes, own, { adding: "fused" });
    case "matMulSmallOutputSize":
      return product(program, shapes, own, { adding: "rounded" });
    case "matMulReduce": {
      const matrices = matricesOf(program, shapes, own);
      const isLong = matrices && matrices.k > LONGEST;
      return matrices && !isLong ? { kind: "reducedProduct", ...matrices } : null;
    }
    case "transposeShared":
      return transposeOf(program);
    case "conv2DMM":
      return convolutionOf(program, shapes, own);
    case "conv2DDerInput":
      return inputGradientOf(program, shapes, own);
    case "conv2DDerFilter":
      return filterGradientOf(program, shapes, own);
    case "reduce":
      return rowSumsOf(program, own);
    case "softmax":
      return softmaxOf(program);
    default:
      return null;
  }
}

function product(
  program: WebGpuProgram,
  shapes: readonly (readonly number[])[],
  own: readonly UniformEntry[],
  { adding }: Pick<Product, "adding">,
): Product | null {
  const matrices = matricesOf(program, shapes, own);
  return matrices && { kind: "product", adding, ...matrices };
}

function matricesOf(
  { outputShape, transposeA, transposeB, ...rest }: WebGpuProgram,
  [a = [], b = [], ...more]: readonly (readonly number[])[],
  own: readonly UniformEntry[],
): Matrices | null {
  const [m, n, k] = own.map(({ data }) => data[0]);
  const [batch, batchA, batchB] = [outputShape[0], a[0], b[0]];
  const after = afterOf(rest, more, n);
  if (!after || !batch || !batchA || !batchB || !m || !n || !k) return null;
  return {
    ...{ batch, batchA, batchB, m, n, k, after },
    transposeA: transposeA === true,
    transposeB: transposeB === true,
  };
}

/** Undefined where something else is done to the sums. */
function afterOf(
  { activation, addBias }: Pick<WebGpuProgram, "activation" | "addBias">,
  more: readonly (readonly number[])[],
  length: number | undefined,
): After | undefined {
  const isRelu = activation === "relu";
  if (!isRelu && (activation ?? "linear") !== "linear") return undefined;
  const [bias] = more;
  if (!addBias) return more.length === 0 ? { hasBias: false, isRelu } : undefined;
  const isRow = bias?.at(-1) === length && bias?.slice(0, -1).every((one) => one === 1) === true;
  return more.length === 1 && isRow ? { hasBias: true, isRelu } : undefined;
}

function convolutionOf(
  { outputShape, isChannelsLast, ...rest }: WebGpuProgram,
  [x = [], w = [], ...more]: readonly (readonly number[])[],
  own: readonly UniformEntry[],
): Convolution | null {
  const [filter, pads, strides, dilations] = own.map(({ data }) => pairOf(data));
  const after = afterOf(rest, more, w[3]);
  if (!isChannelsLast || !after) return null;
  if (!filter || !pads || !strides || !dilations) return null;
  const sizes = picturesOf(x, outputShape, w);
  return sizes && { kind: "convolution", ...sizes, pads, strides, dilations, after };
}

function inputGradientOf(
  { outputShape, isChannelsLast }: WebGpuProgram,
  [dy = [], w = []]: readonly (readonly number[])[],
  own: readonly UniformEntry[],
): InputGradient | null {
  const [filter, mirrored, strides] = own.map(({ data }) => pairOf(data));
  const sizes = picturesOf(outputShape, dy, w);
  if (!isChannelsLast || !filter || !mirrored || !strides || !sizes) return null;
  const pads: Pair = [filter[0] - 1 - mirrored[0], filter[1] - 1 - mirrored[1]];
  const areFour = sizes.channels % 4 === 0 && sizes.filters % 4 === 0;
  const adding = areFour ? "inFours" : "rounded";
  return { kind: "inputGradient", ...sizes, pads, strides, adding };
}

function filterGradientOf(
  { outputShape, isChannelsLast }: WebGpuProgram,
  [x = [], dy = []]: readonly (readonly number[])[],
  own: readonly UniformEntry[],
): FilterGradient | null {
  const [pads, strides] = own.map(({ data }) => pairOf(data));
  const sizes = picturesOf(x, dy, outputShape);
  if (!isChannelsLast || !pads || !strides || !sizes) return null;
  return { kind: "filterGradient", ...sizes, pads, strides };
}

/** Shapes of what is convolved, of what comes of it, and of the filters. */
function picturesOf(
  x: readonly number[],
  y: readonly number[],
  w: readonly number[],
): Omit<Pictures, "pads" | "strides"> | null {
  const [batch, inputRows, inputColumns, channels] = x;
  const [, outputRows, outputColumns, filters] = y;
  const [rows, columns] = w;
  if (!batch || !inputRows || !inputColumns || !channels || !filters) return null;
  if (!outputRows || !outputColumns || !rows || !columns) return null;
  return {
    ...{ batch, channels, filters },
    input: [inputRows, inputColumns],
    output: [outputRows, outputColumns],
    filter: [rows, columns],
  };
}

function pairOf([one, other]: readonly number[]): Pair | undefined {
  return one === undefined || other === undefined ? undefined : [one, other];
}

function rowSumsOf(
  { reduceType, outputShape, workgroupSize }: WebGpuProgram,
  own: readonly UniformEntry[],
): RowSums | null {
  const length = own[0]?.data[0];
  const lanes = workgroupSize?.[0];
  const isMean = reduceType === "mean";
  if ((!isMean && reduceType !== "sum") || !lanes || !length || length > LONGEST) return null;
  return { kind: "rowSums", rows: sizeOf(outputShape), length, lanes, isMean };
}

function softmaxOf({ outputShape, workgroupSize }: WebGpuProgram): Softmax | null {
  const [rows, length] = outputShape;
  const lanes = workgroupSize?.[0];
  if (!rows || !lanes || !length || length > LONGEST) return null;
  return { kind: "softmax", rows, length, lanes };
}

function transposeOf({ outputShape }: WebGpuProgram): Transpose | null {
  const [columns, rows, ...more] = outputShape;
  if (!rows || !columns || more.length > 0) return null;
  return { kind: "transpose", rows, columns };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((all, length) => all * length, 1);
}
