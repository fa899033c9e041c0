/** Imports that have begun: what is left of one whose tab was closed in the middle is taken away by the next. */
import type { WorkspaceId } from "../../base/ids.ts";
import { isWorkspaceId } from "../../document/rooms.ts";
import type { Database } from "./database.ts";
import { type Locks, tryAlone } from "./locks.ts";
import { removeFromDatabase } from "./removal.ts";

const PREFIX = "import/";
const lockName = (workspace: WorkspaceId): string => `ensemble import ${workspace}`;

/** Does this with the workspace marked; where it fails, nothing of the workspace is left. */
export async function markedUnfinished<T>(
  db: Database,
  locks: Locks | undefined,
  workspace: WorkspaceId,
  act: () => Promise<T>,
): Promise<T> {
  const run = async (): Promise<T> => {
    await db.put("person", true, PREFIX + workspace);
    try {
      return await act();
    } catch (error) {
      await removeFromDatabase(db, workspace);
      throw error;
    } finally {
      await db.delete("person", PREFIX + workspace);
    }
  };
  return locks ? await locks.request(lockName(workspace), run) : run();
}

/** Takes away what others began and nobody works at any more. */
export async function clearUnfinished(db: Database, locks: Locks | undefined): Promise<void> {
  const keys = await db.getAllKeys("person", IDBKeyRange.bound(PREFIX, `${PREFIX}\uffff`));
  for (const key of keys) {
    const workspace = key.slice(PREFIX.length);
    if (!isWorkspaceId(workspace)) continue;
    await tryAlone(locks, lockName(workspace), async () => {
      await removeFromDatabase(db, workspace);
      await db.delete("person", key);
    });
  }
}
