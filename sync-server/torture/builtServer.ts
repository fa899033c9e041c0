/**
 * The server as it is started by people: built, in a process of its own. The build is made when it is first
 * asked for, and again where a source has changed since.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "dist", "tested-server");
const OLD_MS = 60 * 60_000;

let built: Promise<string> | undefined;

/** The path of main.js. */
export function builtServer(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const made = join(folder, await stateOfSources());
  const main = join(made, "main.js");
  if (await exists(main)) return main;
  const aside = `${made}-${process.pid}`;
  await runVite(["build", "--mode", "server", "--logLevel", "warn", "--outDir", aside]);
  // Several tests may build it at once: the first one stays.
  await rename(aside, made).catch(() => rm(aside, { recursive: true, force: true }));
  await forgetOld();
  return main;
}

async function stateOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const top of ["sync-server", "lib", "package-lock.json", "vite.config.ts"]) {
    const path = join(root, top);
    const found = await stat(path);
    const names = found.isDirectory() ? await readdir(path, { recursive: true }) : [""];
    for (const name of names.sort()) {
      if (/\.test\.ts$|(^|\/)(testing|torture)(\/|$)/.test(name)) continue;
      const { mtimeMs, size } = await stat(join(path, name));
      hash.update(`${top}/${name} ${mtimeMs} ${size}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

async function forgetOld(): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > OLD_MS) await rm(path, { recursive: true });
  }
}

function runVite(args: readonly string[]): Promise<void> {
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const child = spawn(process.execPath, [vite, ...args], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  return new Promise((done, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => {
      if (code === 0) done();
      else failed(new Error(`building the server ended with ${code}`));
    });
  });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
