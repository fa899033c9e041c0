/**
 * `npm run bench -- <name> …`: the benchmarks, all of them where none is named, or a part of one as in `sync/cpu`.
 * Each prints what it measured and writes it to bench-results. Plain JavaScript that lets Vite read the TypeScript,
 * so that Node runs it.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const root = fileURLToPath(new URL("../..", import.meta.url));
const benchmarks = [
  "start",
  "size",
  "open",
  "keystroke",
  "merge",
  "sync",
  "kernel",
  "train",
  "capture",
];
/** These run in Node alone, without the built app. */
const WITHOUT_APP = ["capture/empty", "capture/kernels"];
const named = process.argv.slice(2);
const unknown = named.filter((name) => !benchmarks.includes(name.split("/")[0]));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown[0]}". There are: ${benchmarks.join(", ")}.`);
  process.exit(1);
}
if (named.length === 0 || !named.every((name) => WITHOUT_APP.includes(name))) build();

const vite = await createServer({
  configFile: false,
  root,
  appType: "custom",
  logLevel: "error",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
let missed = 0;
try {
  for (const name of named.length > 0 ? named : benchmarks) {
    console.log(`\n${name}`);
    const [file, part] = name.split("/");
    const { measure } = await vite.ssrLoadModule(`/e2e/bench/${file}.ts`);
    try {
      if (part !== undefined && measure.length === 0) throw new Error("it has no parts");
      if (!(await measure(part))) missed++;
    } catch (error) {
      console.error(`  failed: ${error instanceof Error ? error.message : error}`);
      missed++;
    }
  }
} finally {
  await vite.close();
}
process.exit(missed > 0 ? 1 : 0);

function build() {
  const { status } = spawnSync("npm", ["run", "--silent", "build", "--", "--logLevel", "warn"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
