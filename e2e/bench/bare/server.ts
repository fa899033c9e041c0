/** The stock y-websocket server, as a process of its own that keeps nothing. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";

export async function startBareServer(): Promise<{ url: string; close(): void }> {
  const port = await freePort();
  const main = createRequire(import.meta.url).resolve("@y/websocket-server/package.json");
  const child = spawn(process.execPath, [main.replace("package.json", "src/server.js")], {
    env: { ...process.env, HOST: "127.0.0.1", PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((running) => {
    createInterface({ input: child.stdout }).once("line", () => running());
  });
  return { url: `ws://127.0.0.1:${port}`, close: () => void child.kill() };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, "127.0.0.1", listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}
