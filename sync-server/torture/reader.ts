/** Somebody who was never here before: a stock client that reads what the server has, and goes. */
import * as Y from "yjs";
import type { NotebookId } from "../../lib/base/ids.ts";
import type { RoomKey } from "../../lib/document/rooms.ts";
import { type Place, openRoom, signIn } from "../../lib/platform/node/client.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { itemsOf } from "./writer.ts";

/** The room as the server gives it to a stranger to it. Rejects where the server refuses. */
export async function readRoom(place: Place, who: Signer, room: RoomKey): Promise<Y.Doc> {
  const opened = openRoom(place, room, await signIn(place, who), { doc: new Y.Doc() });
  try {
    await opened.synced;
    return opened.doc;
  } finally {
    opened.close();
  }
}

export async function readItems(place: Place, who: Signer, room: RoomKey): Promise<string[]> {
  return itemsOf(await readRoom(place, who, room)).toArray();
}

/** The digit 0 of a room's name: padded with another one, 8 and 268 would be one room. */
const ZERO = "q";

/** The names of rooms that a trial uses. */
export function notebookRoom(number: number): RoomKey {
  const letters = number.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "");
  return `notebook/${letters.padStart(16, ZERO) as NotebookId}`;
}
