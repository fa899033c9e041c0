/** Takes a workspace out of this browser's database. The key of this browser stays: other workspaces know it too. */
import type { WorkspaceId } from "../../base/ids.ts";
import { type Database, ofWorkspace, startingWith } from "./database.ts";

/** All of it or nothing. */
export async function removeFromDatabase(db: Database, workspace: WorkspaceId): Promise<void> {
  const rooms = startingWith(`${workspace}/`);
  const lists = ["updates", "pending", "drafts", "damaged"] as const;
  const bytes = ["chunks", "manifests", "uploads", "loose"] as const;
  const stores = [...lists, ...bytes, "snapshots", "memberships", "workspaces"] as const;
  const tx = db.transaction(stores, "readwrite", { durability: "strict" });
  const deletions: Promise<unknown>[] = [];
  for (const name of lists) {
    const store = tx.objectStore(name);
    const keys = await store.index("room").getAllKeys(rooms);
    deletions.push(...keys.map((key) => store.delete(key)));
  }
  for (const name of bytes) deletions.push(tx.objectStore(name).delete(ofWorkspace(workspace)));
  deletions.push(
    tx.objectStore("snapshots").delete(rooms),
    tx.objectStore("memberships").delete(workspace),
    tx.objectStore("workspaces").delete(workspace),
    tx.done,
  );
  await Promise.all(deletions);
}
