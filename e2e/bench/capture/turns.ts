/** Bundles what a turn runs, so that Node alone runs it, and starts a process for each. */
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "vite";
import type { Task, Turn } from "./task.ts";

const root = resolve(import.meta.dirname, "../../..");

export interface Turns {
  take(task: Task): Promise<Turn>;
  close(): Promise<void>;
}

export async function prepareTurns(): Promise<Turns> {
  // Beside the packages, which Node looks for from there upwards.
  const folder = await mkdtemp(join(root, "node_modules/.capture-"));
  await build({
    configFile: false,
    root,
    logLevel: "error",
    build: {
      ssr: join(import.meta.dirname, "process.ts"),
      outDir: folder,
      emptyOutDir: false,
      target: "node20",
    },
  });
  return {
    take: (task) => takenBy(join(folder, "process.js"), task),
    close: () => rm(folder, { recursive: true }),
  };
}

/** What TensorFlow.js and Dawn have to say beside is shown only where the turn fails. */
function takenBy(file: string, task: Task): Promise<Turn> {
  const child = fork(file, { execArgv: ["--expose-gc"], silent: true, cwd: root });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (text: Buffer) => said.length < 100 && said.push(text.toString()));
  return new Promise((found, failed) => {
    const fail = (why: string): void =>
      failed(new Error(`${why}\n${said.join("").slice(0, 4000)}`));
    child.once("exit", (code) => fail(`${task.model} ended with code ${code}`));
    child.once("message", (message: { turn: Turn } | { failed: string }) =>
      "turn" in message ? found(message.turn) : fail(`${task.model}: ${message.failed}`),
    );
    child.send(task);
  });
}
