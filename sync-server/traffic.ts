/** Counts the bytes of all connections of a server, as the network carries them. */
import type { Server } from "node:http";
import type { Socket } from "node:net";

export interface Traffic {
  total(): { readonly in: number; readonly out: number };
}

export function countTraffic(server: Server): Traffic {
  const open = new Set<Socket>();
  const ended = { in: 0, out: 0 };
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      ended.in += socket.bytesRead;
      ended.out += socket.bytesWritten;
    });
  });
  return {
    total() {
      const total = { ...ended };
      for (const socket of open) {
        total.in += socket.bytesRead;
        total.out += socket.bytesWritten;
      }
      return total;
    },
  };
}
