/** What can be done with a draft: read as text, and made a notebook again. */
import * as Y from "yjs";
import { type NotebookId, newId } from "../../lib/base/ids.ts";
import { putNotebookEntry } from "../../lib/document/indexDoc.ts";
import { parseRoomName } from "../../lib/document/rooms.ts";
import { notebookText } from "../../lib/notebook/notebookText.ts";
import type { Draft } from "../../lib/workspace/aside.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import { cryptoWorld } from "../notebook/cryptoWorld.ts";

export function isNotebook({ room }: Draft): boolean {
  return parseRoomName(room)?.room.startsWith("notebook/") ?? false;
}

/** A notebook as Markdown, anything else as the plain values that are in it. */
export function draftText(draft: Draft): string {
  const doc = new Y.Doc();
  try {
    Y.applyUpdateV2(doc, draft.state);
    if (isNotebook(draft)) return notebookText(doc);
    // A document that came whole does not say yet what its parts are.
    for (const [name, part] of [...doc.share]) {
      if (part._map.size > 0) doc.getMap(name);
      else if (part._start?.content instanceof Y.ContentString) doc.getText(name);
      else doc.getArray(name);
    }
    return JSON.stringify(doc.toJSON(), undefined, 2);
  } finally {
    doc.destroy();
  }
}

/** A new notebook with what the draft holds; the draft is gone when it is safely written. */
export async function putBack(
  session: WorkspaceSession,
  index: Y.Doc,
  draft: Draft,
  title: string,
): Promise<NotebookId> {
  const id = newId<NotebookId>(cryptoWorld);
  const room = await session.open(`notebook/${id}`);
  Y.applyUpdateV2(room.doc, draft.state, { edit: "putBack" });
  const createdBy = session.me.current.id;
  putNotebookEntry(index, { id, title, createdAt: Date.now(), createdBy });
  room.close();
  await session.aside.forgetDraft(draft);
  return id;
}
