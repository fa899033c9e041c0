/** A workspace's blobs in IndexedDB, a record for each chunk. */
import { AppError } from "../../base/errors.ts";
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import { type BlobStore, type BlobStoreFailure, chunkSizes } from "../../storage/blobStore.ts";
import { type Database, ofWorkspace } from "./database.ts";
import { isFull, whole } from "./transactions.ts";

/** `grown`: a blob more is kept, and there is so much less space. */
export function indexedBlobStore(
  db: Database,
  workspace: WorkspaceId,
  grown: () => void = () => undefined,
  now: () => number = Date.now,
): BlobStore {
  const all = (): IDBKeyRange => ofWorkspace(workspace);
  const digestsOf = (keys: readonly [WorkspaceId, Digest][]): Digest[] =>
    keys.map(([, digest]) => digest);
  return {
    putChunk: (digest, bytes) =>
      whileThereIsSpace(async () => {
        const tx = db.transaction(["chunks", "loose"], "readwrite", { durability: "strict" });
        await whole<unknown>([
          tx.objectStore("chunks").put(bytes, [workspace, digest]),
          tx.objectStore("loose").put(now(), [workspace, digest]),
          tx.done,
        ]);
      }),
    chunk: (digest) => db.get("chunks", [workspace, digest]),
    async putManifest(manifest, waits) {
      await whileThereIsSpace(async () => {
        const stores = ["manifests", "uploads", "loose"] as const;
        const tx = db.transaction(stores, "readwrite", { durability: "strict" });
        const { chunks } = manifest;
        await whole<unknown>([
          tx.objectStore("manifests").put(manifest, [workspace, manifest.sha256]),
          ...(waits ? chunks : []).map((chunk) =>
            tx.objectStore("uploads").put(1, [workspace, chunk]),
          ),
          ...chunks.map((chunk) => tx.objectStore("loose").delete([workspace, chunk])),
          tx.done,
        ]);
      });
      grown();
    },
    manifest: (digest) => db.get("manifests", [workspace, digest]),
    async waiting() {
      const tx = db.transaction(["uploads", "manifests"]);
      const keys = await tx.objectStore("uploads").getAllKeys(all());
      if (keys.length === 0) return [];
      const sizes = chunkSizes(await tx.objectStore("manifests").getAll(all()));
      return digestsOf(keys).map((digest) => ({ digest, size: sizes.get(digest) ?? 0 }));
    },
    uploaded: (chunk) => db.delete("uploads", [workspace, chunk]),
    async waitAgain(only) {
      const tx = db.transaction(["chunks", "manifests", "uploads"], "readwrite");
      const sizes = chunkSizes(await tx.objectStore("manifests").getAll(all()));
      const here = new Set(digestsOf(await tx.objectStore("chunks").getAllKeys(all())));
      for (const digest of only ?? sizes.keys())
        if (sizes.has(digest) && here.has(digest))
          await tx.objectStore("uploads").put(1, [workspace, digest]);
      await tx.done;
    },
    async collect(before) {
      const stores = ["chunks", "manifests", "loose"] as const;
      const tx = db.transaction(stores, "readwrite");
      const [chunks, loose] = [tx.objectStore("chunks"), tx.objectStore("loose")];
      const sizes = chunkSizes(await tx.objectStore("manifests").getAll(all()));
      let collected = 0;
      for (const digest of digestsOf(await chunks.getAllKeys(all()))) {
        if (sizes.has(digest)) continue;
        const since = await loose.get([workspace, digest]);
        if (since === undefined) await loose.put(now(), [workspace, digest]);
        else if (since < before) {
          await chunks.delete([workspace, digest]);
          await loose.delete([workspace, digest]);
          collected++;
        }
      }
      await tx.done;
      return collected;
    },
  };
}

/** Throws AppError "storage-full" where the browser refuses for want of space. */
async function whileThereIsSpace(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw isFull(error) ? new AppError<BlobStoreFailure>({ code: "storage-full" }, error) : error;
  }
}
