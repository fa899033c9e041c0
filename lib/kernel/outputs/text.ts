/**
 * Any value in words: what console.log prints and what stands where nothing richer can. Never throws, whatever a
 * member's code made of the value, and never says more than can be read.
 */
import { GETTER, countOf, cut, fieldsOf, firstOf, itemsOf, lengthOf, wordIn } from "./fields.ts";

const LONGEST = 20_000;
const LONGEST_NAME = 200;
const MOST_ITEMS = 100;
const DEPTH = 4;
/** Beyond this a number's digits take longer to work out than anybody would read them. */
const MOST_BITS = 66_000n;

/** What may still be said; a list of lists of lists would go on for ever. */
interface Budget {
  left: number;
}

export function textOf(value: unknown): string {
  const text =
    typeof value === "string" ? value : words(value, DEPTH, { left: LONGEST }, new Set());
  return cut(text, LONGEST);
}

function words(value: unknown, depth: number, budget: Budget, above: ReadonlySet<object>): string {
  if (budget.left <= 0) return "…";
  let said: string;
  try {
    said = simple(value) ?? compound(value as object, depth, budget, above);
  } catch {
    said = "(cannot be read)";
  }
  budget.left -= said.length + 2;
  return said;
}

/** Undefined for what holds other values. */
function simple(value: unknown): string | undefined {
  if (value === GETTER) return "(getter)";
  if (typeof value === "string") return JSON.stringify(cut(value, LONGEST));
  if (typeof value === "bigint") return bigWords(value);
  if (typeof value === "function") {
    const name = wordIn(value.name, LONGEST_NAME) ?? "";
    return name === "" ? "function" : `function ${name}`;
  }
  if (typeof value !== "object" || value === null)
    return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Error) return errorWords(value);
  if (value instanceof Date)
    return Number.isNaN(+Date.prototype.getTime.call(value))
      ? "Invalid Date"
      : Date.prototype.toISOString.call(value);
  if (value instanceof RegExp) return cut(RegExp.prototype.toString.call(value), LONGEST);
  if (value instanceof Promise) return "Promise";
  return undefined;
}

/** "TypeError: what went wrong", whatever has been put into the error. */
export function errorWords(error: Error): string {
  const name = wordIn(error.name, LONGEST_NAME) ?? "Error";
  return `${name}: ${wordIn(error.message, LONGEST) ?? ""}`;
}

function bigWords(value: bigint): string {
  const huge = value >> MOST_BITS;
  return huge === 0n || huge === -1n ? `${value}n` : "a BigInt of more than 19,000 digits";
}

function compound(
  value: object,
  depth: number,
  budget: Budget,
  above: ReadonlySet<object>,
): string {
  if (above.has(value)) return "(circular)";
  const path = new Set(above).add(value);
  const inner = (one: unknown): string => words(one, depth - 1, budget, path);
  const named = className(value);
  if (isTensorLike(value))
    return `Tensor ${wordIn(value.dtype, 20) ?? ""} [${itemsOf(value.shape, 16).map(Number).join(", ")}]`;
  if ("layers" in value && "predict" in value && Array.isArray(value.layers))
    return `${named ?? "model"} of ${lengthOf(value.layers)} layers`;
  if ("nodeType" in value && "localName" in value)
    return `<${wordIn(value.localName, LONGEST_NAME) ?? ""}>`;
  if (depth === 0) return Array.isArray(value) ? "[…]" : `${named ?? ""}{…}`;
  if (Array.isArray(value))
    return joined("[", "]", each(itemsOf(value, MOST_ITEMS), budget, inner), lengthOf(value));
  if (isTyped(value)) {
    const items = each(itemsOf(value, MOST_ITEMS), budget, inner);
    return `${named ?? ""}(${lengthOf(value)}) ${joined("[", "]", items, lengthOf(value))}`;
  }
  if (value instanceof Map) {
    const entries = firstOf(value as Map<unknown, unknown>, MOST_ITEMS);
    const items = each(entries, budget, ([key, one]) => `${inner(key)} => ${inner(one)}`);
    return `Map(${countOf(value.size)}) ${joined("{", "}", items, countOf(value.size))}`;
  }
  if (value instanceof Set) {
    const items = each(firstOf(value, MOST_ITEMS), budget, inner);
    return `Set(${countOf(value.size)}) ${joined("{", "}", items, countOf(value.size))}`;
  }
  const { shown, count } = fieldsOf(value, MOST_ITEMS);
  const items = each(shown, budget, ([key, one]) => `${cut(key, LONGEST_NAME)}: ${inner(one)}`);
  return `${named === undefined ? "" : `${named} `}${joined("{", "}", items, count)}`;
}

/** In words as long as there is room for more. */
function each<T>(items: readonly T[], budget: Budget, say: (one: T) => string): string[] {
  const said: string[] = [];
  for (const one of items) {
    if (budget.left <= 0) break;
    said.push(say(one));
  }
  return said;
}

function isTensorLike(value: object): value is { dtype: unknown; shape: ArrayLike<unknown> } {
  return "dataId" in value && "dtype" in value && "shape" in value && Array.isArray(value.shape);
}

export function isTyped(value: object): value is Float32Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function joined(open: string, close: string, items: readonly string[], count: number): string {
  const more = count > items.length ? [`… ${count - items.length} more`] : [];
  const all = [...items, ...more];
  if (all.length === 0) return open + close;
  return open === "{" ? `{ ${all.join(", ")} }` : open + all.join(", ") + close;
}

export function className(value: object): string | undefined {
  const maker: unknown = (value as { constructor?: unknown }).constructor;
  const name = typeof maker === "function" ? wordIn(maker.name, LONGEST_NAME) : "";
  return name === "" || name === "Object" ? undefined : name;
}
