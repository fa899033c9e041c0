/** A member with an editor's token who throws frames, and comes back each time the door is shut. */
import { WebSocket } from "ws";
import type { RoomKey } from "../../lib/document/rooms.ts";
import type { Place } from "../../lib/platform/node/client.ts";
import { DURABLE_PROTOCOL, MESSAGE, TOKEN_PREFIX } from "../../lib/sync/wire.ts";

export interface Thrown {
  frames: number;
  /** How often the server hung up, by what it said. */
  readonly closed: Map<string, number>;
}

/** Throws each frame and waits until the server has read it: it answers the question behind it, or hangs up. */
export async function throwFrames(
  place: Place,
  roomOf: (frame: number) => RoomKey,
  token: () => Promise<string>,
  next: () => Uint8Array | undefined,
  thrown: Thrown,
): Promise<void> {
  let socket: WebSocket | undefined;
  let inside: RoomKey | undefined;
  for (let frame = next(); frame; frame = next()) {
    const room = roomOf(thrown.frames);
    if (room !== inside || socket?.readyState !== WebSocket.OPEN) {
      socket?.terminate();
      socket = await open(place, room, await token());
      inside = room;
    }
    const read = answered(socket, thrown);
    socket.send(frame);
    socket.send(Uint8Array.of(MESSAGE.queryAwareness));
    await read;
    thrown.frames++;
  }
  socket?.terminate();
}

function answered(socket: WebSocket, { closed }: Thrown): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      socket.off("message", hear);
      socket.off("close", end);
      resolve();
    };
    const hear = (data: Buffer): void => {
      if (data[0] === MESSAGE.awareness) stop();
    };
    const end = (code: number, reason: Buffer): void => {
      const said = `${code} ${reason.toString()}`.trim();
      closed.set(said, (closed.get(said) ?? 0) + 1);
      stop();
    };
    socket.on("message", hear);
    socket.on("close", end);
  });
}

function open({ origin, workspace }: Place, room: RoomKey, token: string): Promise<WebSocket> {
  const url = `${origin.replace(/^http/, "ws")}/sync/${workspace}/${room}`;
  const socket = new WebSocket(url, [DURABLE_PROTOCOL, TOKEN_PREFIX + token]);
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.off("error", reject);
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}
