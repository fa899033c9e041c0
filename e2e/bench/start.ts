/** How long `npm start` takes on a built checkout until it answers. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { described, reached, record, roundsOf, spread } from "./figures.ts";

const ROUNDS = roundsOf(7);
const root = resolve(import.meta.dirname, "../..");

export async function measure(): Promise<boolean> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await startOnce());
  const start = spread(times);
  console.log(`  npm start until /healthz answers: ${described(start)}`);
  await record("start", { unit: "ms", start });
  return reached("npm start until it serves", start.median / 1000, 3, " s");
}

async function startOnce(): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), "ensemble-bench-"));
  const began = performance.now();
  const child = spawn("npm", ["start", "--silent", "--", "--port", "0", "--data", data], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    detached: process.platform !== "win32",
    shell: process.platform === "win32",
  });
  try {
    const origin = await new Promise<string>((found, failed) => {
      child.once("exit", (code) => failed(new Error(`npm start ended with code ${code}`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const said = /^Ensemble is at (\S+)$/.exec(line)?.[1];
        if (said !== undefined) found(said);
      });
    });
    const answer = await fetch(`${origin}/healthz`);
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return performance.now() - began;
  } finally {
    const ended = new Promise((exited) => child.once("exit", exited));
    if (child.pid !== undefined && process.platform !== "win32")
      process.kill(-child.pid, "SIGTERM");
    else child.kill();
    await ended;
    await rm(data, { recursive: true, force: true });
  }
}
