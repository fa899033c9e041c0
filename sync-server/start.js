/**
 * `npm start`: builds what is not built or is older than its sources, then starts the server.
 * `npm run dev`: the same server, with the app served by Vite and reloaded as it changes.
 * `npm run backup`, `npm run restore`, `npm run audit`: the server's commands.
 * Plain JavaScript, so that Node runs it as it is.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vite = join(root, "node_modules", "vite", "bin", "vite.js");
const server = join(root, "dist", "server", "main.js");
const backup = join(root, "dist", "server", "backup.js");
const commands = { backup, restore: backup, audit: join(root, "dist", "server", "auditCheck.js") };

function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    const found = statSync(join(root, path), { throwIfNoEntry: false });
    if (!found) continue;
    if (!found.isDirectory()) latest = Math.max(latest, found.mtimeMs);
    else
      for (const name of readdirSync(join(root, path)))
        if (!name.endsWith(".test.ts")) latest = Math.max(latest, newest([join(path, name)]));
  }
  return latest;
}

function build(what, made, sources, args) {
  if (newest([made]) > newest(sources)) return;
  console.log(`Building ${what} …`);
  const { status } = spawnSync(process.execPath, [vite, "build", "--logLevel", "warn", ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(1);
}

const common = ["lib", "package-lock.json", "vite.config.ts"];
const dev = process.argv.includes("--dev");
const command = commands[process.argv[2]];
if (!dev && !command) build("the app", "dist/app/index.html", ["app", ...common], []);
// A command leaves a build alone that a server may be running from.
const serverSources = command && existsSync(command) ? [] : ["sync-server", ...common];
build("the server", "dist/server/main.js", serverSources, ["--mode", "server"]);

const given = process.argv.slice(2).filter((argument) => argument !== "--dev");
if (dev) develop();
else await import(pathToFileURL(command ?? server).href);

/** Vite in front with the app from its sources, the server behind it on the next port. */
function develop() {
  const at = given.indexOf("--port");
  const port = Number((at < 0 ? undefined : given[at + 1]) ?? process.env.ENSEMBLE_PORT ?? 4321);
  const behind = String(port + 1);
  const children = [
    spawn(process.execPath, [server, ...given, "--port", behind, "--host", "127.0.0.1"], {
      env: { ...process.env, ENSEMBLE_HTTPS: "" },
      stdio: ["ignore", "ignore", "inherit"],
    }),
    spawn(process.execPath, [vite, "--port", String(port), "--strictPort"], {
      cwd: root,
      env: { ...process.env, ENSEMBLE_BEHIND: behind },
      stdio: "inherit",
    }),
  ];
  const end = () => children.forEach((child) => child.kill());
  for (const child of children) child.on("exit", end);
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}
