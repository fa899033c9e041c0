/** The servers that are measured, each a process of its own on loopback. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { encodeBase64url } from "../../../lib/base/base64url.ts";
import type { WorkspaceId } from "../../../lib/base/ids.ts";
import { deliverEntries, signIn } from "../../../lib/platform/node/client.ts";
import { generateDeviceKey, signerOf } from "../../../lib/platform/webcrypto.ts";
import { DURABLE_PROTOCOL, TOKEN_PREFIX } from "../../../lib/sync/wire.ts";
import { signEntry } from "../../../lib/workspace/entry.ts";
import { workspaceIdOf } from "../../../lib/workspace/workspaceId.ts";
import { startServer } from "../../server.ts";
import { firstLine, freePort, startBareServer } from "../bare/server.ts";
import type { Door } from "./client.ts";
import { type Dialect, hocuspocus, yWebsocket } from "./dialect.ts";

export interface Running {
  readonly pid: number;
  readonly dialect: Dialect;
  /** The way to rooms. Asked for anew by each group of clients, since tokens expire. */
  doors(): Promise<(room: string) => Door>;
  /** Ends it at once, and starts it again over what it has kept. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  start(): Promise<Running>;
}

/** The numbered room, by a name that every server takes. */
export function roomOf(number: number): string {
  const letters = [...String(number)].map((digit) => "abcdefghij"[Number(digit)] ?? "").join("");
  return `notebook/${letters.padStart(16, "q")}`;
}

export const ensemble: Contender = {
  name: "Ensemble",
  async start() {
    const server = await startServer();
    const device = await signerOf(await generateDeviceKey());
    const world = { now: Date.now, randomBytes };
    const salt = encodeBase64url(randomBytes(12));
    const workspace = workspaceIdOf(device.publicKey, salt);
    const founded = await signEntry(world, device, workspace, {
      kind: "genesis",
      salt,
      name: "Mira",
    });
    // The address as it is: the system's own look-up of a name is no part of a server.
    const origin = (): string => server.origin.replace("localhost", "127.0.0.1");
    const place = (): { origin: string; workspace: WorkspaceId } => ({
      origin: origin(),
      workspace,
    });
    await deliverEntries(place(), [founded]);
    return {
      get pid() {
        return server.pid;
      },
      dialect: yWebsocket,
      async doors() {
        const { token } = await signIn(place(), device);
        const protocols = [DURABLE_PROTOCOL, TOKEN_PREFIX + token];
        const url = `${origin().replace("http", "ws")}/sync/${workspace}/`;
        return (room) => ({ url: url + room, protocols });
      },
      async restart() {
        await server.kill();
        await server.start();
      },
      close: () => server.close(),
    };
  },
};

export const bareServer: Contender = {
  name: "@y/websocket-server",
  async start() {
    const bare = await startBareServer();
    const { url, pid } = bare;
    return {
      pid,
      dialect: yWebsocket,
      doors: () => Promise.resolve((room) => ({ url: `${url}/${room}`, protocols: [] })),
      restart: () => Promise.reject(new Error("it keeps nothing")),
      close: () => Promise.resolve(bare.close()),
    };
  },
};

export const hocuspocusServer: Contender = {
  name: "Hocuspocus",
  start: () => startHocuspocus(undefined),
};

export const hocuspocusSqlite: Contender = {
  name: "Hocuspocus with SQLite",
  async start() {
    const folder = await mkdtemp(join(tmpdir(), "ensemble-bench-"));
    const running = await startHocuspocus(join(folder, "documents.sqlite"));
    return {
      ...running,
      async close() {
        await running.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

const peers = resolve(import.meta.dirname, "../peers");

/** Installs what only this benchmark needs. Its SQLite is compiled on machines for which there is no build. */
export function installPeers(): void {
  if (existsSync(join(peers, "node_modules/@hocuspocus/server"))) return;
  console.log(
    "  installing Hocuspocus into e2e/bench/peers; this is done once, and may take minutes",
  );
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--prefix", peers], {
    cwd: peers,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0)
    throw new Error("Hocuspocus could not be installed: npm ci --prefix e2e/bench/peers says why");
}

async function startHocuspocus(database: string | undefined): Promise<Running> {
  const port = await freePort();
  const main = join(peers, "hocuspocus.js");
  const args = [main, String(port), ...(database === undefined ? [] : [database])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((exited) => child.once("exit", exited));
  await firstLine(child);
  return {
    pid: child.pid ?? NaN,
    dialect: hocuspocus,
    doors: () => Promise.resolve(() => ({ url: `ws://127.0.0.1:${port}`, protocols: [] })),
    restart: () => Promise.reject(new Error("its restart is not measured")),
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}
