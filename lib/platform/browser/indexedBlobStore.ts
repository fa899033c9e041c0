/** A workspace's blobs in IndexedDB, a record for each chunk. */
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import type { BlobStore } from "../../storage/blobStore.ts";
import type { Database } from "./database.ts";

export function indexedBlobStore(db: Database, workspace: WorkspaceId): BlobStore {
  // Arrays sort after everything that a digest can be.
  const all = (): IDBKeyRange => IDBKeyRange.bound([workspace], [workspace, []]);
  return {
    async putChunk(digest, bytes) {
      const tx = db.transaction("chunks", "readwrite", { durability: "strict" });
      await tx.store.put(bytes, [workspace, digest]);
      await tx.done;
    },
    chunk: (digest) => db.get("chunks", [workspace, digest]),
    async putManifest(manifest, waits) {
      const tx = db.transaction(["manifests", "uploads"], "readwrite", { durability: "strict" });
      await tx.objectStore("manifests").put(manifest, [workspace, manifest.sha256]);
      for (const chunk of waits ? manifest.chunks : [])
        await tx.objectStore("uploads").put(1, [workspace, chunk]);
      await tx.done;
    },
    manifest: (digest) => db.get("manifests", [workspace, digest]),
    async waiting() {
      return (await db.getAllKeys("uploads", all())).map(([, digest]) => digest);
    },
    uploaded: (chunk: Digest) => db.delete("uploads", [workspace, chunk]),
    async waitAgain() {
      const tx = db.transaction(["chunks", "uploads"], "readwrite");
      for (const key of await tx.objectStore("chunks").getAllKeys(all()))
        await tx.objectStore("uploads").put(1, key);
      await tx.done;
    },
  };
}
