/** The real server as a process of its own over a folder of its own, to be killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { deliverEntries, type Place } from "../../lib/platform/node/client.ts";
import { type FoundedWorkspace, foundWorkspace } from "../../lib/testing/foundedWorkspace.ts";
import { builtServer } from "./builtServer.ts";

export interface ServerProcess {
  /** As in "http://127.0.0.1:4321". The same after a restart. */
  readonly origin: string;
  readonly data: string;
  readonly pid: number;
  /** What it said on stderr since it was started last. */
  said(): string;
  /** Still there, and never ended by itself. */
  runs(): boolean;
  /** What it ended with by itself; undefined where it has not, or was killed. */
  exitCode(): number | undefined;
  /** Ends it at once, as a power cut would end the process. */
  kill(): Promise<void>;
  /** Ends it as an operator does. */
  stop(): Promise<void>;
  /** Starts it over the same folder and port. Rejects with what it said where it does not come up. */
  start(): Promise<void>;
  /** A workspace that it knows. */
  found(): Promise<FoundedWorkspace & Place>;
  /** The value of one line of /metrics. */
  metric(name: string): Promise<number>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

export interface ProcessOptions {
  /** Somebody else's folder, which stays. */
  readonly data?: string;
  /** More environment variables than this process has. */
  readonly env?: Readonly<Record<string, string>>;
  /** What stands before "node" on the command line. */
  readonly under?: readonly string[];
  readonly node?: readonly string[];
  /** A script and its last argument, to be started in the server's place with a file in the folder. */
  readonly instead?: readonly [string, string];
}

export async function startProcess(options: ProcessOptions = {}): Promise<ServerProcess> {
  const main = await builtServer();
  const data = options.data ?? (await mkdtemp(join(tmpdir(), "ensemble-torture-")));
  let port = 0;
  let child: ChildProcess | undefined;
  let said = "";

  const start = async (): Promise<void> => {
    const serve = options.instead
      ? [options.instead[0], join(data, "small.sqlite"), options.instead[1]]
      : [main, "--port", String(port), "--host", "127.0.0.1", "--data", data];
    const line = [...(options.under ?? []), process.execPath, ...(options.node ?? []), ...serve];
    const started = spawn(line[0] ?? "", line.slice(1), {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
    });
    said = "";
    started.stderr.on("data", (text: Buffer) => (said = (said + text.toString()).slice(-100_000)));
    port = await portOf(started, () => said);
    child = started;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await ended;
    const lacking = /Cannot find module[^"]*|the thread ended/.exec(said)?.[0];
    if (lacking !== undefined) throw new Error(`a thread of the server did not work: ${lacking}`);
  };

  await start();
  const server: ServerProcess = {
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    data,
    get pid() {
      return child?.pid ?? 0;
    },
    said: () => said,
    runs: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    exitCode: () => child?.exitCode ?? undefined,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    start,
    async found() {
      const founded = await foundWorkspace(Date.now);
      const place = Object.assign(founded, { origin: server.origin });
      await deliverEntries(place, founded.log);
      return place;
    },
    async metric(name) {
      const text = await (await fetch(`${server.origin}/metrics`)).text();
      const line = text.split("\n").find((one) => one.startsWith(`${name} `));
      return Number(line?.split(" ")[1] ?? NaN);
    },
    async close() {
      await end("SIGKILL");
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
  return server;
}

function portOf(child: ChildProcess, said: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new NotStarted(said().trim() || `it ended with ${code}`)));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /^Ensemble is at \S+:(\d+)$/.exec(line);
      if (found) resolve(Number(found[1]));
    });
  });
}

/** The server did not come up; the message is what it said. */
export class NotStarted extends Error {}
