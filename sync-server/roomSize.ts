/** How big a room would be. Looked at in full, since a log says less the more of it was deleted since. */
import * as Y from "yjs";

/**
 * The bytes of everything that the document holds, as a client would push it whole, once it has taken the update.
 * The document is left as it is. Throws where the bytes are no update.
 */
export function sizeWith(doc: Y.Doc, update: Uint8Array): number {
  const scratch = new Y.Doc();
  try {
    // In one transaction: what the update deletes is never kept, and counts for nothing.
    scratch.transact(() => {
      Y.applyUpdate(scratch, Y.encodeStateAsUpdate(doc));
      Y.applyUpdate(scratch, update);
    });
    return Y.encodeStateAsUpdate(scratch).length;
  } finally {
    scratch.destroy();
  }
}
