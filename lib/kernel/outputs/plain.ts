/** Any value as plain JSON for the tree that a cell shows, cut where it is too deep or too long. */
import type { Json } from "../../base/json.ts";
import { GETTER, countOf, cut, fieldsOf, firstOf, itemsOf, lengthOf } from "./fields.ts";
import { isTyped, textOf } from "./text.ts";

const MOST_ITEMS = 200;
const MOST_VALUES = 5_000;
const MOST_LETTERS = 500_000;
const LONGEST_NAME = 200;
const LONGEST_CELL = 500;
const DEPTH = 8;

/** What may still be shown. */
interface Budget {
  values: number;
  letters: number;
}

export function jsonOf(value: unknown): Json {
  return plain(value, DEPTH, { values: MOST_VALUES, letters: MOST_LETTERS }, new Set());
}

/** One value of a table's row, or of a list: what JSON has no word for becomes text. */
export function cellOf(value: unknown): Json {
  if (value === undefined || value === null || value !== value) return null;
  try {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  } catch {
    return "(cannot be read)";
  }
  return plain(value, 3, { values: 50, letters: LONGEST_CELL }, new Set());
}

function plain(value: unknown, depth: number, budget: Budget, above: ReadonlySet<object>): Json {
  budget.values--;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string") return text(value, budget);
  try {
    return compound(value, depth, budget, above);
  } catch {
    return "(cannot be read)";
  }
}

function compound(value: unknown, depth: number, budget: Budget, above: ReadonlySet<object>): Json {
  if (value === GETTER) return "(getter)";
  if (typeof value !== "object" || value === null) return text(textOf(value), budget);
  if (above.has(value)) return "(circular)";
  if (value instanceof Date || value instanceof Error || value instanceof RegExp)
    return text(textOf(value), budget);
  const array = Array.isArray(value);
  if (depth === 0 || spent(budget)) return array ? "[…]" : "{…}";
  const path = new Set(above).add(value);
  const inner = (one: unknown): Json => plain(one, depth - 1, budget, path);
  if (value instanceof Map) {
    const entries = firstOf(value as Map<unknown, unknown>, MOST_ITEMS);
    return named(
      entries.map(([key, one]) => [textOf(key), one] as const),
      countOf(value.size),
      budget,
      inner,
    );
  }
  if (array || isTyped(value))
    return listed(itemsOf(value, MOST_ITEMS), lengthOf(value), budget, inner);
  if (value instanceof Set)
    return listed(firstOf(value, MOST_ITEMS), countOf(value.size), budget, inner);
  const { shown, count } = fieldsOf(value, MOST_ITEMS);
  return named(shown, count, budget, inner);
}

function listed(
  items: readonly unknown[],
  count: number,
  budget: Budget,
  inner: (one: unknown) => Json,
): Json {
  const shown: Json[] = [];
  for (const one of items) {
    if (spent(budget)) break;
    shown.push(inner(one));
  }
  return count > shown.length ? [...shown, `… ${count - shown.length} more`] : shown;
}

function named(
  entries: readonly (readonly [string, unknown])[],
  count: number,
  budget: Budget,
  inner: (one: unknown) => Json,
): Json {
  const shown: [string, Json][] = [];
  for (const [key, one] of entries) {
    if (spent(budget)) break;
    shown.push([cut(key, LONGEST_NAME), inner(one)]);
  }
  const more = count - shown.length;
  return Object.fromEntries(more > 0 ? [...shown, ["…", `${more} more`]] : shown);
}

function text(value: string, budget: Budget): string {
  const shown = cut(value, Math.max(20, budget.letters));
  budget.letters -= shown.length;
  return shown;
}

function spent({ values, letters }: Budget): boolean {
  return values <= 0 || letters <= 0;
}
