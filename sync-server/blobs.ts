/**
 * Blobs of a workspace as files: <folder>/<workspace>/<first two digits>/<sha256>. A chunk is written to a
 * file aside while it arrives, verified, synced, renamed: a name never stands for other bytes, or for a part.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Digest, WorkspaceId } from "../lib/base/ids.ts";

export type Kept = "kept" | "digest-differs";

export interface Blobs {
  /** The size in bytes, or undefined where this workspace has no such blob. */
  size(workspace: WorkspaceId, digest: Digest): Promise<number | undefined>;
  read(workspace: WorkspaceId, digest: Digest, range?: { start: number; end: number }): ReadStream;
  /** Keeps the bytes if they are what the digest says. Durable when it resolves with "kept". */
  write(workspace: WorkspaceId, digest: Digest, bytes: AsyncIterable<Uint8Array>): Promise<Kept>;
}

/** Opens the folder, and clears away what a killed server had half received. */
export async function openBlobs(folder: string): Promise<Blobs> {
  const aside = join(folder, "incoming");
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });

  const pathOf = (workspace: WorkspaceId, digest: Digest): string =>
    join(folder, workspace, digest.slice(0, 2), digest);
  return {
    size: (workspace, digest) =>
      stat(pathOf(workspace, digest)).then(
        (found) => found.size,
        () => undefined,
      ),
    read: (workspace, digest, range) => createReadStream(pathOf(workspace, digest), range),
    async write(workspace, digest, bytes) {
      const temporary = join(aside, randomBytes(12).toString("hex"));
      try {
        if ((await receive(temporary, bytes)) !== digest) return "digest-differs";
        const path = pathOf(workspace, digest);
        const made = await mkdir(dirname(path), { recursive: true });
        await rename(temporary, path);
        await syncFolder(dirname(path));
        if (made !== undefined) await syncFolder(dirname(made));
        return "kept";
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}

/** Writes and syncs the bytes; gives back their digest. */
async function receive(path: string, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "wx");
  try {
    for await (const part of bytes) {
      hash.update(part);
      await file.writeFile(part);
    }
    await file.sync();
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}

/** The name itself is durable only once its folder is. Not every system lets a folder be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
