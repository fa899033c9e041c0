/** Any value as plain JSON for the tree that a cell shows, cut where it is too deep or too long. */
import type { Json } from "../../base/json.ts";
import { isTyped, textOf } from "./text.ts";

const MOST_ITEMS = 200;
const MOST_VALUES = 5_000;
const DEPTH = 8;

export function jsonOf(value: unknown): Json {
  return plain(value, DEPTH, { left: MOST_VALUES }, new Set());
}

/** One value of a table's row, or of a list: what JSON has no word for becomes text. */
export function cellOf(value: unknown): Json {
  if (value === undefined || value === null || value !== value) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return plain(value, 3, { left: 50 }, new Set());
}

function plain(
  value: unknown,
  depth: number,
  budget: { left: number },
  above: ReadonlySet<object>,
): Json {
  budget.left--;
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object" || above.has(value)) return textOf(value);
  if (value instanceof Date || value instanceof Error || value instanceof RegExp)
    return textOf(value);
  if (depth === 0 || budget.left <= 0) return Array.isArray(value) ? "[…]" : "{…}";
  const inner = (one: unknown): Json => plain(one, depth - 1, budget, new Set(above).add(value));
  if (value instanceof Map) return named([...(value as Map<unknown, unknown>)], inner);
  if (Array.isArray(value)) return listed(value, value.length, inner);
  if (value instanceof Set) return listed([...(value as Set<unknown>)], value.size, inner);
  if (isTyped(value)) return listed(Array.from(value.slice(0, MOST_ITEMS)), value.length, inner);
  return named(Object.entries(value), inner);
}

function listed(items: readonly unknown[], count: number, inner: (one: unknown) => Json): Json {
  const shown = items.slice(0, MOST_ITEMS).map(inner);
  return count > MOST_ITEMS ? [...shown, `… ${count - MOST_ITEMS} more`] : shown;
}

function named(
  entries: readonly (readonly [unknown, unknown])[],
  inner: (one: unknown) => Json,
): Json {
  const shown = entries
    .slice(0, MOST_ITEMS)
    .map(([key, one]) => [textOf(key), inner(one)] as const);
  const more = entries.length - shown.length;
  return Object.fromEntries(more > 0 ? [...shown, ["…", `${more} more`]] : shown);
}
