/**
 * What a model says of itself: the params and the summary of a run that nobody wrote down by hand.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Json } from "../base/json.ts";
import type { ModelSummary } from "../document/runDoc.ts";
import type { RunParams } from "../document/runsDoc.ts";

/** Fit arguments that are worth keeping; data and callbacks are not. */
const FIT_ARGS = [
  "epochs",
  "batchSize",
  "validationSplit",
  "shuffle",
  "initialEpoch",
  "batchesPerEpoch",
  "validationBatches",
] as const;

/** What TensorFlow.js takes where nothing is said; kept because it is what a reader asks for first. */
const FIT_DEFAULTS = { epochs: 1, batchSize: 32 };

/** Keras' own names in words: "learningRate" → "learning rate". */
const WORDS: Readonly<Record<string, string>> = {
  learningRate: "learning rate",
  batchSize: "batch size",
  validationSplit: "validation split",
  initialEpoch: "initial epoch",
  batchesPerEpoch: "batches per epoch",
  validationBatches: "validation batches",
};

/** Params from the optimizer, the loss and the fit arguments. */
export function fitParams(model: tf.LayersModel, args: unknown): RunParams {
  return { ...modelParams(model), ...argParams(args, FIT_DEFAULTS) };
}

/** The same for a dataset of batches, whose size is the dataset's own. */
export function fitDatasetParams(model: tf.LayersModel, args: unknown): RunParams {
  return { ...modelParams(model), ...argParams(args, { epochs: FIT_DEFAULTS.epochs }) };
}

export function modelParams(model: tf.LayersModel): RunParams {
  const params: Record<string, Json> = {};
  const optimizer = model.optimizer as tf.Optimizer | undefined;
  if (optimizer) {
    params["optimizer"] = optimizer.getClassName();
    for (const [key, value] of Object.entries(optimizer.getConfig()))
      if (typeof value === "number" || typeof value === "boolean") params[inWords(key)] = value;
  }
  const loss = lossName(model.loss);
  if (loss !== undefined) params["loss"] = loss;
  return params;
}

function argParams(args: unknown, defaults: Readonly<Record<string, number>>): RunParams {
  const said = (args ?? {}) as Readonly<Record<string, unknown>>;
  const params: Record<string, Json> = {};
  for (const key of FIT_ARGS) {
    const value = said[key] ?? defaults[key];
    if (typeof value === "number" || typeof value === "boolean" || typeof value === "string")
      params[inWords(key)] = value;
  }
  return params;
}

function inWords(key: string): string {
  return WORDS[key] ?? key;
}

function lossName(loss: unknown): Json | undefined {
  if (typeof loss === "string") return loss;
  if (typeof loss === "function") return loss.name === "" ? "a function of its own" : loss.name;
  if (Array.isArray(loss)) return loss.map((one) => lossName(one) ?? null);
  if (typeof loss === "object" && loss !== null)
    return Object.fromEntries(Object.entries(loss).map(([k, one]) => [k, lossName(one) ?? null]));
  return undefined;
}

/** Layers and weights. A sequential model trains through a model of its own, named after it. */
export function summarise(model: tf.LayersModel): ModelSummary {
  return {
    name: model.name.replace(/_model$/, ""),
    weights: model.countParams(),
    layers: model.layers.map((layer) => ({
      name: layer.name,
      type: layer.getClassName(),
      shape: shapeText(layer),
      weights: layer.countParams(),
    })),
  };
}

function shapeText(layer: tf.layers.Layer): string {
  try {
    return JSON.stringify(layer.outputShape).replaceAll(",", ", ");
  } catch {
    return ""; // a layer that is used twice has several
  }
}

/** A metric as people write it; TensorFlow.js shortens accuracy to "acc". */
export function metricName(key: string): string {
  return key.replace(/(^|_)acc$/, "$1accuracy");
}
