/** A MIME bundle from outside: known types, plain JSON, no bigger than a document can bear. */
import { type Json, asRecord } from "../base/json.ts";
import { MIME_ORDER, type MimeBundle } from "./mime.ts";

const MOST_LETTERS = 4_000_000;
const MOST_VALUES = 200_000;
const DEEPEST = 40;

/** The bundle, or undefined where it is none or too big. */
export function parseBundle(value: unknown): MimeBundle | undefined {
  const record = asRecord(value);
  if (!record) return undefined;
  const left = { letters: MOST_LETTERS, values: MOST_VALUES };
  const bundle: { -readonly [mime in keyof MimeBundle]: Json } = {};
  for (const mime of MIME_ORDER) {
    if (record[mime] === undefined) continue;
    const json = plain(record[mime], left, DEEPEST);
    if (json === undefined) return undefined;
    bundle[mime] = json;
  }
  return Object.keys(bundle).length > 0 ? bundle : undefined;
}

/** The same value as plain JSON, or undefined where it is not JSON or more than is left. */
function plain(
  value: unknown,
  left: { letters: number; values: number },
  depth: number,
): Json | undefined {
  if (--left.values < 0 || depth < 0) return undefined;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string") return (left.letters -= value.length) < 0 ? undefined : value;
  if (Array.isArray(value)) {
    // Counted before it is walked: a list may be empty and four milliards long.
    if (value.length > left.values) return undefined;
    const list = value.map((one: unknown) => plain(one, left, depth - 1));
    return list.includes(undefined) ? undefined : (list as Json[]);
  }
  const record = asRecord(value);
  if (!record) return undefined;
  const made: Record<string, Json> = {};
  const names = Object.keys(record);
  if (names.length > left.values) return undefined;
  for (const name of names) {
    const json = plain(record[name], left, depth - 1);
    left.letters -= name.length;
    if (json === undefined || left.letters < 0) return undefined;
    // A key called __proto__ would become something else.
    Object.defineProperty(made, name, { value: json, enumerable: true });
  }
  return made;
}

/** How many letters and values a bundle that was parsed holds. */
export function weightOf(bundle: MimeBundle): number {
  return Object.values(bundle).reduce<number>((sum, json) => sum + weigh(json), 0);
}

function weigh(json: Json): number {
  if (typeof json === "string") return json.length;
  if (typeof json !== "object" || json === null) return 4;
  if (Array.isArray(json))
    return (json as Json[]).reduce<number>((sum, one) => sum + weigh(one), 2);
  return Object.entries(json).reduce((sum, [name, one]) => sum + name.length + weigh(one), 2);
}
