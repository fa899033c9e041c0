/** A Redis and a PostgreSQL of a test's own: in temporary folders, on free ports, to be killed and started again. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./testServer.ts";

export interface Service {
  readonly url: string;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port; Redis comes back empty. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

function redisServer(): string {
  return process.env["ENSEMBLE_REDIS_SERVER"] ?? "redis-server";
}

export async function startRedis(): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), "ensemble-redis-"));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
    child = spawn(redisServer(), args, { stdio: "ignore" });
    await until(() => answers(port), "Redis answers");
  };
  await start();
  const kill = async (): Promise<void> => {
    const ended = endOf(child);
    child?.kill("SIGKILL");
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startPostgres(): Promise<Service> {
  const bin = process.env["ENSEMBLE_POSTGRES_BIN"] ?? "/usr/lib/postgresql/15/bin";
  const folder = await mkdtemp(join(tmpdir(), "ensemble-postgres-"));
  const data = join(folder, "data");
  const port = await freePort();
  // PostgreSQL does not run as root.
  const root = process.getuid?.() === 0;
  const as = (program: string, args: string[]): [string, string[]] => {
    const path = join(bin, program);
    return root ? ["runuser", ["-u", "postgres", "--", path, ...args]] : [path, args];
  };
  if (root) {
    const idOf = (flag: string): number =>
      Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    chownSync(folder, idOf("-u"), idOf("-g"));
  }
  const make = ["-D", data, "-U", "ensemble", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"];
  execFileSync(...as("initdb", make), { stdio: ["ignore", "ignore", "inherit"], cwd: folder });
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    await until(async () => {
      // Directly after a kill the old one's parts may still be ending: then it is tried again.
      const options = [
        "-c",
        `unix_socket_directories=${folder}`,
        "-c",
        "listen_addresses=127.0.0.1",
      ];
      const more = ["-D", data, "-p", String(port), "-c", "max_connections=60"];
      child = spawn(...as("postgres", [...more, ...options]), { stdio: "ignore", cwd: folder });
      const ended = endOf(child).then(() => false);
      return Promise.race([ended, ready()]);
    }, "PostgreSQL answers");
  };
  const ready = async (): Promise<boolean> => {
    const asked = ["-h", "127.0.0.1", "-p", String(port), "-t", "1"];
    await until(() => {
      try {
        execFileSync(...as("pg_isready", asked), { stdio: "ignore", cwd: folder });
        return true;
      } catch {
        return false;
      }
    });
    return true;
  };
  const pid = async (): Promise<number> =>
    Number((await readFile(join(data, "postmaster.pid"), "utf8")).split("\n")[0]);
  const kill = async (): Promise<void> => {
    const ended = endOf(child);
    try {
      process.kill(await pid(), "SIGKILL");
    } catch {
      return; // it is gone already
    }
    await ended;
  };
  await start();
  return {
    url: `postgres://ensemble@127.0.0.1:${port}/postgres`,
    kill,
    start,
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function endOf(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
