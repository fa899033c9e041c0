/**
 * Finds the Redis or Valkey and the PostgreSQL that the tests of several nodes start for themselves: installed ones,
 * else it installs them, else it says what to do. Plain JavaScript, so that Node runs it as it is.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

const REDIS = ["redis-server", "valkey-server"];
const POSTGRES = ["initdb", "postgres", "pg_isready"];
const VERSIONS = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"];
const ELSEWHERE = ["/opt/homebrew/opt/postgresql/bin", "/usr/local/opt/postgresql/bin"];

/** The environment that tells the tests where they are. Throws with the sentence that says what to do. */
export function findServices() {
  const found = look();
  if (found) return found;
  install();
  const installed = look();
  if (installed) return installed;
  throw new Error(
    "The tests of several nodes need Redis 7 (or Valkey) and PostgreSQL 13 or newer, and not both could be found or " +
      "installed. Install them (on Debian and Ubuntu: apt-get install redis-server postgresql; with Homebrew: " +
      "brew install redis postgresql), or set ENSEMBLE_REDIS_SERVER to the path of redis-server and " +
      "ENSEMBLE_POSTGRES_BIN to the folder in which initdb and postgres are.",
  );
}

function look() {
  const redis = process.env.ENSEMBLE_REDIS_SERVER ?? redisOnPath();
  const postgres = process.env.ENSEMBLE_POSTGRES_BIN ?? postgresFolder();
  if (!redis || !postgres) return undefined;
  return { ENSEMBLE_REDIS_SERVER: redis, ENSEMBLE_POSTGRES_BIN: postgres };
}

function path() {
  return (process.env.PATH ?? "").split(delimiter);
}

function redisOnPath() {
  return path()
    .flatMap((folder) => REDIS.map((name) => join(folder, name)))
    .find((file) => existsSync(file) && spawnSync(file, ["--version"]).status === 0);
}

function postgresFolder() {
  const versions = VERSIONS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => Number(name) >= 13)
      .sort((a, b) => Number(b) - Number(a))
      .map((name) => join(folder, name, "bin")),
  );
  return [...versions, ...path(), ...ELSEWHERE].find((folder) =>
    POSTGRES.every((name) => existsSync(join(folder, name))),
  );
}

function install() {
  const may =
    existsSync("/etc/debian_version") && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (!may) return;
  console.log("Redis or PostgreSQL is not here: installing them.");
  const packages = ["redis-server", "postgresql"];
  // They are started by the tests alone, on ports of their own.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", ...packages],
  ]) {
    try {
      execFileSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env });
    } catch {
      return;
    }
  }
}
