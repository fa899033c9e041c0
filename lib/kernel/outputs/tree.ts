/**
 * A value that plain JSON would blur, as the tree that a cell shows: maps, sets, dates, instances of classes and
 * lists of numbers keep their names. Cut where it is too deep or too long.
 */
import type { TreeOutput } from "../mime.ts";
import { GETTER, countOf, cut as shorten, fieldsOf, firstOf, itemsOf, lengthOf } from "./fields.ts";
import { className, isTyped, textOf } from "./text.ts";

const MOST_PARTS = 200;
const MOST_VALUES = 5_000;
const DEPTH = 8;
const LONGEST_WORDS = 200;
const WITHOUT_PARTS = [Date, RegExp, Error, Promise, WeakMap, WeakSet];

type Branch = Extract<TreeOutput, { of: unknown }>;

/** `rich`: JSON would not say the same. */
export function treeOf(value: unknown): { readonly tree: TreeOutput; readonly rich: boolean } {
  const walk = { left: MOST_VALUES, rich: false };
  return { tree: node(value, DEPTH, walk, new Set()), rich: walk.rich };
}

function node(
  value: unknown,
  depth: number,
  walk: { left: number; rich: boolean },
  above: ReadonlySet<object>,
): TreeOutput {
  walk.left--;
  try {
    return nodeOf(value, depth, walk, above);
  } catch {
    walk.rich = true;
    return { says: "(cannot be read)" };
  }
}

function nodeOf(
  value: unknown,
  depth: number,
  walk: { left: number; rich: boolean },
  above: ReadonlySet<object>,
): TreeOutput {
  if (value === GETTER) {
    walk.rich = true;
    return { says: "(getter)" };
  }
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object" || above.has(value) || isWhole(value)) {
    walk.rich = true;
    return { says: textOf(value).slice(0, LONGEST_WORDS) };
  }
  const deep = depth === 0 || walk.left <= 0;
  const inner = (one: unknown): TreeOutput => node(one, depth - 1, walk, new Set(above).add(value));
  const branch = (is: string, count: number, parts: () => Branch["of"]): Branch => ({
    is,
    count,
    of: deep ? [] : parts(),
  });
  if (Array.isArray(value)) return branch("", lengthOf(value), () => listed(value, inner));
  const name = className(value) ?? "";
  if (name !== "") walk.rich = true;
  if (isTyped(value)) return branch(name, lengthOf(value), () => listed(value, inner));
  if (value instanceof Map)
    return branch(name, countOf(value.size), () =>
      firstOf(value as Map<unknown, unknown>, MOST_PARTS).map(([key, one]) => [
        keyOf(key),
        inner(one),
      ]),
    );
  if (value instanceof Set)
    return branch(name, countOf(value.size), () =>
      firstOf(value, MOST_PARTS).map((one) => ["", inner(one)]),
    );
  const { shown, count } = fieldsOf(value, deep ? 0 : MOST_PARTS);
  return branch(name === "" ? "{}" : name, count, () =>
    shown.map(([key, one]) => [cut(key), inner(one)]),
  );
}

function listed(values: ArrayLike<unknown>, inner: (one: unknown) => TreeOutput): Branch["of"] {
  return itemsOf(values, MOST_PARTS).map((one) => ["", inner(one)] as const);
}

function keyOf(key: unknown): string {
  return cut(typeof key === "string" ? key : textOf(key));
}

function cut(text: string): string {
  return shorten(text, LONGEST_WORDS);
}

/** What has no parts that a person would open: tensors and models are shown by themselves. */
function isWhole(value: object): boolean {
  return (
    WITHOUT_PARTS.some((kind) => value instanceof kind) ||
    ("dataId" in value && "dtype" in value) ||
    ("layers" in value && "predict" in value) ||
    "nodeType" in value
  );
}
