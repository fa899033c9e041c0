/** Reads a workspace file into this browser under a new id. Loaded when it is asked for; checks everything, lists nothing. */
import * as Y from "yjs";
import { digestBytes, digestParts } from "../../base/digest.ts";
import { AppError } from "../../base/errors.ts";
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import type { BlobManifest } from "../../document/blobManifest.ts";
import { workspaceTitle } from "../../document/indexDoc.ts";
import { notebookRoots } from "../../document/notebookDoc.ts";
import { roomName } from "../../document/rooms.ts";
import type { BlobStore } from "../../storage/blobStore.ts";
import type { UpdateLog } from "../../storage/updateLog.ts";
import type { ImportFailure, LongWatch } from "../../workspace/deviceStorage.ts";
import {
  type FileManifest,
  MANIFEST,
  bounds,
  chunkEntry,
  parseManifest,
  roomEntry,
} from "../../workspace/workspaceFile.ts";
import { isFull } from "./transactions.ts";
import { type ZipIn, readZip } from "./zipFile.ts";

export interface ImportTarget {
  readonly workspace: WorkspaceId;
  readonly log: Pick<UpdateLog, "adopt">;
  readonly blobs: BlobStore;
  /** Bytes that this browser has room for; undefined where it does not say. */
  readonly available: number | undefined;
}

/**
 * Everything in the file that its manifest names, kept and waiting for a server. Gives back the title. Throws
 * AppError<ImportFailure>, or the signal's reason: then what was written so far is the caller's to take away.
 */
export async function importFile(
  file: Blob,
  target: ImportTarget,
  { progress, signal }: LongWatch = {},
): Promise<string> {
  const zip = await readZip(file, bounds.entries);
  if (!zip) throw failed({ code: "file-not-a-workspace" });
  try {
    const manifest = await manifestOf(zip);
    const needed = sizeOf(zip, manifest);
    const { available } = target;
    if (available !== undefined && needed > available)
      throw failed({ code: "file-too-big", needed, available });
    let done = 0;
    const told = (bytes: number): void => {
      signal?.throwIfAborted();
      progress?.(Math.min(1, (done += bytes) / Math.max(1, needed)));
    };
    const title = await readRooms(zip, manifest, target, told);
    await readBlobs(zip, manifest, target, told);
    return title;
  } catch (error) {
    throw isFull(error) ? failed({ code: "storage-full" }) : error;
  } finally {
    await zip.close();
  }
}

async function manifestOf(zip: ZipIn): Promise<FileManifest> {
  const bytes = await zip.read(MANIFEST, bounds.manifest);
  if (!bytes) throw failed({ code: "file-not-a-workspace" });
  const manifest = parseManifest(new TextDecoder().decode(bytes));
  if (manifest === "too-new") throw failed({ code: "file-too-new" });
  if (!manifest) throw damaged(MANIFEST);
  return manifest;
}

function sizeOf(zip: ZipIn, { rooms, blobs }: FileManifest): number {
  const chunks = new Set(blobs.flatMap((blob) => blob.chunks));
  return (
    rooms.reduce((sum, { size }) => sum + size, 0) +
    [...chunks].reduce((sum, chunk) => sum + zip.size(chunkEntry(chunk)), 0)
  );
}

async function readRooms(
  zip: ZipIn,
  manifest: FileManifest,
  { workspace, log }: ImportTarget,
  told: (bytes: number) => void,
): Promise<string> {
  let title = "";
  for (const { room, size, sha256 } of manifest.rooms) {
    const entry = roomEntry(room);
    const state = await zip.read(entry, size);
    if (!state || digestBytes(state) !== sha256) throw damaged(entry);
    const doc = new Y.Doc();
    try {
      Y.applyUpdateV2(doc, state);
      if (room === "index") title = workspaceTitle(doc);
      if (room.startsWith("notebook/")) leadHere(doc, manifest.workspace, workspace);
      await log.adopt(roomName(workspace, room), Y.encodeStateAsUpdateV2(doc));
    } catch (error) {
      throw isFull(error) ? error : damaged(entry, error);
    } finally {
      doc.destroy();
    }
    told(size);
  }
  return title;
}

/** Links in a notebook to other pages of the workspace that it was in lead to the same pages of this one. */
function leadHere(doc: Y.Doc, before: WorkspaceId, now: WorkspaceId): void {
  const link = `/w/${before}`;
  doc.transact(() => {
    for (const cell of notebookRoots.cells(doc).values()) {
      const source = cell instanceof Y.Map ? cell.get("source") : undefined;
      if (!(source instanceof Y.Text)) continue;
      for (let at = source.toJSON().lastIndexOf(link); at >= 0;) {
        source.delete(at + 3, before.length);
        source.insert(at + 3, now);
        at = at === 0 ? -1 : source.toJSON().lastIndexOf(link, at - 1);
      }
    }
  });
}

async function readBlobs(
  zip: ZipIn,
  manifest: FileManifest,
  { blobs: store }: ImportTarget,
  told: (bytes: number) => void,
): Promise<void> {
  const kept = new Set<Digest>();
  for (const blob of manifest.blobs) {
    await readBlob(zip, blob, store, kept, told);
    await store.putManifest(blob, true);
  }
}

async function readBlob(
  zip: ZipIn,
  blob: BlobManifest,
  store: BlobStore,
  kept: Set<Digest>,
  told: (bytes: number) => void,
): Promise<void> {
  const whole = digestParts();
  let size = 0;
  for (const chunk of blob.chunks) {
    const entry = chunkEntry(chunk);
    const bytes = await zip.read(entry, bounds.chunk);
    if (!bytes || digestBytes(bytes) !== chunk) throw damaged(entry);
    if (!kept.has(chunk)) await store.putChunk(chunk, bytes);
    if (!kept.has(chunk)) told(bytes.length);
    kept.add(chunk);
    whole.add(bytes);
    size += bytes.length;
  }
  if (size !== blob.size || whole.digest() !== blob.sha256) throw damaged(`blob ${blob.sha256}`);
}

function damaged(what: string, cause?: unknown): AppError<ImportFailure> {
  return new AppError<ImportFailure>({ code: "file-damaged", what }, cause);
}

function failed(failure: ImportFailure): AppError<ImportFailure> {
  return new AppError<ImportFailure>(failure);
}
