/**
 * What TensorFlow.js's kernels of matrices, pictures and rows compute, and in which order they add, so that other kernels
 * can give the same bits. Sizes are in elements.
 */
import type { UniformEntry, WebGpuProgram } from "./internals.ts";

export type Arithmetic =
  | Product
  | ReducedProduct
  | Convolution
  | InputGradient
  | FilterGradient
  | RowSums
  | Softmax
  | Transpose;

/** How the next product joins a sum: rounded once, the product and the sum each, or the sum of four products at a time. */
export type Adding = "fused" | "rounded" | "inFours";

interface Matrices {
  readonly batch: number;
  /** [batchA or 1, m, k], or [.., k, m] where it is transposed. */
  readonly batchA: number;
  readonly transposeA: boolean;
  /** [batchB or 1, k, n], or [.., n, k] where it is transposed. */
  readonly batchB: number;
  readonly transposeB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Of n, added to each row. */
  readonly hasBias: boolean;
}

/** Of matrices, added over k in its order. */
export interface Product extends Matrices {
  readonly kind: "product";
  readonly adding: Adding;
}

/** Of matrices, with 256 sums over every 256th of k, which are then added in halves. */
export interface ReducedProduct extends Matrices {
  readonly kind: "reducedProduct";
}

interface Pictures {
  readonly batch: number;
  /** Rows and columns. */
  readonly input: Pair;
  readonly channels: number;
  readonly output: Pair;
  readonly filters: number;
  readonly filter: Pair;
  readonly strides: Pair;
  readonly pads: Pair;
}
type Pair = readonly [number, number];

/** Of pictures, channels last, added over the filter's rows, columns and channels in their order. */
export interface Convolution extends Pictures {
  readonly kind: "convolution";
  readonly dilations: Pair;
  /** Of `filters`, added to each pixel. */
  readonly hasBias: boolean;
}

/** Of what is convolved, added over the filter's rows and columns from its end, and over filters. */
export interface InputGradient extends Pictures {
  readonly kind: "inputGradient";
  readonly adding: Adding;
}

/** Of the filters of a convolution, added over pictures, rows and columns in their order. */
export interface FilterGradient extends Pictures {
  readonly kind: "filterGradient";
}

/** One sum a row: `lanes` sums over every so manieth, which are then added in halves. */
export interface RowSums {
  readonly kind: "rowSums";
  readonly rows: number;
  readonly length: number;
  readonly lanes: number;
  readonly isMean: boolean;
}

export interface Softmax {
  readonly kind: "softmax";
  readonly rows: number;
  readonly length: number;
  readonly lanes: number;
}

/** Of a matrix of anything that has four bytes. */
export interface Transpose {
  readonly kind: "transpose";
  /** Of what is given. */
  readonly rows: number;
  readonly columns: number;
}

/** `dtypes`: the output's first. Null where it is something else, or numbers other than float32. */
export function arithmeticOf(
  program: WebGpuProgram,
  shapes: readonly (readonly number[])[],
  dtypes: readonly string[],
  own: readonly UniformEntry[],
): Arithmetic | null {
  const [name = ""] = program.shaderKey.split("_");
  if (name === "transposeShared") return transposeOf(program);
  if (dtypes.some((dtype) => dtype !== "float32")) return null;
  switch (name) {
    case "matMulPacked":
      // A row times a matrix is added in fours there.
      return program.isVectorA ? null : product(program, shapes, own, { adding: "fused" });
    case "matMulSmallOutputSize":
      return product(program, shapes, own, { adding: "rounded" });
    case "matMulReduce": {
      const matrices = matricesOf(program, shapes, own);
      return matrices && { kind: "reducedProduct", ...matrices };
    }
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
  const hasBias = biasOf(rest, more, n);
  if (hasBias === undefined || !batch || !batchA || !batchB || !m || !n || !k) return null;
  return {
    ...{ batch, batchA, batchB, m, n, k, hasBias },
    transposeA: transposeA === true,
    transposeB: transposeB === true,
  };
}

/** Undefined where more is done to the sums than adding a row to them. */
function biasOf(
  { activation, addBias }: Pick<WebGpuProgram, "activation" | "addBias">,
  more: readonly (readonly number[])[],
  length: number | undefined,
): boolean | undefined {
  if ((activation ?? "linear") !== "linear") return undefined;
  const [bias] = more;
  if (!addBias) return more.length === 0 ? false : undefined;
  const isRow = bias?.at(-1) === length && bias?.slice(0, -1).every((one) => one === 1) === true;
  return more.length === 1 && isRow ? true : undefined;
}

function convolutionOf(
  { outputShape, isChannelsLast, ...rest }: WebGpuProgram,
  [x = [], w = [], ...more]: readonly (readonly number[])[],
  own: readonly UniformEntry[],
): Convolution | null {
  const [filter, pads, strides, dilations] = own.map(({ data }) => pairOf(data));
  const hasBias = biasOf(rest, more, w[3]);
  if (!isChannelsLast || hasBias === undefined) return null;
  if (!filter || !pads || !strides || !dilations) return null;
  const sizes = picturesOf(x, outputShape, w);
  return sizes && { kind: "convolution", ...sizes, pads, strides, dilations, hasBias };
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

/** Longer rows are better shared by several invocations. */
const LONGEST_ROW = 8192;

function rowSumsOf(
  { reduceType, outputShape, workgroupSize }: WebGpuProgram,
  own: readonly UniformEntry[],
): RowSums | null {
  const length = own[0]?.data[0];
  const lanes = workgroupSize?.[0];
  const isMean = reduceType === "mean";
  if ((!isMean && reduceType !== "sum") || !lanes || !length || length > LONGEST_ROW) return null;
  return { kind: "rowSums", rows: sizeOf(outputShape), length, lanes, isMean };
}

function softmaxOf({ outputShape, workgroupSize }: WebGpuProgram): Softmax | null {
  const [rows, length] = outputShape;
  const lanes = workgroupSize?.[0];
  if (!rows || !lanes || !length || length > LONGEST_ROW) return null;
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
