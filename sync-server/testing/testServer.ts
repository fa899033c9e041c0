/** A whole server in this process, on a port of its own over a folder of its own, and people who use it. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RoomKey } from "../../lib/document/rooms.ts";
import {
  type NodeRoom,
  type Place,
  deliverEntries,
  openRoom,
  signIn,
} from "../../lib/platform/node/client.ts";
import { type FoundedWorkspace, foundWorkspace } from "../../lib/testing/foundedWorkspace.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import type { Bus } from "../bus/bus.ts";
import type { Limits } from "../limits.ts";
import { type RunningServer, startServer } from "../server.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../stores/store.ts";
import { openLocalStore } from "./localStore.ts";

export interface Logged {
  readonly level: "info" | "warn" | "error" | "fatal";
  /** Facts and a sentence, as they were handed to the log. */
  readonly said: readonly unknown[];
}

export interface TestServer {
  readonly origin: string;
  readonly folder: string;
  /** Everything that the server put into its log. */
  readonly logged: readonly Logged[];
  /** A workspace that this server knows. */
  found(): Promise<FoundedWorkspace & Place>;
  /** Opens a room as somebody; closed with the server. */
  enter(place: Place, who: Signer, room?: RoomKey, durable?: boolean): Promise<NodeRoom>;
  /** Stops the server, and starts another over the same folder and port. */
  restart(): Promise<void>;
  /** Stops the server, as `start` starts it again. */
  stop(): Promise<void>;
  /** Stops the server and takes its data away. */
  wipe(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface TestOptions {
  readonly settings?: Partial<Settings>;
  readonly limits?: Partial<Limits>;
  /** Where it keeps everything, gone with it; a new one where it is not said. */
  readonly folder?: string;
  /** Puts something between the server and its store. */
  readonly wrap?: (store: Store) => Store;
  /** Makes it a node among others, over one store. */
  readonly node?: { readonly bus: Bus; readonly store: Store };
}

export async function startTestServer(options: TestOptions = {}): Promise<TestServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "ensemble-")));
  const logged: Logged[] = [];
  const note =
    (level: Logged["level"]) =>
    (...said: unknown[]): void =>
      void logged.push({ level, said });
  const rooms: NodeRoom[] = [];
  const { wrap = (store) => store } = options;

  const start = (port: number): Promise<RunningServer> =>
    startServer(
      {
        port,
        host: "127.0.0.1",
        data: folder,
        https: false,
        registerToken: undefined,
        logLevel: "info",
        trustHeader: undefined,
        trustedProxies: [],
        postgres: undefined,
        redis: undefined,
        ...options.settings,
      },
      {
        appFolder: join(folder, "app"),
        log: { info: note("info"), warn: note("warn"), error: note("error"), fatal: note("fatal") },
        openStore: async (path) => wrap(options.node?.store ?? (await openLocalStore(path))),
        ...(options.node ? { openBus: () => options.node!.bus } : {}),
        ...(options.limits ? { limits: options.limits } : {}),
      },
    );
  let running = await start(0);
  const { port } = running;
  let stopped = false;
  const origin = `http://127.0.0.1:${port}`;

  return {
    origin,
    folder,
    logged,
    async found() {
      const founded = await foundWorkspace(Date.now);
      await deliverEntries({ origin, workspace: founded.workspace }, founded.log);
      return Object.assign(founded, { origin });
    },
    async enter(place, who, room = "index", durable = false) {
      const opened = openRoom(place, room, await signIn(place, who), { durable });
      rooms.push(opened);
      return opened;
    },
    async restart() {
      await running.close();
      running = await start(port);
    },
    async stop() {
      stopped = true;
      await running.close();
    },
    async wipe() {
      stopped = true;
      await running.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
      await mkdir(folder);
    },
    async start() {
      running = await start(port);
      stopped = false;
    },
    async close() {
      for (const room of rooms) room.close();
      if (!stopped) await running.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

/** Resolves when the condition holds; rejects where it does not within some seconds, or `ms` milliseconds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = "",
  ms = 20_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it never came true: ${what || holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
