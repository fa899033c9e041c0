/**
 * The objects that somebody would say a name holds: its value, what lies in plain objects, collections and a cell's own
 * objects one or two levels deep, and the variables of a model's layers. Not what TensorFlow.js keeps for itself.
 */
const DEPTH = 2;
const MOST = 200;

export function* heldBy(value: unknown, depth = DEPTH): Generator<object> {
  if (typeof value !== "object" || value === null) return;
  yield value;
  yield* variablesOf(value);
  if (depth === 0 || isTensorFlows(value)) return;
  for (const inner of within(value)) yield* heldBy(inner, depth - 1);
}

/**
 * Whether a value can bring about a change that the names it is made with (`reaches`) or the classes it comes from
 * have seen: a function can, an object with a function in it, an object of such a class. A number cannot.
 */
export function carries(
  value: unknown,
  reaches: boolean,
  classes: ReadonlySet<unknown>,
  depth = DEPTH,
): boolean {
  if (typeof value === "function") return reaches;
  if (typeof value !== "object" || value === null || isTensorFlows(value)) return false;
  if (classes.size > 0 && classes.has(value.constructor)) return true;
  return depth > 0 && within(value).some((inner) => carries(inner, reaches, classes, depth - 1));
}

/** What an object's own fields hold; no getter is asked. */
function within(value: object): unknown[] {
  if (ArrayBuffer.isView(value)) return [];
  if (value instanceof Map || value instanceof Set) return [...value.values()].slice(0, MOST);
  if (Array.isArray(value)) return value.slice(0, MOST) as unknown[];
  return Object.keys(value)
    .slice(0, MOST)
    .map((key): unknown => Object.getOwnPropertyDescriptor(value, key)?.value);
}

function isTensorFlows(value: object): boolean {
  return "dataId" in value || "getClassName" in value;
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
