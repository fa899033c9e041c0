/** What a workspace that is not open still has to give to its server: sent from whatever page is open. */
import type { WorkspaceId } from "../../base/ids.ts";
import type { WorkspaceSession } from "../../workspace/session.ts";
import { type Database, startingWith } from "./database.ts";

/** Opened for a while; undefined where it is not to be, or cannot. */
type Opened = { readonly session: Pick<WorkspaceSession, "connection">; done(): Promise<void> };

/** One workspace after another, and only those that have something to send. */
export async function sendLeftovers(
  db: Database,
  workspaces: readonly WorkspaceId[],
  open: (workspace: WorkspaceId) => Promise<Opened | undefined>,
): Promise<void> {
  for (const id of workspaces) {
    if (!(await hasLeftovers(db, id))) continue;
    const opened = await open(id);
    if (opened) await delivered(opened.session);
    await opened?.done();
  }
}

async function hasLeftovers(db: Database, workspace: WorkspaceId): Promise<boolean> {
  const [changes, chunks, membership] = await Promise.all([
    db.countFromIndex("pending", "room", startingWith(`${workspace}/`)),
    db.count("uploads", IDBKeyRange.bound([workspace], [workspace, []])),
    db.get("memberships", workspace),
  ]);
  const told = (membership?.queue.length ?? 0) + (membership?.reports?.length ?? 0);
  return changes > 0 || chunks > 0 || told > 0;
}

/** Resolves when there is nothing more to be sent, or no use in trying. */
function delivered({ connection }: Pick<WorkspaceSession, "connection">): Promise<void> {
  return new Promise((resolve) => {
    const isDone = (): boolean => {
      const { current } = connection;
      if (current.kind !== "saving")
        return ["saved", "read-only", "refused"].includes(current.kind);
      // What a full store does not take is tried again when the workspace is opened.
      return current.uploads?.full !== undefined && current.pending === current.uploads.chunks;
    };
    if (isDone()) return resolve();
    const stop = connection.subscribe(() => {
      if (!isDone()) return;
      stop();
      resolve();
    });
  });
}
