/** Which models are TensorFlow.js's own through and through: what a cell's own code does in a step, a replay would not. */
import type { ModelLayer, TensorFlow, TrainingModel } from "./internals.ts";

/** Asked for before any cell runs: what is registered then is TensorFlow.js's own. */
export class KnownClasses {
  readonly #classes: ReadonlySet<unknown>;
  readonly #functions: ReadonlySet<unknown>;

  constructor(tf: TensorFlow) {
    const map = tf.serialization.SerializationMap.getMap().classNameMap;
    const registered = Object.values(map).map(([known]) => known);
    this.#classes = new Set<unknown>([...registered, ...optimizers(tf)]);
    this.#functions = new Set<unknown>([...Object.values(tf.losses), ...Object.values(tf.metrics)]);
  }

  /** Undefined where nothing of the model is a cell's own, else what is. */
  ownPart(model: TrainingModel): string | undefined {
    const { loss, metrics } = model;
    if (!this.#classes.has(model.optimizer.constructor)) return "the optimizer is the cell's own";
    if (!named(loss).every((one) => this.#isKnown(one))) return "the loss is the cell's own";
    if (!named(metrics).every((one) => this.#isKnown(one))) return "a metric is the cell's own";
    return this.ownLayerOf(model);
  }

  /** The same of what it computes of its inputs. */
  ownLayerOf({ layers }: TrainingModel): string | undefined {
    const own = this.#ownLayer(layers);
    return own === undefined ? undefined : `the layer ${own} is the cell's own, or keeps a state`;
  }

  #isKnown(one: unknown): boolean {
    return typeof one === "string" || this.#functions.has(one);
  }

  #ownLayer(layers: readonly ModelLayer[]): string | undefined {
    for (const layer of layers) {
      const { name, layers: inner, layer: wrapped } = layer;
      if (inner) {
        const own = this.#ownLayer(inner);
        if (own !== undefined) return own;
        if (!("inputLayers" in layer) && !this.#classes.has(layer.constructor)) return name;
        continue;
      }
      if (!this.#classes.has(layer.constructor)) return name;
      if (layer.stateful) return name;
      if (wrapped && this.#ownLayer([wrapped]) !== undefined) return name;
      const parts = Object.entries(layer).filter(([field]) =>
        /regularizer|constraint/i.test(field),
      );
      if (parts.some(([, part]) => isOwn(part, this.#classes))) return name;
    }
    return undefined;
  }
}

function isOwn(part: unknown, known: ReadonlySet<unknown>): boolean {
  return typeof part === "object" && part !== null && !known.has(part.constructor);
}

/** Strings and functions of a compile argument, however they were given. */
function named(given: unknown): unknown[] {
  if (given == null) return [];
  if (typeof given === "object") return Object.values(given).flatMap(named);
  return [given];
}

function optimizers(tf: TensorFlow): unknown[] {
  return [
    tf.SGDOptimizer,
    tf.MomentumOptimizer,
    tf.AdagradOptimizer,
    tf.AdadeltaOptimizer,
    tf.AdamOptimizer,
    tf.AdamaxOptimizer,
    tf.RMSPropOptimizer,
  ];
}
