/**
 * `npm run torture -- [number …] [--seed <n>] [--short]`: the long forms of the tests that a store of
 * people's work and captured training must pass. Plain JavaScript that lets Vite read the TypeScript, so that Node runs it.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createServer } from "vite";

const { values, positionals } = parseArgs({
  options: { seed: { type: "string" }, short: { type: "boolean", default: false } },
  allowPositionals: true,
});
const vite = await createServer({
  configFile: false,
  root: fileURLToPath(new URL("../..", import.meta.url)),
  appType: "custom",
  logLevel: "error",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
let broken = 1;
try {
  const { runTortures } = await vite.ssrLoadModule("/sync-server/torture/all.ts");
  broken = await runTortures({
    numbers: positionals.map(Number),
    seed: Number(values.seed ?? Math.floor(Math.random() * 2 ** 31)),
    short: values.short,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
} finally {
  await vite.close();
}
process.exit(broken > 0 ? 1 : 0);
