/** Makes an empty notebook: an entry in the index. Its document comes to be when it is opened. */
import type * as Y from "yjs";
import { type MemberId, type NotebookId, newId } from "../../lib/base/ids.ts";
import { putNotebookEntry } from "../../lib/document/indexDoc.ts";
import { cryptoWorld } from "./cryptoWorld.ts";

export function newNotebook(index: Y.Doc, by: MemberId): NotebookId {
  const id = newId<NotebookId>(cryptoWorld);
  putNotebookEntry(index, { id, title: "Untitled", createdAt: Date.now(), createdBy: by });
  return id;
}
