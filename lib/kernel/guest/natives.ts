/**
 * What the platform's own objects say of themselves, asked through the platform's own getters: an object that puts
 * others in their place is not listened to, and one that only pretends is refused.
 */

type Asked = (of: object) => unknown;

function asking(prototype: object, key: PropertyKey): Asked {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is applied to what is asked
  const get = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  return (of) => {
    try {
      return get && (Reflect.apply(get, of, []) as unknown);
    } catch {
      return undefined;
    }
  };
}

const typed = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typedName = asking(typed, Symbol.toStringTag);
const typedLength = asking(typed, "length");
const typedBytes = asking(typed, "byteLength");
const dataViewBytes = asking(DataView.prototype, "byteLength");
const bufferLength = asking(ArrayBuffer.prototype, "byteLength");
const mapSize = asking(Map.prototype, "size");
const setSize = asking(Set.prototype, "size");

/** "Float32Array"; undefined for what is no typed array. */
export function viewName(view: object): string | undefined {
  const name = typedName(view);
  return typeof name === "string" ? name : undefined;
}

export function viewLength(view: object): number {
  return Number(typedLength(view) ?? 0);
}

export function viewBytes(view: object): number {
  return Number(typedBytes(view) ?? dataViewBytes(view) ?? 0);
}

export function bufferBytes(value: object): number | undefined {
  const bytes = bufferLength(value);
  return typeof bytes === "number" ? bytes : undefined;
}

export function collectionSize(
  value: object,
): { readonly of: "Map" | "Set"; readonly entries: number } | undefined {
  const [entries, members] = [mapSize(value), setSize(value)];
  if (typeof entries === "number") return { of: "Map", entries };
  return typeof members === "number" ? { of: "Set", entries: members } : undefined;
}

/** Keys and values of a Map, members of a Set, whatever methods it has been given; at most so many. */
export function* entriesOf(value: object, most: number): Generator {
  const size = collectionSize(value);
  if (!size) return;
  const iterator =
    size.of === "Map"
      ? Map.prototype.entries.call(value as Map<unknown, unknown>)
      : Set.prototype.values.call(value as Set<unknown>);
  const next = size.of === "Map" ? mapNext : setNext;
  for (let left = most; left > 0; left--) {
    const step = Reflect.apply(next, iterator, []) as IteratorResult<unknown>;
    if (step.done === true) return;
    if (size.of === "Map") yield* step.value as [unknown, unknown];
    else yield step.value;
  }
}

/* eslint-disable @typescript-eslint/unbound-method -- they are applied to an iterator below */
const mapNext = new Map().entries().next;
const setNext = new Set().values().next;
