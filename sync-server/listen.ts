/** Listening on a port, with every usual reason why it fails in a sentence of its own. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Settings } from "./settings.ts";
import { StartProblem } from "./startProblem.ts";

/** Gives back the port, which the system chose where 0 was asked for. */
export function listen(
  server: Server,
  { port, host }: Pick<Settings, "port" | "host">,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new StartProblem(sentences(port, host)[error.code ?? ""] ?? error.message));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function sentences(port: number, host: string): Readonly<Record<string, string>> {
  const unknown = `This machine has no address ${host} to listen on. Leave --host out to listen on all of its addresses.`;
  return {
    EADDRINUSE: `Port ${port} is in use. Stop what uses it, or choose another: npm start -- --port ${port + 1}`,
    EACCES: `This user may not listen on port ${port}. Choose one above 1023: npm start -- --port 4321`,
    EADDRNOTAVAIL: unknown,
    ENOTFOUND: unknown,
    EAI_AGAIN: unknown,
  };
}
