/** How much of this browser's storage each workspace takes, and what of it no server has. Counted, not kept. */
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import { parseRoomName } from "../../document/rooms.ts";
import { type StoredBlob, chunkSizes } from "../../storage/blobStore.ts";
import type { Unsaved, WorkspaceUsage } from "../../workspace/deviceStorage.ts";
import { type Database, ofWorkspace, startingWith } from "./database.ts";

export async function usageByWorkspace(
  db: Database,
): Promise<ReadonlyMap<WorkspaceId, WorkspaceUsage>> {
  const sizes = new Map<WorkspaceId, { documents: number; blobs: number }>();
  const of = (workspace: WorkspaceId): { documents: number; blobs: number } => {
    const known = sizes.get(workspace) ?? { documents: 0, blobs: 0 };
    sizes.set(workspace, known);
    return known;
  };
  const add = (room: string, bytes: number): void => {
    const parsed = parseRoomName(room);
    if (parsed) of(parsed.workspace).documents += bytes;
  };
  const tx = db.transaction(["updates", "snapshots", "drafts", "manifests"]);
  for await (const { value } of tx.objectStore("updates")) add(value.room, value.update.byteLength);
  for await (const { key, value } of tx.objectStore("snapshots"))
    add(key, value instanceof Uint8Array ? value.byteLength : value.state.byteLength);
  for await (const { value } of tx.objectStore("drafts")) add(value.room, value.state.byteLength);
  for await (const { key, value } of tx.objectStore("manifests")) of(key[0]).blobs += value.size;
  return sizes;
}

export async function unsavedIn(db: Database, workspace: WorkspaceId): Promise<Unsaved> {
  const tx = db.transaction(["pending", "memberships", "manifests", "uploads"]);
  const [changes, membership, manifests, uploads] = await Promise.all([
    tx
      .objectStore("pending")
      .index("room")
      .count(startingWith(`${workspace}/`)),
    tx.objectStore("memberships").get(workspace),
    tx.objectStore("manifests").getAll(ofWorkspace(workspace)),
    tx.objectStore("uploads").getAllKeys(ofWorkspace(workspace)),
  ]);
  const bytes = bytesOf(manifests, new Set(uploads.map(([, chunk]) => chunk)));
  return { changes: changes + (membership?.queue.length ?? 0), bytes };
}

/** Of these chunks: their blobs say how big they are. */
function bytesOf(manifests: readonly StoredBlob[], chunks: ReadonlySet<Digest>): number {
  let bytes = 0;
  for (const [chunk, size] of chunkSizes(manifests)) if (chunks.has(chunk)) bytes += size;
  return bytes;
}
