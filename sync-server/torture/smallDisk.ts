/**
 * A disk that is soon full and has space again when told to: a small file system in memory where it can be mounted,
 * else a limit on how long the server's files may become.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerProcess, startProcess } from "./serverProcess.ts";
import { Skipped } from "./torture.ts";

const MiB = 1024 * 1024;
const DISK_BYTES = 40 * MiB;
const BALLAST_BYTES = 30 * MiB;

export interface SmallDisk {
  readonly kind: "file system" | "file size";
  readonly server: ServerProcess;
  makeSpace(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server whose data folder is on such a disk. */
export async function startOnSmallDisk(): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), "ensemble-disk-"));
  return mount(folder) ? onFileSystem(folder) : withFileSize(folder);
}

async function onFileSystem(folder: string): Promise<SmallDisk> {
  const ballast = join(folder, "ballast");
  await writeFile(ballast, Buffer.alloc(BALLAST_BYTES));
  const unmount = async (): Promise<void> => {
    spawnSync("umount", ["--lazy", folder]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const server = await startProcess({ data: join(folder, "data") });
    return {
      kind: "file system",
      server,
      makeSpace: () => rm(ballast),
      async close() {
        await server.close();
        await unmount();
      },
    };
  } catch (error) {
    await unmount();
    throw error;
  }
}

async function withFileSize(folder: string): Promise<SmallDisk> {
  const limit = (args: readonly string[]): boolean => spawnSync("prlimit", args).status === 0;
  if (!limit([`--pid=${process.pid}`]))
    throw new Skipped("a full disk needs the right to mount, or prlimit (util-linux)");
  const server = await startProcess({ data: folder });
  // The soft limit alone, so that it can be raised again.
  limit([`--pid=${server.pid}`, `--fsize=${4 * MiB}:`]);
  return {
    kind: "file size",
    server,
    makeSpace: () => Promise.resolve(void limit([`--pid=${server.pid}`, "--fsize=unlimited:"])),
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function mount(folder: string): boolean {
  const options = ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "none", folder];
  return process.env["TORTURE_NO_MOUNT"] === undefined && spawnSync("mount", options).status === 0;
}
