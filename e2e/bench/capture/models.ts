/** The models that captured training is measured with, their data made up, at batches of 64. Knows nothing of who fits them. */
import type * as tf from "@tensorflow/tfjs";

export const BATCH = 64;

export interface Made {
  readonly model: tf.LayersModel;
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

export interface Model {
  readonly name: string;
  /** Steps of an epoch and epochs where kernels run in software; `isSlow`: TensorFlow.js takes minutes for many more. */
  readonly inSoftware: { readonly steps: number; readonly epochs: number; readonly isSlow?: true };
  /** Of more than 10^6 weights: arithmetic counts there. */
  readonly isLarge?: true;
  /** TensorFlow.js adds some of its sums in any order (MatMulSplitK): no two fits give the same weights. */
  readonly differsFromItself?: true;
  make(lib: typeof tf, rows: number): Made;
}

export const models = {
  "mlp-784": {
    name: "MLP 784-256-128-10",
    inSoftware: { steps: 5, epochs: 2 },
    make(lib, rows) {
      const { dense } = lib.layers;
      const model = lib.sequential({
        layers: [
          dense({ units: 256, activation: "relu", inputShape: [784] }),
          dense({ units: 128, activation: "relu" }),
          dense({ units: 10, activation: "softmax" }),
        ],
      });
      return classifying(lib, model, [rows, 784]);
    },
  },
  cnn: {
    name: "CNN of 27,562 weights",
    inSoftware: { steps: 5, epochs: 2, isSlow: true },
    make(lib, rows) {
      const { conv2d, dense, flatten, maxPooling2d } = lib.layers;
      const model = lib.sequential({
        layers: [
          conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [28, 28, 1] }),
          maxPooling2d({ poolSize: 2 }),
          conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
          maxPooling2d({ poolSize: 2 }),
          flatten(),
          dense({ units: 64, activation: "relu" }),
          dense({ units: 10, activation: "softmax" }),
        ],
      });
      return classifying(lib, model, [rows, 28, 28, 1]);
    },
  },
  "mlp-2": {
    name: "MLP 2-64-64-1",
    inSoftware: { steps: 5, epochs: 2 },
    make(lib, rows) {
      const { dense } = lib.layers;
      const model = lib.sequential({
        layers: [
          dense({ units: 64, activation: "relu", inputShape: [2] }),
          dense({ units: 64, activation: "relu" }),
          dense({ units: 1 }),
        ],
      });
      return fitting(lib, model, [rows, 2]);
    },
  },
  /** As Keras's example for MNIST has it, without its dropouts. */
  "cnn-mnist": {
    name: "CNN of 1.2 million weights",
    inSoftware: { steps: 4, epochs: 2, isSlow: true },
    isLarge: true,
    differsFromItself: true,
    make(lib, rows) {
      const { conv2d, dense, flatten, maxPooling2d } = lib.layers;
      const model = lib.sequential({
        layers: [
          conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: [28, 28, 1] }),
          conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
          maxPooling2d({ poolSize: 2 }),
          flatten(),
          dense({ units: 128, activation: "relu" }),
          dense({ units: 10, activation: "softmax" }),
        ],
      });
      return classifying(lib, model, [rows, 28, 28, 1]);
    },
  },
  lstm: {
    name: "LSTM of 32 units, 16 steps of 8",
    inSoftware: { steps: 5, epochs: 2 },
    make(lib, rows) {
      const { dense, lstm } = lib.layers;
      const model = lib.sequential({
        layers: [
          lstm({ units: 32, inputShape: [16, 8], recurrentInitializer: "glorotUniform" }),
          dense({ units: 1 }),
        ],
      });
      return fitting(lib, model, [rows, 16, 8]);
    },
  },
  transformer: {
    name: "Transformer block, 16 by 32, two heads",
    inSoftware: { steps: 5, epochs: 2 },
    make: (lib, rows) => classifying(lib, transformer(lib), [rows, 16, 32]),
  },
} as const satisfies Record<string, Model>;

export type ModelId = keyof typeof models;

/** Normalised over the batch: the gradient of TensorFlow.js's layer normalisation is 2,000 dispatches at this size. */
function transformer(lib: typeof tf): tf.LayersModel {
  const { add, batchNormalization, concatenate, dense, dot, globalAveragePooling1d } = lib.layers;
  const [width, heads] = [32, 2];
  const apply = (layer: tf.layers.Layer, to: Symbolic | Symbolic[]): Symbolic =>
    layer.apply(to) as Symbolic;
  const input = lib.input({ shape: [16, width] });
  const part = (): Symbolic => apply(dense({ units: width / heads }), input);
  const attended = Array.from({ length: heads }, () => {
    const scores = apply(dot({ axes: [2, 2] }), [part(), part()]);
    const scaled = apply(lib.layers.rescaling({ scale: Math.sqrt(heads / width) }), scores);
    return apply(dot({ axes: [2, 1] }), [apply(lib.layers.softmax({ axis: -1 }), scaled), part()]);
  });
  const mixed = apply(dense({ units: width }), apply(concatenate(), attended));
  const first = apply(batchNormalization(), apply(add(), [input, mixed]));
  const wide = apply(dense({ units: 4 * width, activation: "relu" }), first);
  const fed = apply(dense({ units: width }), wide);
  const second = apply(batchNormalization(), apply(add(), [first, fed]));
  const pooled = apply(globalAveragePooling1d(), second);
  const outputs = apply(dense({ units: 10, activation: "softmax" }), pooled);
  return lib.model({ inputs: input, outputs });
}

type Symbolic = tf.SymbolicTensor;

function classifying(lib: typeof tf, model: tf.LayersModel, shape: readonly number[]): Made {
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  const [rows = 0] = shape;
  const classes = Int32Array.from({ length: rows }, () => Math.floor(Math.random() * 10));
  const y = lib.tidy(() => lib.oneHot(lib.tensor1d(classes, "int32"), 10).toFloat());
  return { model, x: lib.randomUniform([...shape]), y };
}

function fitting(lib: typeof tf, model: tf.LayersModel, shape: readonly number[]): Made {
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  return { model, x: lib.randomUniform([...shape]), y: lib.randomUniform([shape[0] ?? 0, 1]) };
}
