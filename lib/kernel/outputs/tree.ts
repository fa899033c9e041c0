/**
 * A value that plain JSON would blur, as the tree that a cell shows: maps, sets, dates, instances of classes and
 * lists of numbers keep their names. Cut where it is too deep or too long.
 */
import type { TreeOutput } from "../mime.ts";
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
  if (Array.isArray(value)) return branch("", value.length, () => listed(value, inner));
  const name = className(value) ?? "";
  if (name !== "") walk.rich = true;
  if (isTyped(value)) return branch(name, value.length, () => listed(value, inner));
  if (value instanceof Map)
    return branch(name, value.size, () =>
      first(value as Map<unknown, unknown>).map(([key, one]) => [keyOf(key), inner(one)]),
    );
  if (value instanceof Set)
    return branch(name, value.size, () => first(value).map((one) => ["", inner(one)]));
  const keys = Object.keys(value);
  return branch(name === "" ? "{}" : name, keys.length, () =>
    keys.slice(0, MOST_PARTS).map((key) => [cut(key), inner(read(value, key))]),
  );
}

function listed(values: ArrayLike<unknown>, inner: (one: unknown) => TreeOutput): Branch["of"] {
  const count = Math.min(values.length, MOST_PARTS);
  return Array.from({ length: count }, (_, i) => ["", inner(values[i])] as const);
}

function first<T>(values: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const one of values) {
    if (taken.length === MOST_PARTS) break;
    taken.push(one);
  }
  return taken;
}

/** A getter may throw: then that is what there is to say of it. */
function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch (error) {
    return error;
  }
}

function keyOf(key: unknown): string {
  return cut(typeof key === "string" ? key : textOf(key));
}

function cut(text: string): string {
  return text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}…` : text;
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
