/** Where an export comes from: the open workspace and its server, or what this browser holds where it cannot be opened. */
import * as Y from "yjs";
import type { WorkspaceId } from "../../base/ids.ts";
import { roomName } from "../../document/rooms.ts";
import { applyContent } from "../../storage/fold.ts";
import type { Entry } from "../../workspace/entry.ts";
import type { Database } from "./database.ts";
import { logOf } from "./databaseLog.ts";
import type { ExportSource } from "./exportFile.ts";
import { indexedBlobStore } from "./indexedBlobStore.ts";
import type { BrowserSession } from "./session.ts";
import { browserWorld } from "./world.ts";

export async function exportSource(
  db: Database,
  workspace: WorkspaceId,
  session: BrowserSession | undefined,
  about: { readonly entries: readonly Entry[]; readonly by: string; readonly alone: boolean },
): Promise<ExportSource> {
  const log = logOf(db);
  const store = indexedBlobStore(db, workspace);
  const stored = await log.rooms(`${workspace}/`);
  const held = new Set(stored);
  return {
    ...about,
    workspace,
    stored,
    now: browserWorld.now(),
    async room(key) {
      const name = roomName(workspace, key);
      if (session) {
        const whole = await session.whole(key);
        return whole.met || held.has(name) ? whole.doc : undefined;
      }
      if (!held.has(name)) return undefined;
      const doc = new Y.Doc();
      applyContent(doc, await log.load(name));
      return doc;
    },
    chunk: (digest) => (session ? session.blobs.chunk(digest) : store.chunk(digest)),
  };
}
