/** Websockets: the way of bytes between a socket and its room. */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import {
  CLOSE,
  DURABLE_PROTOCOL,
  SIGN_OF_LIFE,
  encodeMembershipChanged,
} from "../lib/sync/wire.ts";
import { memberOf } from "../lib/workspace/membership.ts";
import type { Role } from "../lib/workspace/session.ts";
import type { Access, SignedIn } from "./access.ts";
import { addressOf } from "./addresses.ts";
import { type Admitted, admit } from "./admission.ts";
import { flowOf } from "./flow.ts";
import { limits } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { gather } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { Rooms } from "./rooms.ts";

const PATH = "/sync/";

export interface Sockets {
  readonly count: number;
  close(code: number, reason: string): Promise<void>;
}

export function acceptSockets(
  server: Server,
  access: Access,
  rooms: Rooms,
  meter: Meter,
  maxPerAddress: number,
): Sockets {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) =>
      offered.has(DURABLE_PROTOCOL) ? DURABLE_PROTOCOL : ([...offered][0] ?? false),
  });
  const perAddress = new Map<string, number>();
  const inside = new Map<string, Set<SignedIn & { peer: Peer }>>();
  const unanswered = new WeakSet<WebSocket>();
  let closing = false;

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const name = roomOf(request.url);
    const address = addressOf(request);
    const open = perAddress.get(address) ?? 0;
    if (name === undefined) return turnAway(socket, "404 Not Found");
    if (closing) return turnAway(socket, "503 Service Unavailable");
    if (open >= maxPerAddress) {
      meter.refused("too-many-sockets");
      return turnAway(socket, "429 Too Many Requests");
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
      ws.on("close", () => {
        const left = (perAddress.get(address) ?? 1) - 1;
        if (left > 0) perAddress.set(address, left);
        else perAddress.delete(address);
      });
      serve(ws, socket, name, protocolsOf(request));
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
    ws.on("error", () => ws.terminate());
    ws.pause();

    const refuse = (code: number, reason: string): void => {
      meter.refused(reason);
      ws.resume(); // the other side's goodbye has to be read
      ws.close(code, reason);
    };

    admit(access, rooms, name, protocols).then(
      (found) => {
        if (!found.ok) refuse(found.code, found.reason);
        else if (ws.readyState !== WebSocket.OPEN) found.held.release();
        else {
          take = enter(ws, socket, found);
          ws.resume();
          for (const bytes of early) take(bytes);
        }
      },
      () => refuse(CLOSE.tryLater, "try-later"),
    );
  }

  /** Lets the socket in; gives back what to do with its messages. */
  function enter(
    ws: WebSocket,
    socket: Duplex,
    { who, wantsDurable, held }: Admitted,
  ): (bytes: Buffer) => void {
    const { room } = held;
    const flow = flowOf(ws);
    const refuse = (code: number, reason: string): void => {
      meter.refused(reason);
      ws.close(code, reason);
    };
    const peer: Peer = {
      member: who.member.id,
      wantsDurable,
      mayWrite: mayWrite(who.member.role),
      clients: new Set(),
      send(message) {
        if (ws.readyState !== WebSocket.OPEN) return;
        if (ws.bufferedAmount > limits.bufferedBytes) return refuse(CLOSE.tryLater, "too-slow");
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
      if (ws.readyState !== WebSocket.OPEN) return;
      flow.count();
      meter.received(bytes.length);
      const received = room.receive(peer, bytes);
      if (received === "malformed") refuse(CLOSE.malformed, received);
      if (received === "too-big") refuse(CLOSE.tooBig, received);
    };
  }

  return {
    get count() {
      return sockets.clients.size;
    },
    async close(code, reason) {
      closing = true;
      clearInterval(heartbeat);
      await rooms.close(code, reason);
      for (const ws of sockets.clients) ws.close(code, reason);
      sockets.close();
    },
  };
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
