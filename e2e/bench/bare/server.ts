/** The stock y-websocket server, as a process of its own that keeps nothing. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import type { Readable } from "node:stream";

export async function startBareServer(): Promise<{ url: string; pid: number; close(): void }> {
  const port = await freePort();
  const main = createRequire(import.meta.url).resolve("@y/websocket-server/package.json");
  const child = spawn(process.execPath, [main.replace("package.json", "src/server.js")], {
    env: { ...process.env, HOST: "127.0.0.1", PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await firstLine(child);
  return {
    url: `ws://127.0.0.1:${port}`,
    pid: child.pid ?? NaN,
    close: () => void child.kill(),
  };
}

/** Resolves when the process has said anything; rejects where it ends before. */
export function firstLine(child: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  return new Promise((said, failed) => {
    child.once("exit", (code) => failed(new Error(`a server ended with code ${code}`)));
    createInterface({ input: child.stdout }).once("line", () => said());
  });
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, "127.0.0.1", listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}
