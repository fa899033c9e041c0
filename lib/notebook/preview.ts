/**
 * An output too big for a document: the whole goes to a blob, and what stands in the document is as much of it
 * as fits, so that a notebook opens fast and its history stays small.
 */
import type { MimeBundle, MimeType } from "../kernel/mime.ts";
import { parseBundles } from "./outputs.ts";

/** What a document holds of one output at most, in characters of JSON. */
export const MOST_IN_DOCUMENT = 64 * 1024;
/** What is fetched and shown of an output kept as a blob, at most, in bytes. */
export const MOST_IN_BLOB = 32 * 1024 * 1024;
export const WHOLE_MIME = "application/vnd.ensemble.output+json";

const LONGEST_TEXT = 2000;
const LONGEST_FORM = 32 * 1024;

/** The bundles as they are where they fit; else what fits of them, in order. */
export function previewOf(bundles: readonly MimeBundle[]): {
  readonly bundles: readonly MimeBundle[];
  readonly cut: boolean;
} {
  if (sizeOf(bundles) <= MOST_IN_DOCUMENT) return { bundles, cut: false };
  const kept: MimeBundle[] = [];
  let left = MOST_IN_DOCUMENT;
  for (const bundle of bundles) {
    const small = sizeOf(bundle) > LONGEST_FORM ? slim(bundle) : bundle;
    const size = sizeOf(small) + 1;
    if (size > left) break;
    left -= size;
    kept.push(small);
  }
  return { bundles: kept, cut: true };
}

export function encodeWhole(bundles: readonly MimeBundle[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(bundles));
}

/** Undefined where the bytes are no list of bundles. */
export function decodeWhole(bytes: Uint8Array): readonly MimeBundle[] | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(value) ? parseBundles(value) : undefined;
  } catch {
    return undefined;
  }
}

/** The forms that are small, and always some text. */
function slim(bundle: MimeBundle): MimeBundle {
  const forms = Object.entries(bundle) as [MimeType, MimeBundle[MimeType]][];
  const small = forms.filter(
    ([mime, form]) => mime !== "text/plain" && sizeOf(form) <= LONGEST_TEXT,
  );
  const text = bundle["text/plain"];
  return {
    ...Object.fromEntries(small),
    "text/plain":
      typeof text === "string" && text !== "" ? cut(text) : "A large output, not here yet.",
  };
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

function sizeOf(value: unknown): number {
  return value === undefined ? 0 : JSON.stringify(value).length;
}
