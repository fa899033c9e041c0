/** What stands in front of several nodes: each connection goes to the first of them that takes it. */
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

export interface Balancer {
  readonly origin: string;
  close(): Promise<void>;
}

/** `origins`: of the nodes, the preferred one first. */
export async function openBalancer(origins: readonly string[]): Promise<Balancer> {
  const ports = origins.map((origin) => Number(new URL(origin).port));
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.on("error", () => client.destroy());
    client.on("close", () => open.delete(client));
    const dial = ([port, ...others]: readonly number[]): void => {
      if (port === undefined) return void client.destroy();
      const node = connect(port, "127.0.0.1");
      node.once("connect", () => {
        node.off("error", next);
        node.on("error", () => client.destroy());
        client.on("close", () => node.destroy());
        node.on("close", () => client.destroy());
        client.pipe(node).pipe(client);
      });
      const next = (): void => dial(others);
      node.once("error", next);
    };
    dial(ports);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
