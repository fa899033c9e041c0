/** The network between one client and a server: it can be cut and mended, and counts what goes up. */
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

export interface Wire {
  /** What the client takes for the server. */
  readonly origin: string;
  readonly cut: () => void;
  readonly mend: () => void;
  /** Calls once when so many more bytes have gone up: the last of them is the last that arrives. */
  after(bytes: number, then: () => void): void;
  readonly up: number;
  close(): Promise<void>;
}

/** `to`: the server's origin, asked anew for each connection. */
export async function openWire(to: () => string): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let up = 0;
  let planned: { left: number; then: () => void } | undefined;

  const passUp = (bytes: Buffer, server: Socket): void => {
    const part = planned && planned.left < bytes.length ? bytes.subarray(0, planned.left) : bytes;
    up += part.length;
    server.write(part);
    if (!planned) return;
    planned.left -= part.length;
    if (planned.left > 0) return;
    const { then } = planned;
    planned = undefined;
    then();
  };
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const { hostname, port } = new URL(to());
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    client.on("data", (bytes) => passUp(bytes, far));
    far.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    cut,
    mend: () => void (isCut = false),
    after: (left, then) => void (planned = { left, then }),
    get up() {
      return up;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
