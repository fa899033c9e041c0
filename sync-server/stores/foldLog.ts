/** A room's log made into one state. Through a document: merging 50,000 updates flat takes minutes. */
import * as Y from "yjs";
import type { StoredRoom } from "./store.ts";

/** Puts everything that is stored into the document, in one transaction. Throws on damaged bytes. */
export function applyStored(doc: Y.Doc, stored: Pick<StoredRoom, "snapshot" | "updates">): void {
  doc.transact(() => {
    if (stored.snapshot) Y.applyUpdateV2(doc, stored.snapshot);
    for (const update of stored.updates) Y.applyUpdate(doc, update);
  });
}

/** The snapshot (Yjs update V2) that says the same as the log. */
export function foldLog(log: Pick<StoredRoom, "snapshot" | "updates">): Uint8Array<ArrayBuffer> {
  const doc = new Y.Doc();
  applyStored(doc, log);
  const snapshot = Uint8Array.from(Y.encodeStateAsUpdateV2(doc));
  doc.destroy();
  return snapshot;
}
