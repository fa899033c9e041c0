/** Does an update say anything that a document does not hold? Asked where it may not be applied to find out. */
import * as Y from "yjs";

/**
 * A client answers a sync step with everything that it deleted ever, known or not, so that a viewer's
 * honest answer looks like a write. Throws where the bytes are no update.
 */
export function bringsNews(doc: Y.Doc, update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update);
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue;
    if (struct.id.clock + struct.length > Y.getState(doc.store, struct.id.client)) return true;
  }
  for (const [client, ranges] of ds.clients)
    for (const { clock, len } of ranges) if (!isDeleted(doc, client, clock, len)) return true;
  return false;
}

function isDeleted(doc: Y.Doc, client: number, clock: number, length: number): boolean {
  if (clock + length > Y.getState(doc.store, client)) return false;
  const structs = doc.store.clients.get(client) ?? [];
  for (let at = Y.findIndexSS(structs, clock); at < structs.length; at++) {
    const struct = structs[at];
    if (struct === undefined || struct.id.clock >= clock + length) break;
    if (!struct.deleted) return false;
  }
  return true;
}
