/** A workspace's rooms and blobs in memory, as far as datasets need them. */
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { digestBytes } from "../../base/digest.ts";
import { AppError } from "../../base/errors.ts";
import type { Digest } from "../../base/ids.ts";
import { Settable } from "../../base/observable.ts";
import type { RoomKey } from "../../document/rooms.ts";
import type { VersionStore } from "../storeVersion.ts";

export interface MemoryStore extends VersionStore {
  readonly rooms: Map<RoomKey, Y.Doc>;
  readonly bytes: Map<Digest, Uint8Array<ArrayBuffer>>;
  /** Whether the server's content has arrived. */
  readonly synced: Settable<boolean>;
  /** How many rooms are open now. */
  opened(): number;
}

export function memoryStore(): MemoryStore {
  const rooms = new Map<RoomKey, Y.Doc>();
  const bytes = new Map<Digest, Uint8Array<ArrayBuffer>>();
  const synced = new Settable(true);
  let open = 0;
  return {
    rooms,
    bytes,
    synced,
    opened: () => open,
    open(room) {
      const doc = rooms.get(room) ?? new Y.Doc();
      rooms.set(room, doc);
      open += 1;
      return Promise.resolve({
        doc,
        awareness: new Awareness(doc),
        synced,
        close: () => void (open -= 1),
      });
    },
    blobs: {
      put(content, mime) {
        const sha256 = digestBytes(content);
        bytes.set(sha256, content);
        return Promise.resolve({ sha256, size: content.length, mime, chunks: [] });
      },
      get(blob) {
        const digest = typeof blob === "string" ? blob : blob.sha256;
        const content = bytes.get(digest);
        return content
          ? Promise.resolve(content)
          : Promise.reject(new AppError({ code: "blob-missing", digest }));
      },
    },
  };
}
