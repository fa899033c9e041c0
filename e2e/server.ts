/** The real server as a process of its own, over a folder of its own, to be killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = resolve(import.meta.dirname, "..");
const main = join(root, "dist/server/main.js");

/** What `npm start` gives to Node, so that what is tried and measured is what people start. */
const nodeFlags = ((): string[] => {
  const text = readFileSync(join(root, "package.json"), "utf8");
  const { scripts } = JSON.parse(text) as { scripts: { start: string } };
  return scripts.start.split(" ").filter((word) => word.startsWith("--"));
})();

export interface Server {
  /** As in "http://localhost:4321". The same after a restart. */
  readonly origin: string;
  readonly data: string;
  /** Of the process that runs now; NaN where none does. */
  readonly pid: number;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again over the same folder and port; does nothing where it runs. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

export async function startServer(): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "ensemble-story-"));
  let port = 0;
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    if (child) return;
    const started = spawn(
      process.execPath,
      [...nodeFlags, main, "--port", String(port), "--host", "127.0.0.1", "--data", data],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    child = started;
    port = await portOf(started);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await ended;
  };

  await start();
  return {
    get origin() {
      return `http://localhost:${port}`;
    },
    data,
    get pid() {
      return child?.pid ?? NaN;
    },
    kill: () => end("SIGKILL"),
    start,
    async close() {
      await end("SIGTERM");
      await rm(data, { recursive: true, force: true });
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the server ended with code ${code}`)));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /^Ensemble is at \S+:(\d+)$/.exec(line);
      if (found) resolve(Number(found[1]));
    });
  });
}
