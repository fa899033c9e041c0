/**
 * What TensorFlow.js's kernels of matrices, pictures and rows compute, and in which order they add, so that other kernels
 * can give the same bits. Sizes are in elements.
 */
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

export interface Matrices {
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
  readonly after: After;
}

/** What is done to each sum: a row of numbers is added, and what is less than 0 becomes 0. */
export interface After {
  readonly hasBias: boolean;
  readonly isRelu: boolean;
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

export interface Pictures {
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
export type Pair = readonly [number, number];

/** Of pictures, channels last, added over the filter's rows, columns and channels in their order. */
export interface Convolution extends Pictures {
  readonly kind: "convolution";
  readonly dilations: Pair;
  readonly after: After;
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

/** One sum a row: `lanes` sums, each over every `lanes`th number, which are then added in halves. */
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

/** Of a matrix. */
export interface Transpose {
  readonly kind: "transpose";
  /** Of what is given. */
  readonly rows: number;
  readonly columns: number;
}
