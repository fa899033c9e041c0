/** A websocket that says exactly what a test tells it to, and remembers what it was told. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket } from "ws";
import type { RoomKey } from "../../lib/document/rooms.ts";
import type { Place } from "../../lib/platform/node/client.ts";
import { DURABLE_PROTOCOL, MESSAGE, SYNC, TOKEN_PREFIX } from "../../lib/sync/wire.ts";

export interface RawSocket {
  readonly ws: WebSocket;
  /** How many of this socket's messages are durable, as the server said last. */
  durable(): number;
  denials(): number;
  /** Client ids and states of presence that the server sent. */
  readonly presence: Map<number, unknown>;
  /** Bytes of every update that the server sent, sync steps included. */
  readonly updates: Uint8Array[];
  readonly opened: Promise<void>;
  /** How it ended: "4403 not-a-member". */
  readonly closed: Promise<string>;
  send(bytes: Uint8Array): void;
  step1(stateVector: Uint8Array): void;
  step2(update: Uint8Array): void;
  update(update: Uint8Array): void;
  announce(client: number, clock: number, state: unknown): void;
}

export function openRawSocket(
  { origin, workspace }: Place,
  room: RoomKey | "",
  token: string | undefined,
): RawSocket {
  const protocols = token === undefined ? [] : [DURABLE_PROTOCOL, TOKEN_PREFIX + token];
  const path = `${origin.replace(/^http/, "ws")}/sync/${workspace}/${room}`;
  const ws = new WebSocket(path, protocols);
  const presence = new Map<number, unknown>();
  const updates: Uint8Array[] = [];
  let [durable, denials] = [0, 0];
  ws.on("error", () => undefined);
  ws.on("message", (data: Buffer) => {
    const decoder = decoding.createDecoder(new Uint8Array(data));
    switch (decoding.readVarUint(decoder)) {
      case MESSAGE.sync:
        if (decoding.readVarUint(decoder) !== SYNC.step1)
          updates.push(decoding.readVarUint8Array(decoder));
        return;
      case MESSAGE.awareness:
        readPresence(decoding.readVarUint8Array(decoder), presence);
        return;
      case MESSAGE.auth:
        denials++;
        return;
      case MESSAGE.durable:
        durable = decoding.readVarUint(decoder);
    }
  });
  const send = (bytes: Uint8Array): void => ws.send(bytes);
  const sync = (kind: number, bytes: Uint8Array): void =>
    send(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, MESSAGE.sync);
        encoding.writeVarUint(encoder, kind);
        encoding.writeVarUint8Array(encoder, bytes);
      }),
    );
  return {
    ws,
    durable: () => durable,
    denials: () => denials,
    presence,
    updates,
    opened: new Promise((resolve) => ws.once("open", resolve)),
    closed: new Promise((resolve) =>
      ws.once("close", (code, reason) => resolve(`${code} ${reason.toString()}`.trim())),
    ),
    send,
    step1: (vector) => sync(SYNC.step1, vector),
    step2: (update) => sync(SYNC.step2, update),
    update: (update) => sync(SYNC.update, update),
    announce(client, clock, state) {
      const update = encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, 1);
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarString(encoder, JSON.stringify(state));
      });
      send(
        encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, MESSAGE.awareness);
          encoding.writeVarUint8Array(encoder, update);
        }),
      );
    },
  };
}

function readPresence(update: Uint8Array, presence: Map<number, unknown>): void {
  const decoder = decoding.createDecoder(update);
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    presence.set(client, JSON.parse(decoding.readVarString(decoder)));
  }
}
