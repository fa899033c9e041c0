/** A room's log as one document, and as the one snapshot that says the same. */
import * as Y from "yjs";
import type { StoredRoom } from "./updateLog.ts";

type Content = Pick<StoredRoom, "snapshot" | "updates">;

export function applyContent(doc: Y.Doc, { snapshot, updates }: Content): void {
  // One transaction: whoever watches the document sees it once, whole.
  doc.transact(() => {
    if (snapshot) Y.applyUpdateV2(doc, snapshot);
    for (const update of updates) Y.applyUpdate(doc, update);
  });
}

/** The whole content in V2, what waits for parts that never came included. */
export function foldContent(content: Content): Uint8Array {
  const doc = new Y.Doc();
  applyContent(doc, content);
  const snapshot = Y.encodeStateAsUpdateV2(doc);
  doc.destroy();
  return snapshot;
}

/** Can Yjs read it? Storage that was torn gives back anything. */
export function isUpdate(value: unknown): value is Uint8Array {
  return isReadable(value, Y.decodeUpdate);
}

export function isSnapshot(value: unknown): value is Uint8Array {
  return isReadable(value, Y.decodeUpdateV2);
}

function isReadable(value: unknown, decode: (bytes: Uint8Array) => unknown): boolean {
  if (!(value instanceof Uint8Array)) return false;
  try {
    decode(value);
    return true;
  } catch {
    return false;
  }
}
