/**
 * Blobs as files: <folder>/<workspace>/<first two digits>/<sha256>, their times those of the files. A blob is
 * written to a file aside while it arrives, verified, synced, renamed.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, type WorkspaceId, isDigest } from "../../lib/base/ids.ts";
import { isWorkspaceId } from "../../lib/document/rooms.ts";
import type { BlobFacts, BlobStore, ListedBlob } from "./blobs.ts";

/** Opens the folder, and clears up after a server that was killed: what was half received, what was half discarded. */
export async function openFileBlobs(folder: string): Promise<BlobStore> {
  const incoming = join(folder, "incoming");
  const discarding = join(folder, "discarding");
  const pathOf = (workspace: WorkspaceId, digest: Digest): string =>
    join(folder, workspace, digest.slice(0, 2), digest);

  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  await mkdir(discarding, { recursive: true });
  for (const name of await readdir(discarding)) {
    const [workspace = "", digest = ""] = name.split(".");
    if (isWorkspaceId(workspace) && isDigest(digest))
      await rename(join(discarding, name), pathOf(workspace, digest));
  }

  const find = (workspace: WorkspaceId, digest: Digest): Promise<BlobFacts | undefined> =>
    factsOf(pathOf(workspace, digest));

  return {
    find,
    read: (workspace, digest, range) =>
      Promise.resolve(createReadStream(pathOf(workspace, digest), range)),
    async write(workspace, digest, bytes) {
      const temporary = join(incoming, randomBytes(12).toString("hex"));
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
    async refresh(workspace, digest) {
      const path = pathOf(workspace, digest);
      const file = await open(path, "r+").catch(unlessMissing);
      if (!file) return false;
      const now = new Date();
      await file.utimes(now, now);
      await file.sync();
      await file.close();
      // Whoever discards takes the name away before looking at the time.
      return (await factsOf(path)) !== undefined;
    },
    async discard(workspace, digest, before) {
      const path = pathOf(workspace, digest);
      const found = await find(workspace, digest);
      if (!found || found.time >= before) return false;
      // A name of its own: another discarding may be under way, and what is written meanwhile is not that one's to take.
      const aside = join(discarding, `${workspace}.${digest}.${randomBytes(6).toString("hex")}`);
      const isTaken = await rename(path, aside).then(() => true, unlessMissing);
      if (!isTaken) return false;
      const late = await factsOf(aside);
      if (late && late.time >= before) {
        await rename(aside, path);
        return false;
      }
      await rm(aside);
      await syncFolder(discarding);
      return true;
    },
    async *list(workspace) {
      const root = join(folder, workspace);
      for (const digits of (await readdir(root).catch(unlessMissing)) ?? [])
        yield* blobsIn(join(root, digits));
    },
    close: () => Promise.resolve(),
  };
}

async function* blobsIn(folder: string): AsyncGenerator<ListedBlob> {
  for (const digest of await readdir(folder)) {
    const facts = isDigest(digest) ? await factsOf(join(folder, digest)) : undefined;
    if (facts && isDigest(digest)) yield { digest, ...facts };
  }
}

async function factsOf(path: string): Promise<BlobFacts | undefined> {
  const found = await stat(path).catch(unlessMissing);
  return found && { size: found.size, time: found.mtimeMs };
}

/** Only what is not there is not there: a disk that fails must not look empty. */
function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  return undefined;
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
