/**
 * A value in words for the list of variables: its type, a short preview, and what it takes in memory where that
 * can be said. Bounded in time and size whatever the value is, and nothing of it is called.
 */
import { LONGEST_PREVIEW, LONGEST_TYPE, type Variable } from "../variables.ts";
import { bufferBytes, collectionSize, viewBytes, viewLength, viewName } from "./natives.ts";
import { arrayLength, isObject, ownKeys, ownValue, prototypeOf, tensorFacts } from "./own.ts";

export type Description = Pick<Variable, "type" | "preview" | "bytes" | "tensor">;

const SAMPLE = 100;
const PREVIEWED = 5;
const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
};

export function describeValue(value: unknown): Description {
  try {
    const { type, preview = "", bytes = null, tensor = null } = described(value);
    return {
      type: cut(type, LONGEST_TYPE),
      preview: cut(preview, LONGEST_PREVIEW),
      bytes,
      tensor,
    };
  } catch {
    return { type: "value", preview: "it cannot be looked into", bytes: null, tensor: null };
  }
}

type Said = { readonly type: string } & { readonly [key in keyof Description]?: Description[key] };

function described(value: unknown): Said {
  if (value === null) return { type: "null" };
  switch (typeof value) {
    case "string":
      return { type: "text", preview: quoted(value, LONGEST_PREVIEW), bytes: value.length * 2 };
    case "number":
      return { type: "number", preview: Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { type: "bigint", preview: shortBigint(value) };
    case "boolean":
      return { type: "boolean", preview: String(value) };
    case "undefined":
      return { type: "undefined" };
    case "symbol":
      return { type: "symbol" };
    case "function":
      return { type: isClass(value) ? "class" : "function" };
    default:
      return describedObject(value);
  }
}

function describedObject(value: object): Said {
  const tensor = tensorFacts(value);
  if (tensor) return describedTensor(value, tensor);
  const length = arrayLength(value);
  if (length !== undefined) return describedArray(value, length);
  const binary = describedBinary(value);
  if (binary) return binary;
  const layers = ownValue(value, "layers");
  if (isObject(layers) && arrayLength(layers) !== undefined && isModel(value)) {
    const weights = weightsOf(value);
    return {
      type: `model with ${number(weights)} ${weights === 1 ? "weight" : "weights"}`,
      preview: textIn(ownValue(value, "name")),
      bytes: weights * 4,
    };
  }
  const table = describedTable(value);
  if (table) return table;
  return describedBuiltin(value) ?? describedRecord(value);
}

function describedTensor(
  value: object,
  { dtype, shape, disposed }: NonNullable<ReturnType<typeof tensorFacts>>,
): Said {
  const isVariable = typeof ownValue(value, "trainable") === "boolean";
  const size = shape.reduce((product, one) => product * one, 1);
  const each = BYTES[dtype];
  const kind = isVariable ? "tensor variable" : "tensor";
  return {
    type: disposed ? `${kind}, disposed` : kind,
    bytes: disposed || each === undefined ? null : size * each,
    tensor: { dtype, shape: shape.slice(0, 8) },
  };
}

function describedArray(value: object, length: number): Said {
  const items = Array.from({ length: Math.min(length, SAMPLE) }, (_, i) => ownValue(value, i));
  const kinds = new Set(items.map(kindOf));
  const [kind] = kinds;
  const what = kinds.size === 1 && kind !== undefined ? kind : "value";
  const ellipsis = length > PREVIEWED ? ", …" : "";
  return {
    type: length === 0 ? "empty array" : `array of ${number(length)} ${plural(what, length)}`,
    preview: length === 0 ? "" : `[${items.slice(0, PREVIEWED).map(brief).join(", ")}${ellipsis}]`,
  };
}

function describedBinary(value: object): Said | undefined {
  if (ArrayBuffer.isView(value)) {
    const name = viewName(value);
    const bytes = viewBytes(value);
    const size = name === undefined ? undefined : viewLength(value);
    if (size === undefined) return { type: "bytes", bytes };
    const few = Array.from({ length: Math.min(size, PREVIEWED) }, (_, i) =>
      brief(ownValue(value, i)),
    );
    return {
      type: `${name} of ${number(size)} ${plural("number", size)}`,
      preview: `[${few.join(", ")}${size > PREVIEWED ? ", …" : ""}]`,
      bytes,
    };
  }
  const bytes = bufferBytes(value);
  return bytes === undefined ? undefined : { type: "ArrayBuffer", bytes };
}

/** A table of Arquero keeps its names and its number of rows for its own. */
function describedTable(value: object): Said | undefined {
  const names = ownValue(value, "_names");
  const rows = ownValue(value, "_nrows");
  if (!isObject(names) || typeof rows !== "number" || !isObject(ownValue(value, "_data")))
    return undefined;
  const columns = arrayLength(names);
  if (columns === undefined) return undefined;
  const few = Array.from({ length: Math.min(columns, PREVIEWED) }, (_, i) =>
    textIn(ownValue(names, i)),
  );
  return {
    type: `table ${number(rows)} × ${number(columns)}`,
    preview: few.join(", ") + (columns > PREVIEWED ? ", …" : ""),
  };
}

function describedBuiltin(value: object): Said | undefined {
  const size = collectionSize(value);
  if (size) return { type: `${size.of}(${number(size.entries)})` };
  if (value instanceof Date) {
    const time = Date.prototype.getTime.call(value);
    return {
      type: "date",
      preview: Number.isNaN(time) ? "not a date" : new Date(time).toISOString(),
    };
  }
  if (value instanceof Promise) return { type: "promise" };
  if (value instanceof Error) return { type: "error", preview: textIn(ownValue(value, "message")) };
  return undefined;
}

function describedRecord(value: object): Said {
  const listed = ownKeys(value);
  const name = className(value);
  const of = name === undefined ? "object" : `${name} object`;
  if ("count" in listed) return { type: `${of} with ${number(listed.count)} keys` };
  const keys = listed.keys.filter((key) => typeof key === "string");
  const few = keys
    .slice(0, PREVIEWED)
    .map((key) => `${cut(key, 20)}: ${brief(ownValue(value, key))}`);
  const size = keys.length;
  return {
    type: size === 0 ? of : `${of} with ${number(size)} ${plural("key", size)}`,
    preview: size === 0 ? "" : `{ ${few.join(", ")}${size > PREVIEWED ? ", …" : ""} }`,
  };
}

const WITHIN_LAYER = ["layers", "cells", "cell", "layer", "forwardLayer", "backwardLayer"];
const MOST_PARTS = 2_000;

function isModel(value: object): boolean {
  return isObject(ownValue(value, "inputs")) && isObject(ownValue(value, "outputs"));
}

/** The numbers in all layers' weights, read off the weights themselves. */
function weightsOf(model: object): number {
  const seen = new Set<object>([model]);
  let total = 0;
  for (const part of seen) {
    if (seen.size > MOST_PARTS) break;
    for (const key of WITHIN_LAYER) {
      const inner = ownValue(part, key);
      for (const one of itemsOf(inner)) if (isObject(one)) seen.add(one);
    }
    for (const key of ["_trainableWeights", "_nonTrainableWeights"])
      for (const weight of itemsOf(ownValue(part, key)))
        if (isObject(weight) && !seen.has(weight)) {
          seen.add(weight);
          const shape = ownValue(weight, "shape");
          total += itemsOf(shape).reduce<number>(
            (product, one) => product * (typeof one === "number" ? one : 0),
            1,
          );
        }
  }
  return total;
}

function itemsOf(value: unknown): readonly unknown[] {
  if (!isObject(value)) return [];
  const length = arrayLength(value);
  if (length === undefined) return [value];
  return Array.from({ length: Math.min(length, SAMPLE * 10) }, (_, i) => ownValue(value, i));
}

/** One value inside another, in a word or two. */
function brief(value: unknown): string {
  if (typeof value === "string") return quoted(value, 20);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null || value === undefined) return String(value);
  if (typeof value === "bigint") return shortBigint(value);
  if (!isObject(value)) return typeof value;
  const kind = kindOf(value);
  const length = arrayLength(value);
  if (length !== undefined) return length === 0 ? "[]" : "[…]";
  return kind === "object" ? "{…}" : kind;
}

function kindOf(value: unknown): string {
  if (typeof value === "string") return "text";
  if (value === undefined || value === null) return "missing value";
  if (typeof value === "function") return "function";
  if (typeof value !== "object") return typeof value;
  if (tensorFacts(value)) return "tensor";
  return arrayLength(value) === undefined ? "object" : "array";
}

function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

function isClass(value: object): boolean {
  try {
    return /^class\b/.test(Function.prototype.toString.call(value).slice(0, 6));
  } catch {
    return false;
  }
}

/** The name of its class, unless it is so short that a bundler gave it. */
function className(value: object): string | undefined {
  const prototype = prototypeOf(value);
  if (!prototype || prototype === Object.prototype) return undefined;
  const maker = ownValue(prototype, "constructor");
  const name = isObject(maker) ? ownValue(maker, "name") : undefined;
  return typeof name === "string" && /^[\w$]{3,40}$/.test(name) && name !== "Object"
    ? name
    : undefined;
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value.slice(0, LONGEST_PREVIEW) : "";
}

function quoted(text: string, length: number): string {
  return JSON.stringify(cut(text, length));
}

/** A bigint of a million digits takes seconds to write out. */
function shortBigint(value: bigint): string {
  return value > -(10n ** 40n) && value < 10n ** 40n ? `${value}n` : "a very long one";
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function number(value: number): string {
  return value.toLocaleString("en");
}
