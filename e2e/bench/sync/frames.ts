/** What a million mutated frames do to everybody else: the test that holds it is one of the hard ones, by number. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const NUMBER = "7";

/** Said at the end: what else the server has to reach, and what shows it. */
export const SHOWN_ELSEWHERE = [
  "npm run torture -- 1    nothing acknowledged is lost over 100 kills under load",
  "npm run torture -- 11   the disk is synced between each append and its acknowledgement",
  "npm run test:cluster    nothing acknowledged is lost where one of two nodes, Redis or PostgreSQL is killed",
] as const;

/** The long form, unless the benchmarks are tried with few rounds. */
export function tryFrames(): Promise<{ readonly ok: boolean; readonly found: object }> {
  const form = process.env["BENCH_ROUNDS"] === undefined ? [] : ["--short"];
  console.log(`  npm run torture -- ${[NUMBER, ...form].join(" ")}`);
  const { status } = spawnSync(process.execPath, ["sync-server/torture/main.js", NUMBER, ...form], {
    cwd: root,
    stdio: "inherit",
  });
  const ok = status === 0;
  console.log(`  ${ok ? "reached" : "MISSED "}  no crash, other rooms' p99 at most doubled`);
  return Promise.resolve({ ok, found: { form: form[0] ?? "long", ok } });
}
