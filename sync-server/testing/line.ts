/** The line between a browser and the server: counts what is asked for, and can be cut at any byte. */
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

export interface Line {
  readonly origin: string;
  /** What was asked for since the last look, as in "PUT 3fa9…": whole requests and those that were cut off. */
  asked(method: "HEAD" | "PUT" | "GET"): string[];
  /** Cuts every connection when so many more bytes have gone to the server; then nothing gets through. */
  cutAfter(bytes: number): void;
  readonly isCut: boolean;
  mend(): void;
  close(): Promise<void>;
}

export async function openLine(to: string): Promise<Line> {
  const { port } = new URL(to);
  const sockets = new Set<Socket>();
  let left = Infinity;
  let log: string[] = [];

  const server = createServer((near) => {
    const far = connect(Number(port), "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    if (left <= 0) near.destroy();
    far.pipe(near);
    near.on("data", (data: Buffer) => {
      const head = data.subarray(0, 200).toString("latin1");
      const [, method, digest] =
        /^(HEAD|PUT|GET) \/w\/[a-z2-7]+\/blobs\/([0-9a-f]{64})/.exec(head) ?? [];
      if (method !== undefined) log.push(`${method} ${digest}`);
      const passes = data.subarray(0, left);
      left -= data.length;
      far.write(passes, () => {
        if (left <= 0) for (const socket of sockets) socket.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked(method) {
      const found = log.filter((one) => one.startsWith(`${method} `));
      log = log.filter((one) => !one.startsWith(`${method} `));
      return found.map((one) => one.slice(method.length + 1));
    },
    cutAfter: (bytes) => void (left = bytes),
    get isCut() {
      return left <= 0;
    },
    mend: () => void (left = Infinity),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
