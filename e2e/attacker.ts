/** Somebody who listens, over HTTP, WebSocket and UDP, for what should never get out of a cell. */
import { type Socket, createSocket } from "node:dgram";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

export interface Attacker {
  /** "127.0.0.1:4321" */
  readonly http: string;
  /** Ports for datagrams. */
  readonly udp: number;
  readonly quic: number;
  /** Everything that was heard: "arm/name of the attack", "udp" or "quic". */
  readonly heard: Set<string>;
  close(): Promise<void>;
}

export async function startAttacker(): Promise<Attacker> {
  const heard = new Set<string>();
  const take = (path: string | undefined): void => {
    if (path !== undefined && path !== "/")
      heard.add(decodeURIComponent(path.slice(1).replace(/\?.*/, "")));
  };
  const web = createServer((request, response) => {
    if (request.method !== "OPTIONS" || request.url !== "/") take(request.url);
    const events = request.headers.accept === "text/event-stream";
    const script = request.url !== "/";
    response.writeHead(200, {
      "access-control-allow-origin": request.headers.origin ?? "*",
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": "*, x-secret",
      "access-control-allow-methods": "*, PUT",
      "content-type": events
        ? "text/event-stream"
        : script
          ? "text/javascript"
          : "text/html; charset=utf-8",
    });
    if (events) response.write("data: 1\n\n");
    else response.end(script ? "self.postMessage?.(1);" : "<!doctype html><title>attacker</title>");
  });
  const sockets = new WebSocketServer({ server: web });
  sockets.on("connection", (_socket, request) => take(request.url));
  const [udp, quic] = (["udp", "quic"] as const).map((name) => {
    const socket = createSocket("udp4");
    socket.on("message", () => heard.add(name));
    return socket;
  }) as [Socket, Socket];
  await Promise.all([
    new Promise<void>((listening) => web.listen(0, "127.0.0.1", listening)),
    ...[udp, quic].map(
      (one) => new Promise<void>((listening) => one.bind(0, "127.0.0.1", listening)),
    ),
  ]);
  return {
    http: `127.0.0.1:${(web.address() as AddressInfo).port}`,
    udp: udp.address().port,
    quic: quic.address().port,
    heard,
    async close() {
      udp.close();
      quic.close();
      sockets.close();
      web.closeAllConnections();
      await new Promise((closed) => web.close(closed));
    },
  };
}
