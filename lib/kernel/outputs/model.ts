/** A TensorFlow.js model as its summary: a row for each layer. */
import { asArray } from "../../base/json.ts";
import type { MimeBundle, ModelOutput } from "../mime.ts";
import { textOf } from "./text.ts";

const MOST_LAYERS = 500;

interface ModelLike {
  readonly name?: unknown;
  readonly layers: readonly LayerLike[];
  readonly optimizer?: unknown;
  readonly loss?: unknown;
}

interface LayerLike {
  readonly name: string;
  readonly outputShape: unknown;
  readonly trainable?: unknown;
  readonly trainableWeights?: readonly { readonly shape: readonly (number | null)[] }[];
  countParams(): number;
  getClassName(): string;
}

export function isModel(value: object): value is ModelLike {
  return (
    "layers" in value && "predict" in value && "countParams" in value && Array.isArray(value.layers)
  );
}

export function modelBundle(model: ModelLike): MimeBundle {
  const layers = model.layers.slice(0, MOST_LAYERS).map((layer) => ({
    name: layer.name,
    type: layer.getClassName(),
    output: shapeOf(layer),
    params: paramsOf(layer),
    trainable: layer.trainable !== false,
  }));
  const output: ModelOutput = {
    name: textOf(model.name ?? "model"),
    layers,
    params: sumOf(model.layers.map(paramsOf)),
    trainable: sumOf(model.layers.map(trainableOf)),
    compiled: compiledOf(model),
  };
  const line = (cells: readonly unknown[]): string => cells.map(String).join("\t");
  const rows = layers.map((one) => line([one.name, one.type, one.output, one.params ?? ""]));
  return {
    "application/vnd.ensemble.model+json": output,
    "text/plain": [
      line(["layer", "type", "output", "params"]),
      ...rows,
      `${output.params ?? "?"} params`,
    ].join("\n"),
  };
}

/** A layer that has not been built yet has no shape, and says so by throwing. */
function shapeOf(layer: LayerLike): string {
  try {
    const shape = asArray(layer.outputShape);
    // Of several outputs each has its own shape.
    const shapes = Array.isArray(shape[0]) ? shape.map(asArray) : [shape];
    return shapes
      .map((one) => one.map((size) => (size === null ? "any" : textOf(size))).join(" × "))
      .join(", ");
  } catch {
    return "not built yet";
  }
}

function paramsOf(layer: LayerLike): number | null {
  try {
    return layer.countParams();
  } catch {
    return null;
  }
}

function trainableOf(layer: LayerLike): number | null {
  const params = paramsOf(layer);
  if (params === null || !layer.trainableWeights) return params;
  return layer.trainableWeights.reduce(
    (sum, { shape }) => sum + shape.reduce<number>((product, size) => product * (size ?? 1), 1),
    0,
  );
}

function sumOf(counts: readonly (number | null)[]): number | null {
  return counts.reduce<number | null>(
    (sum, count) => (sum === null || count === null ? null : sum + count),
    0,
  );
}

function compiledOf({ optimizer, loss }: ModelLike): string {
  if (typeof optimizer !== "object" || optimizer === null) return "";
  const named = "getClassName" in optimizer ? (optimizer as LayerLike).getClassName() : "optimizer";
  return [named, ...(typeof loss === "string" ? [loss] : [])].join(", ");
}
