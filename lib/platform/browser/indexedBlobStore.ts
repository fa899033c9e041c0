/** A workspace's blobs in IndexedDB, a record for each chunk. */
import { AppError } from "../../base/errors.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import type { BlobStore, BlobStoreFailure } from "../../storage/blobStore.ts";
import { type Database, ofWorkspace } from "./database.ts";
import { isFull, whole } from "./transactions.ts";

/** `grown`: a blob more is kept, and there is so much less space. */
export function indexedBlobStore(
  db: Database,
  workspace: WorkspaceId,
  grown: () => void = () => undefined,
): BlobStore {
  const all = (): IDBKeyRange => ofWorkspace(workspace);
  return {
    putChunk: (digest, bytes) =>
      whileThereIsSpace(async () => {
        const tx = db.transaction("chunks", "readwrite", { durability: "strict" });
        await whole<unknown>([tx.store.put(bytes, [workspace, digest]), tx.done]);
      }),
    chunk: (digest) => db.get("chunks", [workspace, digest]),
    async putManifest(manifest, waits) {
      await whileThereIsSpace(async () => {
        const tx = db.transaction(["manifests", "uploads"], "readwrite", { durability: "strict" });
        const uploads = tx.objectStore("uploads");
        await whole<unknown>([
          tx.objectStore("manifests").put(manifest, [workspace, manifest.sha256]),
          ...(waits ? manifest.chunks : []).map((chunk) => uploads.put(1, [workspace, chunk])),
          tx.done,
        ]);
      });
      grown();
    },
    manifest: (digest) => db.get("manifests", [workspace, digest]),
    async waiting() {
      return (await db.getAllKeys("uploads", all())).map(([, digest]) => digest);
    },
    uploaded: (chunk) => db.delete("uploads", [workspace, chunk]),
    async waitAgain() {
      const tx = db.transaction(["chunks", "uploads"], "readwrite");
      for (const key of await tx.objectStore("chunks").getAllKeys(all()))
        await tx.objectStore("uploads").put(1, key);
      await tx.done;
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
