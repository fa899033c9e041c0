/**
 * What the last run of a cell showed, as it stands in the notebook's document: replaced as one value, outside
 * undo, and believed only once it is parsed, for another member's client may have written anything.
 */
import type * as Y from "yjs";
import { type CellId, type Digest, type MemberId, isDigest } from "../base/ids.ts";
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";
import { type BlobManifest, parseBlobManifest } from "../document/blobManifest.ts";
import { edit } from "../document/edit.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import type { ErrorOutput, MimeBundle } from "../kernel/mime.ts";
import { type Inputs, parseInputs } from "./inputs.ts";

export interface OutputRecord {
  readonly bundles: readonly MimeBundle[];
  /** Where `bundles` is only a preview: the whole of it, as JSON. */
  readonly whole: BlobManifest | null;
  /** "running": this is what it showed so far; it stays so where the tab was closed in between. */
  readonly end: "running" | "done" | "error" | "interrupted";
  /** Where it went wrong; the words are among the bundles, too. */
  readonly error: ErrorOutput | null;
  /** Names the inputs: code, data and seed. */
  readonly digest: Digest;
  readonly inputs: Inputs;
  readonly by: MemberId;
  readonly byName: string;
  /** "WebGPU, NVIDIA RTX 4090". */
  readonly device: string;
  /** When it began, and how long it took: milliseconds. */
  readonly at: number;
  readonly ms: number;
  /** Runs that it started, datasets that it read itself, names of other cells that it changed in place. */
  readonly runs: readonly string[];
  readonly datasets: readonly string[];
  readonly trains: readonly string[];
}

const MOST_BUNDLES = 2000;
const MOST_NAMES = 200;
const LONGEST_NAME = 200;
/** A date ends there (ECMA-262, Time Values). */
const LAST_MOMENT = 8.64e15;
const LONGEST_MESSAGE = 20_000;
const ends = ["running", "done", "error", "interrupted"] as const;

const parsed = new WeakMap<object, { readonly record: OutputRecord | undefined }>();

/** A cell's output; undefined where it has none, or what stands there is none. The same object until it changes. */
export function outputOf(doc: Y.Doc, cell: CellId): OutputRecord | undefined {
  const value = asRecord(notebookRoots.outputs(doc).get(cell));
  if (!value) return undefined;
  const known = parsed.get(value) ?? { record: parseOutput(value) };
  parsed.set(value, known);
  return known.record;
}

export function putOutput(doc: Y.Doc, cell: CellId, record: OutputRecord): void {
  edit(doc, "putOutput", () => notebookRoots.outputs(doc).set(cell, record));
}

export function parseOutput(value: unknown): OutputRecord | undefined {
  const output = asRecord(value);
  const inputs = parseInputs(output?.["inputs"]);
  const digest = asString(output?.["digest"]);
  if (!output || !inputs || digest === undefined || !isDigest(digest)) return undefined;
  return {
    bundles: parseBundles(output["bundles"]),
    whole: parseBlobManifest(output["whole"]) ?? null,
    end: ends.find((end) => end === output["end"]) ?? "running",
    error: parseError(output["error"]),
    digest,
    inputs,
    by: name(output["by"]) as MemberId,
    byName: name(output["byName"]),
    device: name(output["device"]),
    at: momentOf(output["at"]),
    ms: Math.max(0, asNumber(output["ms"]) ?? 0),
    runs: names(output["runs"]),
    datasets: names(output["datasets"]),
    trains: names(output["trains"]),
  };
}

/** Of what is no moment at all a page could not even say so. */
function momentOf(value: unknown): number {
  const at = asNumber(value) ?? 0;
  return Math.abs(at) <= LAST_MOMENT ? at : 0;
}

/** Each is a record; what stands in it is parsed by who shows it. */
export function parseBundles(value: unknown): readonly MimeBundle[] {
  return asArray(value)
    .slice(0, MOST_BUNDLES)
    .filter((one): one is MimeBundle => asRecord(one) !== undefined);
}

function parseError(value: unknown): ErrorOutput | null {
  const error = asRecord(value);
  if (!error) return null;
  return {
    name: name(error["name"]),
    message: (asString(error["message"]) ?? "").slice(0, LONGEST_MESSAGE),
    line: lineNumber(error["line"]),
    column: lineNumber(error["column"]),
    stack: [],
  };
}

function lineNumber(value: unknown): number | null {
  const line = asNumber(value);
  return line !== undefined && Number.isInteger(line) && line > 0 ? line : null;
}

function name(value: unknown): string {
  return (asString(value) ?? "").slice(0, LONGEST_NAME);
}

function names(value: unknown): string[] {
  return asArray(value)
    .filter((one): one is string => typeof one === "string")
    .slice(0, MOST_NAMES)
    .map(name);
}
