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
    const list = value.map((one: unknown) => plain(one, left, depth - 1));
    return list.includes(undefined) ? undefined : (list as Json[]);
  }
  const record = asRecord(value);
  if (!record) return undefined;
  const made: Record<string, Json> = {};
  for (const [name, one] of Object.entries(record)) {
    const json = plain(one, left, depth - 1);
    left.letters -= name.length;
    if (json === undefined || left.letters < 0) return undefined;
    // A key called __proto__ would become something else.
    Object.defineProperty(made, name, { value: json, enumerable: true });
  }
  return made;
}
