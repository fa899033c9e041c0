/** The rooms and blobs of a workspace in memory, for one member, for tests that need nothing else of a session. */
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { digestBytes } from "../base/digest.ts";
import type { Digest, MemberId } from "../base/ids.ts";
import { Settable } from "../base/observable.ts";
import type { RoomKey } from "../document/rooms.ts";
import type { Member, WorkspaceSession } from "../workspace/session.ts";

export interface MemoryRooms extends Pick<WorkspaceSession, "open" | "blobs" | "me"> {
  doc(room: RoomKey): Y.Doc;
  /** How many of its openers have not closed it. */
  held(room: RoomKey): number;
  readonly stored: Map<Digest, Uint8Array<ArrayBuffer>>;
}

export function memoryRooms(
  member: Member = { id: "mira" as MemberId, name: "Mira", role: "editor" },
): MemoryRooms {
  const docs = new Map<RoomKey, Y.Doc>();
  const holders = new Map<RoomKey, number>();
  const stored = new Map<Digest, Uint8Array<ArrayBuffer>>();
  const doc = (room: RoomKey): Y.Doc => {
    const known = docs.get(room) ?? new Y.Doc();
    docs.set(room, known);
    return known;
  };
  const hold = (room: RoomKey, by: number): void =>
    void holders.set(room, (holders.get(room) ?? 0) + by);
  return {
    doc,
    stored,
    held: (room) => holders.get(room) ?? 0,
    me: new Settable(member),
    open(room) {
      hold(room, 1);
      return Promise.resolve({
        doc: doc(room),
        awareness: new Awareness(doc(room)),
        synced: new Settable(true),
        close: () => hold(room, -1),
      });
    },
    blobs: {
      put(bytes, mime) {
        const sha256 = digestBytes(bytes);
        stored.set(sha256, bytes);
        return Promise.resolve({ sha256, size: bytes.length, mime, chunks: [sha256] });
      },
      get(blob) {
        const bytes = stored.get(typeof blob === "string" ? blob : blob.sha256);
        return bytes ? Promise.resolve(bytes) : Promise.reject(new Error("no such blob"));
      },
    },
  };
}
