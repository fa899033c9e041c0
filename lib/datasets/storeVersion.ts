/**
 * Keeps what an import read: the bytes as blobs, the version in the dataset's own document, and last of all the
 * entry in the index. Whoever sees a dataset in the list can read it; what was broken off is not in the list.
 */
import type { DatasetId, Digest, MemberId } from "../base/ids.ts";
import type { Observable } from "../base/observable.ts";
import {
  type DatasetContent,
  type DatasetVersion,
  listVersions,
  putVersion,
} from "../document/datasetDoc.ts";
import { type DatasetEntry, listDatasets, putDatasetEntry } from "../document/indexDoc.ts";
import type { PutWatch, WorkspaceSession } from "../workspace/session.ts";
import type * as Y from "yjs";
import { ARROW_MIME } from "./arrow.ts";
import type { ReadDataset } from "./readImport.ts";

const BYTES_MIME = "application/octet-stream";

/** Where the version goes: under an entry of the index that is there or is to be made. */
export interface VersionTarget {
  readonly id: DatasetId;
  readonly name: string;
}

export type VersionStore = Pick<WorkspaceSession, "open" | "blobs">;

/**
 * Stores a version and makes it the current one. The same content again is the version that is there already.
 * Given up on, it rejects, and there is no version.
 */
export async function storeVersion(
  store: VersionStore,
  index: Y.Doc,
  target: VersionTarget,
  read: ReadDataset,
  by: { readonly author: MemberId; readonly at: number; readonly message: string },
  watch: PutWatch = {},
): Promise<Digest> {
  const content = await storeContent(store, read, watch);
  watch.signal?.throwIfAborted();
  const { digest } = read;
  const room = await store.open(`dataset/${target.id}`);
  try {
    const version: DatasetVersion = {
      digest,
      rows: read.rows,
      columns: read.columns,
      content,
      importedFrom: read.importedFrom,
      notes: read.notes,
      ...by,
    };
    putVersion(room.doc, version);
  } finally {
    room.close();
  }
  const known = listDatasets(index).find((entry) => entry.id === target.id);
  putDatasetEntry(index, {
    ...target,
    ...entryFacts({ digest, rows: read.rows, columns: read.columns, content }),
    ...(known ? {} : { createdAt: by.at, createdBy: by.author }),
  });
  return digest;
}

/** Makes an older version the one that `dataset(name)` reads. */
export function makeCurrent(index: Y.Doc, id: DatasetId, version: DatasetVersion): void {
  putDatasetEntry(index, { id, ...entryFacts(version) });
}

/** Whether what was read can be the next version of a dataset: the same columns, whatever their order. */
export function fitsDataset(versions: readonly DatasetVersion[], read: ReadDataset): boolean {
  const last = versions.at(-1);
  if (last?.content.kind !== read.content.kind) return false;
  if (last.content.kind === "images" && read.content.kind === "images")
    return last.content.width === read.content.width && last.content.height === read.content.height;
  const names = (columns: readonly { readonly name: string }[]): string =>
    JSON.stringify(columns.map(({ name }) => name).sort());
  return names(last.columns) === names(read.columns);
}

/**
 * The versions of a dataset, oldest first. Where this browser does not hold the `wanted` one yet, it waits for
 * what the server has; aborted, it gives what is here.
 */
export async function readVersions(
  store: Pick<WorkspaceSession, "open">,
  id: DatasetId,
  wanted: (version: DatasetVersion) => boolean,
  signal: AbortSignal,
): Promise<DatasetVersion[]> {
  const room = await store.open(`dataset/${id}`);
  try {
    if (!listVersions(room.doc).some(wanted)) await untilTrue(room.synced, signal);
    return listVersions(room.doc);
  } finally {
    room.close();
  }
}

async function untilTrue(observable: Observable<boolean>, signal: AbortSignal): Promise<void> {
  if (observable.current || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      if (!observable.current && !signal.aborted) return;
      stop();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const stop = observable.subscribe(done);
    signal.addEventListener("abort", done);
  });
}

/** "penguins", else "penguins-2", else "penguins-3" …: a name that no dataset has. */
export function freeDatasetName(index: Y.Doc, name: string): string {
  const taken = new Set(listDatasets(index).map((entry) => entry.name));
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`;
    if (!taken.has(free)) return free;
  }
}

function entryFacts(
  version: Pick<DatasetVersion, "digest" | "rows" | "columns" | "content">,
): Pick<DatasetEntry, "kind" | "current" | "rows" | "columns"> {
  const { digest, rows, columns, content } = version;
  return { kind: content.kind, current: digest, rows, columns: columns.length };
}

async function storeContent(
  { blobs }: VersionStore,
  { content }: ReadDataset,
  watch: PutWatch,
): Promise<DatasetContent> {
  if (content.kind === "table")
    return { kind: "table", table: await blobs.put(content.table, ARROW_MIME, watch) };
  const images = await blobs.put(content.images, BYTES_MIME, watch);
  const labels = content.labels && (await blobs.put(content.labels, BYTES_MIME));
  const { width, height } = content;
  return { kind: "images", images, width, height, ...(labels ? { labels } : {}) };
}
