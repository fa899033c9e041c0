/**
 * The shape of one run's document, and the only file that names its keys.
 *
 *   about:   Y.Map { inputs, model, progress, checkpoint, checkpointBefore }
 *   chunks:  Y.Array<Uint8Array>             metric points not yet sealed (lib/runs/series.ts)
 *   sealed:  Y.Array<SealedSeries>           blobs that hold every point before them
 *   curves:  Y.Map<series key, Uint8Array>   what is sealed, downsampled
 *   console: Y.Text                          capped
 *
 * One tab writes it, the one that trains; a run resumed elsewhere says so by the attempt in each chunk.
 */
import type * as Y from "yjs";
import { type Digest, isDigest } from "../base/ids.ts";
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";
import { type BlobManifest, parseBlobManifest } from "./blobManifest.ts";
import { edit } from "./edit.ts";

/** What a run was made from. */
export interface RunInputs {
  /** The cells that led to it, in the order in which they ran. */
  readonly sources: readonly { readonly cell: string; readonly source: string }[];
  readonly datasets: readonly { readonly name: string; readonly digest: Digest }[];
  readonly seed: number | undefined;
  readonly packages: Readonly<Record<string, string>>;
  readonly backend: string;
  readonly adapter: string;
}

export interface ModelSummary {
  readonly name: string;
  /** How many numbers the model learns or keeps. */
  readonly weights: number;
  readonly layers: readonly ModelLayer[];
}

export interface ModelLayer {
  readonly name: string;
  readonly type: string;
  /** The shape of its output; null stands for the batch. */
  readonly shape: string;
  readonly weights: number;
}

export interface RunProgress {
  readonly label: string;
  readonly fraction: number;
  readonly leftMs: number | undefined;
}

/** How far training was when it was kept. */
export interface CheckpointFacts {
  /** Which of its cell's fits it is of, from 0; null for a loop written by hand. */
  readonly fit: number | null;
  /** On the run's curves. */
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
}

/** What training can go on from: the newest of a run, in a blob. */
export interface RunCheckpoint extends CheckpointFacts {
  readonly at: number;
  readonly manifest: BlobManifest;
}

/** Every point up to here, in a blob of one chunk. */
export interface SealedSeries {
  readonly manifest: BlobManifest;
  readonly points: number;
}

const CONSOLE_CAP = 64 * 1024;
const CUT_SHORT = "\n… the rest is not kept\n";

export const runRoots = {
  about: (doc: Y.Doc): Y.Map<unknown> => doc.getMap("about"),
  chunks: (doc: Y.Doc): Y.Array<unknown> => doc.getArray("chunks"),
  sealed: (doc: Y.Doc): Y.Array<unknown> => doc.getArray("sealed"),
  curves: (doc: Y.Doc): Y.Map<unknown> => doc.getMap("curves"),
  console: (doc: Y.Doc): Y.Text => doc.getText("console"),
};

export function writeInputs(doc: Y.Doc, inputs: RunInputs): void {
  edit(doc, "writeInputs", () => runRoots.about(doc).set("inputs", inputs));
}

export function writeModel(doc: Y.Doc, model: ModelSummary): void {
  edit(doc, "writeModel", () => runRoots.about(doc).set("model", model));
}

/** Where training is; undefined when it is over. */
export function writeProgress(doc: Y.Doc, progress: RunProgress | undefined): void {
  edit(doc, "writeProgress", () => {
    if (progress) runRoots.about(doc).set("progress", progress);
    else runRoots.about(doc).delete("progress");
  });
}

/** Takes the place of the one before it. */
export function writeCheckpoint(doc: Y.Doc, checkpoint: RunCheckpoint): void {
  edit(doc, "writeCheckpoint", () => {
    const about = runRoots.about(doc);
    const before: unknown = about.get("checkpoint");
    if (before !== undefined) about.set("checkpointBefore", before);
    about.set("checkpoint", checkpoint);
  });
}

export function readCheckpoint(doc: Y.Doc): RunCheckpoint | undefined {
  return parseCheckpoint(runRoots.about(doc).get("checkpoint"));
}

/** The one before the newest, for when the newest never left the tab that made it. */
export function readCheckpointBefore(doc: Y.Doc): RunCheckpoint | undefined {
  return parseCheckpoint(runRoots.about(doc).get("checkpointBefore"));
}

function parseCheckpoint(value: unknown): RunCheckpoint | undefined {
  const record = asRecord(value);
  const manifest = parseBlobManifest(record?.["manifest"]);
  if (!record || !manifest) return undefined;
  return { ...parseCheckpointFacts(record), at: asNumber(record["at"]) ?? 0, manifest };
}

export function parseCheckpointFacts(record: Readonly<Record<string, unknown>>): CheckpointFacts {
  const count = (value: unknown): number => {
    const number = asNumber(value) ?? 0;
    return Number.isSafeInteger(number) && number >= 0 ? number : 0;
  };
  const { fit, epoch, batch, step } = record;
  return {
    fit: typeof fit === "number" ? count(fit) : null,
    epoch: count(epoch),
    batch: count(batch),
    step: count(step),
  };
}

export function appendChunk(doc: Y.Doc, chunk: Uint8Array): void {
  edit(doc, "appendChunk", () => runRoots.chunks(doc).push([chunk]));
}

/** Adds to the console, up to its cap. */
export function appendConsole(doc: Y.Doc, text: string): void {
  const console = runRoots.console(doc);
  const room = CONSOLE_CAP - console.length;
  if (room <= 0 || text === "") return;
  const kept = text.length > room ? text.slice(0, room) + CUT_SHORT : text;
  edit(doc, "appendConsole", () => console.insert(console.length, kept));
}

/** Puts a blob and downsampled curves in the place of the first `chunks` chunks. */
export function sealSeries(
  doc: Y.Doc,
  sealed: SealedSeries,
  curves: ReadonlyMap<string, Uint8Array>,
  chunks: number,
): void {
  edit(doc, "sealSeries", () => {
    runRoots.sealed(doc).push([sealed]);
    for (const [key, curve] of curves) runRoots.curves(doc).set(key, curve);
    runRoots.chunks(doc).delete(0, Math.min(chunks, runRoots.chunks(doc).length));
  });
}

/** The chunks that are not sealed yet, in order; what is no bytes is left out. */
export function readChunks(doc: Y.Doc): Uint8Array[] {
  return runRoots.chunks(doc).toArray().filter(isBytes);
}

export function readCurves(doc: Y.Doc): Uint8Array[] {
  return [...runRoots.curves(doc).values()].filter(isBytes);
}

export function readSealed(doc: Y.Doc): SealedSeries[] {
  return runRoots
    .sealed(doc)
    .toArray()
    .flatMap((value) => {
      const record = asRecord(value);
      const manifest = parseBlobManifest(record?.["manifest"]);
      return manifest ? [{ manifest, points: asNumber(record?.["points"]) ?? 0 }] : [];
    });
}

export function readInputs(doc: Y.Doc): RunInputs {
  const record = asRecord(runRoots.about(doc).get("inputs"));
  const packages = Object.entries(asRecord(record?.["packages"]) ?? {});
  return {
    sources: records(record?.["sources"]).map((one) => ({
      cell: asString(one["cell"]) ?? "",
      source: asString(one["source"]) ?? "",
    })),
    datasets: parseDatasetRefs(record?.["datasets"]),
    seed: asNumber(record?.["seed"]),
    packages: Object.fromEntries(
      packages.flatMap(([k, v]) => (typeof v === "string" ? [[k, v]] : [])),
    ),
    backend: asString(record?.["backend"]) ?? "",
    adapter: asString(record?.["adapter"]) ?? "",
  };
}

/** Datasets as a run names them: a name and the digest of the version that was read. */
export function parseDatasetRefs(value: unknown): RunInputs["datasets"] {
  return records(value).flatMap((one) => {
    const [name, digest] = [asString(one["name"]), asString(one["digest"])];
    return name !== undefined && digest !== undefined && isDigest(digest) ? [{ name, digest }] : [];
  });
}

export function readModel(doc: Y.Doc): ModelSummary | undefined {
  return parseModel(runRoots.about(doc).get("model"));
}

export function parseModel(value: unknown): ModelSummary | undefined {
  const record = asRecord(value);
  if (!record) return undefined;
  return {
    name: words(record["name"]),
    weights: asNumber(record["weights"]) ?? 0,
    layers: records(asArray(record["layers"]).slice(0, 1000)).map((layer) => ({
      name: words(layer["name"]),
      type: words(layer["type"]),
      shape: words(layer["shape"]),
      weights: asNumber(layer["weights"]) ?? 0,
    })),
  };
}

export function readConsole(doc: Y.Doc): string {
  return runRoots.console(doc).toJSON();
}

export function readProgress(doc: Y.Doc): RunProgress | undefined {
  return parseProgress(runRoots.about(doc).get("progress"));
}

export function parseProgress(value: unknown): RunProgress | undefined {
  const record = asRecord(value);
  const fraction = asNumber(record?.["fraction"]);
  if (!record || fraction === undefined) return undefined;
  const left = asNumber(record["leftMs"]);
  return {
    label: (asString(record["label"]) ?? "").slice(0, 200),
    fraction: Math.min(1, Math.max(0, fraction)),
    leftMs: left === undefined ? undefined : Math.max(0, left),
  };
}

function words(value: unknown): string {
  return (asString(value) ?? "").slice(0, 200);
}

function records(value: unknown): Record<string, unknown>[] {
  return asArray(value).flatMap((one) => {
    const record = asRecord(one);
    return record ? [record] : [];
  });
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}
