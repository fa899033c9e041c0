/** A TensorFlow.js model as its summary: a row for each layer. */
import { asArray } from "../../base/json.ts";
import type { MimeBundle } from "../mime.ts";
import { textOf } from "./text.ts";
import { rowsBundle } from "./table.ts";

const MOST_LAYERS = 500;

interface ModelLike {
  readonly layers: readonly LayerLike[];
}

interface LayerLike {
  readonly name: string;
  readonly outputShape: unknown;
  countParams(): number;
  getClassName(): string;
}

export function isModel(value: object): value is ModelLike {
  return (
    "layers" in value && "predict" in value && "countParams" in value && Array.isArray(value.layers)
  );
}

export function modelBundle({ layers }: ModelLike): MimeBundle {
  const rows = layers.slice(0, MOST_LAYERS).map((layer) => ({
    layer: layer.name,
    type: layer.getClassName(),
    output: shapeOf(layer),
    params: paramsOf(layer),
  }));
  return rowsBundle(["layer", "type", "output", "params"], rows, layers.length);
}

/** A layer that has not been built yet has no shape, and says so by throwing. */
function shapeOf(layer: LayerLike): string {
  try {
    return asArray(layer.outputShape)
      .map((size) => (size === null ? "any" : textOf(size)))
      .join(" × ");
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
