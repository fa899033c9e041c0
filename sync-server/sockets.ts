/** Websockets: the way of bytes between a socket and its room. */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { type RefusalCode, closeReason } from "../lib/sync/refusals.ts";
import {
  CLOSE,
  DURABLE_PROTOCOL,
  SIGN_OF_LIFE,
  encodeMembershipChanged,
} from "../lib/sync/wire.ts";
import { assertNever } from "../lib/base/assertNever.ts";
import { memberOf } from "../lib/workspace/membership.ts";
import type { Role } from "../lib/workspace/session.ts";
import type { Access, SignedIn } from "./access.ts";
import { addressOf } from "./addresses.ts";
import { type Admitted, admit } from "./admission.ts";
import { flowOf } from "./flow.ts";
import type { Limits } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { gather } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { Rooms } from "./rooms.ts";
import { Tally } from "./tally.ts";
import { within } from "./within.ts";

const PATH = "/sync/";

export interface Sockets {
  readonly count: number;
  /** How many members have a socket, counted in each workspace. */
  readonly members: number;
  /** Takes nothing more, acknowledges what it has taken, and tells everybody to come back. */
  close(): Promise<void>;
}

export function acceptSockets(
  server: Server,
  access: Access,
  rooms: Rooms,
  meter: Meter,
  limits: Limits,
): Sockets {
  /** Says why, where the socket itself has to close because of a frame that is too long. */
  class SayingSocket extends WebSocket {
    override close(code?: number, reason?: string | Buffer): void {
      if (code !== CLOSE.tooBig || reason !== undefined) return super.close(code, reason);
      meter.refused("frame-too-big");
      super.close(code, closeReason("frame-too-big", limits.frameBytes));
    }
  }
  const sockets = new WebSocketServer({
    noServer: true,
    WebSocket: SayingSocket,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) =>
      offered.has(DURABLE_PROTOCOL) ? DURABLE_PROTOCOL : ([...offered][0] ?? false),
  });
  const perAddress = new Tally();
  const told = new Tally();
  const perDevice = new Tally();
  const inside = new Map<string, Set<SignedIn & { peer: Peer }>>();
  const unanswered = new WeakSet<WebSocket>();
  let closing = false;

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const name = roomOf(request.url);
    const address = addressOf(request);
    if (name === undefined) return turnAway(socket, "404 Not Found");
    if (closing) return turnAway(socket, "503 Service Unavailable");
    const tooMany = perAddress.of(address) >= limits.socketsPerAddress;
    if (tooMany && told.of(address) >= limits.toldPerAddress) {
      meter.refused("too-many-sockets");
      return turnAway(socket, "429 Too Many Requests");
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const leave = (tooMany ? told : perAddress).add(address);
      ws.on("close", leave);
      // A page never learns the status of a handshake that failed: so it is let in, to be told.
      if (tooMany) refuseAtDoor(ws, "too-many-sockets", limits.socketsPerAddress);
      else serve(ws, socket, name, protocolsOf(request));
    });
  });

  // The role counts from the moment it changes, on open connections too.
  access.onChange((membership) => {
    for (const one of inside.get(membership.workspace) ?? []) {
      const member = memberOf(membership, one.key);
      if (!member) one.peer.close(CLOSE.notAMember, "not-a-member");
      else {
        one.peer.mayWrite = mayWrite(member.role);
        if (one.peer.wantsDurable) one.peer.send(encodeMembershipChanged());
      }
    }
  });

  const heartbeat = setInterval(() => {
    for (const ws of sockets.clients) {
      if (unanswered.has(ws)) ws.terminate();
      else {
        unanswered.add(ws);
        ws.ping();
        ws.send(SIGN_OF_LIFE); // what browsers answer pings with, their pages do not see
      }
    }
  }, limits.pingMs).unref();

  function serve(ws: WebSocket, socket: Duplex, name: string, protocols: readonly string[]): void {
    // Nothing is read before the door is open. What came in the same breath as the greeting waits.
    const early: Buffer[] = [];
    let take = (bytes: Buffer): void => void early.push(bytes);
    ws.binaryType = "nodebuffer";
    ws.on("message", (data: RawData) => take(data as Buffer));
    ws.on("pong", () => unanswered.delete(ws));
    ws.on("error", () => {
      if (ws.readyState !== WebSocket.CLOSING) ws.terminate();
    });
    ws.pause();

    const refuse = (code: number, reason: RefusalCode): void => {
      meter.refused(reason);
      ws.resume(); // the other side's goodbye has to be read
      ws.close(code, reason);
    };

    admit(access, rooms, name, protocols)
      .then(
        (found) => {
          if (!found.ok) refuse(found.code, found.reason);
          else if (ws.readyState !== WebSocket.OPEN) found.held.release();
          else if (perDevice.of(deviceOf(found.who)) >= limits.roomsPerDevice) {
            found.held.release();
            ws.resume();
            refuseAtDoor(ws, "too-many-rooms", limits.roomsPerDevice);
          } else {
            ws.on("close", perDevice.add(deviceOf(found.who)));
            take = enter(ws, socket, found);
            ws.resume();
            for (const bytes of early) take(bytes);
          }
        },
        () => refuse(CLOSE.tryLater, "try-later"),
      )
      .catch(() => ws.terminate());
  }

  function refuseAtDoor(ws: WebSocket, reason: RefusalCode, limit: number): void {
    ws.on("error", () => ws.terminate());
    meter.refused(reason);
    ws.close(CLOSE.tryLater, closeReason(reason, limit));
  }

  /** Lets the socket in; gives back what to do with its messages. */
  function enter(
    ws: WebSocket,
    socket: Duplex,
    { who, wantsDurable, held }: Admitted,
  ): (bytes: Buffer) => void {
    const { room } = held;
    const flow = flowOf(ws);
    const refuse = (code: number, reason: RefusalCode, limit?: number): void => {
      meter.refused(reason);
      ws.close(code, closeReason(reason, limit));
    };
    const peer: Peer = {
      member: who.member.id,
      wantsDurable,
      mayWrite: mayWrite(who.member.role),
      clients: new Set(),
      send(message) {
        if (ws.readyState !== WebSocket.OPEN) return;
        if (ws.bufferedAmount > limits.bufferedBytes)
          return refuse(CLOSE.tryLater, "too-slow", limits.bufferedBytes);
        meter.sent(message.length);
        gather(socket);
        ws.send(message);
      },
      close: (code, reason) => ws.close(code, reason),
      hold: (bytes) => flow.hold(bytes),
      release: (bytes) => flow.release(bytes),
    };
    const here = { ...who, peer };
    const { workspace } = who;
    const inWorkspace = inside.get(workspace) ?? new Set();
    inside.set(workspace, inWorkspace.add(here));
    ws.on("close", () => {
      flow.end();
      room.leave(peer);
      held.release();
      inWorkspace.delete(here);
      if (inWorkspace.size === 0 && inside.get(workspace) === inWorkspace) inside.delete(workspace);
    });
    room.join(peer);

    return (bytes) => {
      // A server that stops takes nothing more: it is not acknowledged, and comes again.
      if (closing || ws.readyState !== WebSocket.OPEN) return;
      flow.count();
      meter.received(bytes.length);
      const received = room.receive(peer, bytes);
      switch (received) {
        case "ok":
          return;
        case "malformed":
          return refuse(CLOSE.malformed, received);
        case "presence-too-big":
          return refuse(CLOSE.tooBig, received, limits.awarenessBytes);
        case "room-too-big":
          return refuse(CLOSE.tooBig, received, limits.roomBytes);
        case "try-later":
          return refuse(CLOSE.tryLater, received);
        default:
          return assertNever(received);
      }
    };
  }

  return {
    get count() {
      return sockets.clients.size;
    },
    get members() {
      let count = 0;
      for (const here of inside.values())
        count += new Set([...here].map(({ member }) => member.id)).size;
      return count;
    },
    async close() {
      closing = true;
      clearInterval(heartbeat);
      await rooms.close(CLOSE.goingAway, closeReason("going-away"), limits.stopMs);
      const left = [...sockets.clients].map(
        (ws) => new Promise((resolve) => ws.once("close", resolve)),
      );
      for (const ws of sockets.clients) {
        ws.resume(); // the other side's goodbye has to be read
        ws.close(CLOSE.goingAway, closeReason("going-away"));
      }
      await within(limits.leaveMs, Promise.all(left));
      for (const ws of sockets.clients) ws.terminate();
      sockets.close();
    },
  };
}

/** A device's key, in one workspace. */
function deviceOf({ workspace, key }: SignedIn): string {
  return `${workspace}/${key}`;
}

function mayWrite(role: Role): boolean {
  return role !== "viewer";
}

/** The room's name in a request's path, or undefined where the path is for something else. */
function roomOf(url: string | undefined): string | undefined {
  try {
    const { pathname } = new URL(`http://localhost${url ?? ""}`);
    return pathname.startsWith(PATH) ? decodeURIComponent(pathname.slice(PATH.length)) : undefined;
  } catch {
    return undefined;
  }
}

function turnAway(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function protocolsOf(request: IncomingMessage): string[] {
  return (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
}
