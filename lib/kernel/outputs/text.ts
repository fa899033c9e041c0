/** Any value in words: what console.log prints and what stands where nothing richer can. */
const LONGEST = 20_000;
const MOST_ITEMS = 100;
const DEPTH = 4;

export function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : words(value, DEPTH, new Set());
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function words(value: unknown, depth: number, above: ReadonlySet<object>): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > LONGEST ? value.slice(0, LONGEST) : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name === "" ? "function" : `function ${value.name}`;
  if (typeof value !== "object" || value === null)
    return Object.is(value, -0) ? "-0" : String(value);
  if (above.has(value)) return "(circular)";
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Promise) return "Promise";
  const inner = (one: unknown): string => words(one, depth - 1, new Set(above).add(value));
  const name = className(value);
  if (isTensorLike(value)) return `Tensor ${value.dtype} [${value.shape.join(", ")}]`;
  if ("layers" in value && "predict" in value && Array.isArray(value.layers))
    return `${name ?? "model"} of ${value.layers.length} layers`;
  if ("nodeType" in value && "localName" in value) return `<${String(value.localName)}>`;
  if (depth === 0) return Array.isArray(value) ? "[…]" : `${name ?? ""}{…}`;
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map(inner);
    return joined("[", "]", items, value.length);
  }
  if (isTyped(value)) {
    const items = Array.from(value.slice(0, MOST_ITEMS)).map(inner);
    return `${name ?? ""}(${value.length}) ${joined("[", "]", items, value.length)}`;
  }
  if (value instanceof Map) {
    const items = [...(value as Map<unknown, unknown>)].map(
      ([key, one]) => `${inner(key)} => ${inner(one)}`,
    );
    return `Map(${value.size}) ${joined("{", "}", items, value.size)}`;
  }
  if (value instanceof Set)
    return `Set(${value.size}) ${joined("{", "}", [...value].map(inner), value.size)}`;
  const items = Object.entries(value).map(([key, one]) => `${key}: ${inner(one)}`);
  return `${name === undefined ? "" : `${name} `}${joined("{", "}", items, items.length)}`;
}

function isTensorLike(value: object): value is { dtype: string; shape: readonly number[] } {
  return "dataId" in value && "dtype" in value && "shape" in value;
}

export function isTyped(value: object): value is Float32Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function joined(open: string, close: string, items: readonly string[], count: number): string {
  const shown = items.slice(0, MOST_ITEMS);
  const more = count > shown.length ? [`… ${count - shown.length} more`] : [];
  const all = [...shown, ...more];
  if (all.length === 0) return open + close;
  return open === "{" ? `{ ${all.join(", ")} }` : open + all.join(", ") + close;
}

export function className(value: object): string | undefined {
  const maker: unknown = (value as { constructor?: unknown }).constructor;
  const name = typeof maker === "function" ? maker.name : "";
  return name === "" || name === "Object" ? undefined : name;
}
