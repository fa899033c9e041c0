/** Writes a workspace into one file: every room and every blob that is here or can be fetched. Loaded when it is asked for. */
import * as Y from "yjs";
import { joinBytes } from "../../base/bytes.ts";
import { digestBytes } from "../../base/digest.ts";
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import { isId } from "../../base/ids.ts";
import type { BlobManifest } from "../../document/blobManifest.ts";
import { indexRoots, workspaceTitle } from "../../document/indexDoc.ts";
import { blobsIn, namedBlobs } from "../../document/namedBlobs.ts";
import { type RoomKey, parseRoomName } from "../../document/rooms.ts";
import { runsRoots } from "../../document/runsDoc.ts";
import type { Entry } from "../../workspace/entry.ts";
import type { ExportedWorkspace, LongWatch } from "../../workspace/deviceStorage.ts";
import {
  type FileRoom,
  MANIFEST,
  MEMBERSHIP,
  chunkEntry,
  fileName,
  roomEntry,
  writeManifest,
} from "../../workspace/workspaceFile.ts";
import { type ZipOut, writeZip } from "./zipFile.ts";

/** What is big stands for itself: a blob inside a blob is looked for in small ones only, bytes. */
const MOST_LOOKED_INTO = 32 * 1024 * 1024;
const FILE_MIME = "application/vnd.ensemble.workspace+zip";

/** Where the content comes from. */
export interface ExportSource {
  readonly workspace: WorkspaceId;
  /** What this browser holds already, by whole name. */
  readonly stored: readonly string[];
  /** A room as it is here and on the server; undefined where it can be had nowhere. */
  room(key: RoomKey): Promise<Y.Doc | undefined>;
  /** A chunk, from here or from the server; undefined where it can be had nowhere. */
  chunk(digest: Digest): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** No server has it: what is not here is nowhere, so that nothing is missing. */
  readonly alone: boolean;
  readonly entries: readonly Entry[];
  /** The name of whoever exports. */
  readonly by: string;
  readonly now: number;
}

export async function exportFile(
  source: ExportSource,
  { progress, signal }: LongWatch = {},
): Promise<ExportedWorkspace> {
  const zip = writeZip(FILE_MIME);
  try {
    const { rooms, missing, blobs, title } = await writeRooms(zip, source, signal, (part) =>
      progress?.(part * 0.3),
    );
    const written = await writeBlobs(zip, source, blobs, signal, (part) =>
      progress?.(0.3 + part * 0.7),
    );
    await zip.add(MEMBERSHIP, JSON.stringify({ entries: source.entries }, undefined, 1), true);
    const manifest = writeManifest({
      title,
      workspace: source.workspace,
      exportedAt: source.now,
      exportedBy: source.by,
      rooms,
      blobs: written.blobs,
      missing: { rooms: missing, blobs: written.missing },
    });
    await zip.add(MANIFEST, manifest, true);
    const file = await zip.close();
    const lacks = { rooms: missing.length, blobs: written.missing.length };
    return { file, title, name: fileName(title), missing: lacks };
  } catch (error) {
    zip.abandon();
    throw error;
  }
}

async function writeRooms(
  zip: ZipOut,
  source: ExportSource,
  signal: AbortSignal | undefined,
  progress: (part: number) => void,
): Promise<{ rooms: FileRoom[]; missing: RoomKey[]; blobs: BlobManifest[]; title: string }> {
  const stored = source.stored.flatMap((name) => parseRoomName(name)?.room ?? []);
  // The index and the list of runs name the others, so they come first.
  const keys = new Set<RoomKey>(["index", "runs", ...stored]);
  const rooms: FileRoom[] = [];
  const missing: RoomKey[] = [];
  const blobs = new Map<Digest, BlobManifest>();
  let title = "";
  let done = 0;
  for (const key of keys) {
    signal?.throwIfAborted();
    const doc = await source.room(key);
    if (key === "index") title = doc ? workspaceTitle(doc) : "";
    if (doc) {
      if (key === "index" || key === "runs") for (const named of roomsIn(key, doc)) keys.add(named);
      for (const blob of namedBlobs(doc)) blobs.set(blob.sha256, blob);
      const state = Y.encodeStateAsUpdateV2(doc);
      doc.destroy();
      await zip.add(roomEntry(key), state, true);
      rooms.push({ room: key, size: state.length, sha256: digestBytes(state) });
    } else if (!source.alone) missing.push(key);
    progress(++done / keys.size);
  }
  return { rooms, missing, blobs: [...blobs.values()], title };
}

/** The rooms that a list names, deleted ones included: deleting can be undone. */
function roomsIn(key: "index" | "runs", doc: Y.Doc): RoomKey[] {
  if (key === "runs")
    return [...runsRoots.runs(doc).keys()].filter(isId).map((id) => `run/${id}` as RoomKey);
  const { notebooks, datasets } = indexRoots;
  return [
    ...[...notebooks(doc).keys()].filter(isId).map((id) => `notebook/${id}` as RoomKey),
    ...[...datasets(doc).keys()].filter(isId).map((id) => `dataset/${id}` as RoomKey),
  ];
}

async function writeBlobs(
  zip: ZipOut,
  source: ExportSource,
  named: readonly BlobManifest[],
  signal: AbortSignal | undefined,
  progress: (part: number) => void,
): Promise<{ blobs: BlobManifest[]; missing: Digest[] }> {
  const known = new Map(named.map((blob) => [blob.sha256, blob]));
  const chunks = new Set<Digest>();
  const blobs: BlobManifest[] = [];
  const missing: Digest[] = [];
  let bytes = 0;
  const sum = (): number => [...known.values()].reduce((all, { size }) => all + size, 0);
  for (const blob of known.values()) {
    const parts: Uint8Array[] = [];
    for (const digest of blob.chunks) {
      signal?.throwIfAborted();
      const chunk = await source.chunk(digest);
      if (!chunk) break;
      if (blob.size <= MOST_LOOKED_INTO) parts.push(chunk);
      if (!chunks.has(digest)) await zip.add(chunkEntry(digest), chunk, false);
      chunks.add(digest);
      bytes += chunk.length;
      progress(Math.min(1, bytes / Math.max(1, sum())));
    }
    if (!blob.chunks.every((digest) => chunks.has(digest))) {
      missing.push(blob.sha256);
      continue;
    }
    blobs.push(blob);
    for (const within of blobsWithin(blob, parts))
      if (!known.has(within.sha256)) known.set(within.sha256, within); // seen by this very loop
  }
  return { blobs, missing };
}

/** What a blob names in turn: a large output its tables, a version of a document what stands in it. */
function blobsWithin(blob: BlobManifest, parts: readonly Uint8Array[]): BlobManifest[] {
  if (parts.length < blob.chunks.length || !blob.mime.startsWith("application/vnd.ensemble."))
    return [];
  const bytes = joinBytes(parts);
  if (blob.mime.endsWith("+json")) {
    try {
      return blobsIn(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return [];
    }
  }
  const doc = new Y.Doc();
  try {
    Y.applyUpdateV2(doc, bytes);
    return namedBlobs(doc);
  } catch {
    return []; // it is no document
  } finally {
    doc.destroy();
  }
}
