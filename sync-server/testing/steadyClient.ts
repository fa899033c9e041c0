/**
 * A stock y-websocket client that writes numbers to a list of its own in a room, comes back by itself whenever it is
 * cut off, and remembers how much of it was acknowledged as durable.
 */
import * as decoding from "lib0/decoding";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { type RoomKey, roomName } from "../../lib/document/rooms.ts";
import type { Place } from "../../lib/platform/node/client.ts";
import { DURABLE_PROTOCOL, MESSAGE, SYNC, TOKEN_PREFIX } from "../../lib/sync/wire.ts";

export interface SteadyClient {
  readonly name: string;
  readonly room: RoomKey;
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** Writes the next number. */
  write(): void;
  readonly written: number;
  /** How many of the numbers the server has said to be durable; 0 for a client that does not ask. */
  readonly acknowledged: number;
  /** What is wrong with a document that should hold so many of its numbers. */
  wrongIn(doc: Y.Doc, count: number): string[];
  close(): void;
}

export function openSteadyClient(
  { origin, workspace }: Place,
  room: RoomKey,
  token: string,
  name: string,
  durable: boolean,
): SteadyClient {
  const doc = new Y.Doc();
  const list = doc.getArray<number>(name);
  let acknowledged = 0;
  /** For each message with content on this connection, how many numbers the server has once that is durable. */
  let sent: number[] = [];
  let whole = false;

  class Watched extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      [sent, whole] = [[], false];
    }
    override send(data: Parameters<WebSocket["send"]>[0]): void {
      if (data instanceof Uint8Array && data[0] === MESSAGE.sync && data[1] !== SYNC.step1) {
        // Before the server has what was written while it was away, a single number says nothing of the rest.
        whole ||= data[1] === SYNC.step2;
        sent.push(whole ? list.length : 0);
      }
      super.send(data);
    }
  }

  const server = `${origin.replace(/^http/, "ws")}/sync`;
  const provider = new WebsocketProvider(server, roomName(workspace, room), doc, {
    WebSocketPolyfill: Watched as unknown as typeof globalThis.WebSocket,
    protocols: [...(durable ? [DURABLE_PROTOCOL] : []), TOKEN_PREFIX + token],
    disableBc: true,
  });
  provider.messageHandlers[MESSAGE.durable] = (_, decoder) => {
    acknowledged = Math.max(acknowledged, sent[decoding.readVarUint(decoder) - 1] ?? 0);
  };
  provider.messageHandlers[MESSAGE.membership] = () => undefined;

  return {
    name,
    room,
    doc,
    provider,
    write: () => list.push([list.length]),
    get written() {
      return list.length;
    },
    get acknowledged() {
      return acknowledged;
    },
    wrongIn(stored, count) {
      const numbers = stored.getArray<number>(name).toArray();
      const wrong = numbers.flatMap((number, i) =>
        number === i ? [] : [`${name}: ${number} stands in the place of ${i}`],
      );
      if (numbers.length < count)
        wrong.push(`${name}: ${count} were acknowledged, ${numbers.length} are there`);
      return wrong;
    },
    close: () => provider.destroy(),
  };
}
