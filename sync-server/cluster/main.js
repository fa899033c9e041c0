/** `npm run test:cluster`: two nodes over a real Redis and a real PostgreSQL, each part killed in turn. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { findServices } from "./findServices.js";

let services;
try {
  services = findServices();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const config = "sync-server/cluster/vitest.config.ts";
const { status } = spawnSync(
  "npx",
  ["vitest", "run", "--config", config, ...process.argv.slice(2)],
  {
    stdio: "inherit",
    env: { ...process.env, ...services },
    shell: process.platform === "win32",
  },
);
process.exit(status ?? 1);
