/** Models that nobody chose: layers, optimizers and ways to fit, drawn at random. */
import type * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { Make } from "./bothWays.ts";
import { SCHEDULES } from "./schedule.ts";

type Tf = typeof tf;

export const OPTIMIZERS = [
  "sgd",
  "momentum",
  "adam",
  "adamax",
  "rmsprop",
  "adagrad",
  "adadelta",
] as const;
type Optimizer = (typeof OPTIMIZERS)[number];

const ACTIVATIONS = [
  "linear",
  "relu",
  "elu",
  "selu",
  "sigmoid",
  "tanh",
  "softplus",
  "softsign",
] as const;

const layer = fc.record({
  kind: fc.constantFrom(
    ...(["dense", "dense", "dense", "dropout", "batchNorm", "noise", "layerNorm", "relu"] as const),
  ),
  units: fc.integer({ min: 1, max: 9 }),
  activation: fc.constantFrom(...ACTIVATIONS),
  isRegular: fc.boolean(),
  hasBias: fc.boolean(),
});

/** How a model begins: with rows, pictures, sequences, or words. */
const START = ["rows", "pictures", "lstm", "gru", "rnn", "words"] as const;

export const anyModel = fc.record({
  start: fc.constantFrom(...START),
  layers: fc.array(layer, { maxLength: 4 }),
  optimizer: fc.constantFrom(...OPTIMIZERS),
  loss: fc.constantFrom(
    ...(["meanSquaredError", "meanAbsoluteError", "categoricalCrossentropy"] as const),
  ),
  hasMetric: fc.boolean(),
  rows: fc.integer({ min: 9, max: 24 }),
});
export type AnyModel = typeof anyModel extends fc.Arbitrary<infer T> ? T : never;

/** `rate`: how often the learning rate changes. */
export const anyFit = fc.record({
  batchSize: fc.integer({ min: 3, max: 8 }),
  epochs: fc.integer({ min: 3, max: 5 }),
  shuffle: fc.boolean(),
  validationSplit: fc.constantFrom(0, 0, 0.3),
  rate: fc.constantFrom(...SCHEDULES),
});
export type AnyFit = typeof anyFit extends fc.Arbitrary<infer T> ? T : never;

function optimizerOf(tf: Tf, name: Optimizer): tf.Optimizer {
  return name === "momentum" ? tf.train.momentum(0.01, 0.9) : tf.train[name](0.01);
}

const CLASSES = 3;

export function madeOf({ start, layers, optimizer, loss, hasMetric, rows }: AnyModel): Make {
  return (tf) => {
    const model = tf.sequential();
    const x = begin(tf, model, start, rows);
    for (const { kind, units, activation, isRegular, hasBias } of layers) {
      const kernelRegularizer = isRegular ? tf.regularizers.l2() : undefined;
      if (kind === "dense")
        model.add(
          tf.layers.dense({
            ...{ units, activation, useBias: hasBias },
            ...(kernelRegularizer && { kernelRegularizer }),
          }),
        );
      if (kind === "dropout") model.add(tf.layers.dropout({ rate: 0.25 }));
      if (kind === "batchNorm") model.add(tf.layers.batchNormalization());
      if (kind === "noise") model.add(tf.layers.gaussianNoise({ stddev: 0.1 }));
      if (kind === "layerNorm") model.add(tf.layers.layerNormalization());
      if (kind === "relu") model.add(tf.layers.leakyReLU());
    }
    const activation = loss === "categoricalCrossentropy" ? "softmax" : "linear";
    model.add(tf.layers.dense({ units: CLASSES, activation }));
    model.compile({
      ...{ optimizer: optimizerOf(tf, optimizer), loss },
      ...(hasMetric && { metrics: ["accuracy"] }),
    });
    const classes = Int32Array.from({ length: rows }, (_, i) => i % CLASSES);
    const y = tf.tidy(() => tf.oneHot(tf.tensor1d(classes, "int32"), CLASSES).toFloat());
    return { model, x, y };
  };
}

/** Adds what takes the data, and gives the data. */
function begin(tf: Tf, model: tf.Sequential, start: AnyModel["start"], rows: number): tf.Tensor {
  const { layers } = tf;
  switch (start) {
    case "rows":
      model.add(layers.dense({ units: 6, activation: "relu", inputShape: [4] }));
      return tf.randomUniform([rows, 4]);
    case "pictures":
      model.add(layers.conv2d({ filters: 3, kernelSize: 2, inputShape: [4, 4, 1] }));
      model.add(layers.averagePooling2d({ poolSize: 2, strides: 1 }));
      model.add(layers.flatten());
      return tf.randomUniform([rows, 4, 4, 1]);
    case "words":
      model.add(layers.embedding({ inputDim: 7, outputDim: 3, inputLength: 2 }));
      model.add(layers.flatten());
      return tf.tidy(() => tf.randomUniform([rows, 2], 0, 7).floor());
    case "lstm":
    case "gru":
      model.add(layers[start]({ units: 3, inputShape: [2, 2] }));
      return tf.randomUniform([rows, 2, 2]);
    case "rnn":
      model.add(layers.simpleRNN({ units: 3, inputShape: [2, 2] }));
      return tf.randomUniform([rows, 2, 2]);
  }
}
