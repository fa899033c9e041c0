/** The update log of a database: one, whoever writes to it. */
import * as Y from "yjs";
import type { WorkspaceId } from "../../base/ids.ts";
import { renameWorkspace } from "../../document/indexDoc.ts";
import { roomName } from "../../document/rooms.ts";
import type { UpdateLog } from "../../storage/updateLog.ts";
import type { Database } from "./database.ts";
import { indexedUpdateLog } from "./indexedUpdateLog.ts";

const logs = new WeakMap<Database, UpdateLog>();

export function logOf(db: Database): UpdateLog {
  const log = logs.get(db) ?? indexedUpdateLog(db);
  logs.set(db, log);
  return log;
}

/** Writes the first line of a workspace: its title. Durable when it resolves. */
export async function writeTitle(
  db: Database,
  workspace: WorkspaceId,
  title: string,
): Promise<void> {
  const doc = new Y.Doc();
  renameWorkspace(doc, title);
  await logOf(db).append(roomName(workspace, "index"), Y.encodeStateAsUpdate(doc));
  doc.destroy();
}
