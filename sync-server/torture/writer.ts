/**
 * Somebody who writes to a room as fast as is bearable and remembers what was acknowledged as durable: what has
 * to be there afterwards, what must not come back, and what may be either way.
 */
import * as Y from "yjs";
import type { RoomKey } from "../../lib/document/rooms.ts";
import type { Place } from "../../lib/platform/node/client.ts";
import { type RawSocket, openRawSocket } from "../testing/rawSocket.ts";

export interface Writer {
  readonly name: string;
  readonly room: RoomKey;
  readonly socket: RawSocket;
  readonly sent: number;
  acknowledged(): number;
  /** Makes the next edit and sends it. `padding`: so many bytes more. */
  write(padding?: number): void;
  /** Does this edit take away what an earlier one wrote? */
  readonly deletes: (edit: number) => boolean;
  /** What is wrong with what somebody found in the room; empty where nothing is. */
  missing(found: readonly string[]): string[];
}

/** Every so many edits one takes away what an earlier one wrote. */
const DELETES_EVERY = 7;
const DELETES_BEFORE = 4;

/** `name`: in front of everything that it writes, without a dash in it. */
export async function openWriter(
  place: Place,
  room: RoomKey,
  token: string,
  name: string,
): Promise<Writer> {
  const socket = openRawSocket(place, room, token);
  const open = await Promise.race([socket.opened.then(() => true), socket.closed]);
  if (open !== true) throw new Error(`the writer was turned away: ${open}`);
  const doc = new Y.Doc();
  doc.on("update", (update: Uint8Array) => socket.update(update));
  const list = itemsOf(doc);
  let sent = 0;

  const deletes = (edit: number): boolean => edit % DELETES_EVERY === DELETES_EVERY - 1;
  return {
    name,
    room,
    socket,
    get sent() {
      return sent;
    },
    acknowledged: () => socket.durable(),
    deletes,
    write(padding = 0) {
      const edit = sent++;
      if (!deletes(edit)) list.push([`${name}-${edit}${padding ? `-${"x".repeat(padding)}` : ""}`]);
      else list.delete(list.length - DELETES_BEFORE);
    },
    missing(found) {
      const times = new Map<number, number>();
      for (const item of found) {
        const [by, edit] = item.split("-");
        if (by === name) times.set(Number(edit), (times.get(Number(edit)) ?? 0) + 1);
      }
      const wrong: string[] = [];
      for (let edit = 0; edit < sent; edit++) {
        const count = times.get(edit) ?? 0;
        if (count > 1) wrong.push(`${name}-${edit} is there ${count} times`);
        if (edit >= socket.durable()) continue;
        if (deletes(edit)) {
          if ((times.get(edit - DELETES_BEFORE) ?? 0) > 0)
            wrong.push(`${name}-${edit - DELETES_BEFORE} came back`);
        } else if (count === 0 && !(deletes(edit + DELETES_BEFORE) && edit + DELETES_BEFORE < sent))
          wrong.push(`${name}-${edit} is lost`);
      }
      return wrong;
    },
  };
}

export function itemsOf(doc: Y.Doc): Y.Array<string> {
  return doc.getArray<string>("items");
}

/** Keeps at most `window` edits on their way until told to stop. Resolves when it has stopped. */
export async function keepWriting(
  writer: Writer,
  window: number,
  stopped: () => boolean,
  padding = 0,
): Promise<void> {
  while (!stopped() && writer.socket.ws.readyState === writer.socket.ws.OPEN) {
    for (let i = 0; i < 50 && writer.sent - writer.acknowledged() < window; i++)
      writer.write(padding);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
