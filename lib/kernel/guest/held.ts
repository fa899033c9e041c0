/**
 * The objects that somebody would say a name holds: its value, what lies in plain objects and arrays one or
 * two levels deep, and the variables of a model's layers. Not what an object keeps for itself.
 */
const DEPTH = 2;
const MOST = 200;

export function* heldBy(value: unknown, depth = DEPTH): Generator<object> {
  if (typeof value !== "object" || value === null) return;
  yield value;
  yield* variablesOf(value);
  if (depth === 0 || !isPlain(value)) return;
  for (const inner of (Object.values(value) as unknown[]).slice(0, MOST))
    yield* heldBy(inner, depth - 1);
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The tf.Variables behind a model's or a layer's weights. */
function* variablesOf(value: object): Generator<object> {
  if (!("trainableWeights" in value) || !("weights" in value)) return;
  const { weights } = value;
  if (!Array.isArray(weights)) return;
  for (const weight of weights as unknown[]) {
    const variable: unknown =
      typeof weight === "object" && weight !== null && "val" in weight ? weight.val : undefined;
    if (typeof variable === "object" && variable !== null) yield variable;
  }
}
