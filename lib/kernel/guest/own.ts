/**
 * Looks at a value without letting it act: no getter runs, a proxy's traps go nowhere when they throw, and what has
 * too many keys is listed once and never again. Knows nothing of what the values mean.
 */

/** Own data under a key; undefined where there is none, or where a getter would have to be asked. */
export function ownValue(object: object, key: PropertyKey): unknown {
  try {
    return Reflect.getOwnPropertyDescriptor(object, key)?.value as unknown;
  } catch {
    return undefined;
  }
}

export function prototypeOf(object: object): object | null | undefined {
  try {
    return Reflect.getPrototypeOf(object);
  } catch {
    return undefined;
  }
}

/** True for arrays of the worker itself and of proxies around them; their length is read as own data. */
export function arrayLength(object: object): number | undefined {
  try {
    if (!Array.isArray(object)) return undefined;
  } catch {
    return undefined; // a proxy that was revoked
  }
  const length = ownValue(object, "length");
  return typeof length === "number" && Number.isSafeInteger(length) ? length : undefined;
}

const MANY = 20_000;
const crowded = new WeakMap<object, number>();

/** Own keys, symbols too; or only how many there are, where they are too many to be listed each time. */
export function ownKeys(
  object: object,
): { readonly keys: readonly PropertyKey[] } | { readonly count: number } {
  const known = crowded.get(object);
  if (known !== undefined) return { count: known };
  try {
    const keys = Reflect.ownKeys(object);
    if (keys.length <= MANY) return { keys };
    crowded.set(object, keys.length);
    return { count: keys.length };
  } catch {
    return { keys: [] };
  }
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A tensor of TensorFlow.js, by the data that each of them has for its own. */
export function tensorFacts(
  object: object,
):
  | { readonly dtype: string; readonly shape: readonly number[]; readonly disposed: boolean }
  | undefined {
  const [dataId, dtype, shape] = [
    ownValue(object, "dataId"),
    ownValue(object, "dtype"),
    ownValue(object, "shape"),
  ];
  if (!isObject(dataId) || typeof dtype !== "string" || !isObject(shape)) return undefined;
  const length = arrayLength(shape);
  if (length === undefined || length > 100) return undefined;
  const sizes = Array.from({ length }, (_, i) => Number(plainNumber(ownValue(shape, i))));
  return { dtype, shape: sizes, disposed: ownValue(object, "isDisposedInternal") === true };
}

function plainNumber(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
