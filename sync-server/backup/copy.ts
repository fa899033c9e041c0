/** Copying a data folder's parts so that they are durable, and looking whether what was copied is sound. */
import Database from "better-sqlite3";
import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, link, mkdir, open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export const DATABASE = "ensemble.sqlite";
export const MANIFEST = "backup.json";

/** A reason why a backup or a restore did not come about, as the one line that a person reads. */
export class BackupProblem extends Error {}

/** Is there nothing yet under this name, or an empty folder? */
export async function isFree(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return true;
  return found.isDirectory() && (await readdir(path)).length === 0;
}

/** Durable when it resolves: its bytes, not yet its name. Copied without copying where the disk can do that. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await sync(to);
}

/** A second name for the same bytes, where both are on one disk; else a copy. For files that never change. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await link(from, to).catch(() => copyDurably(from, to));
}

/** Makes a file's bytes, or a folder's names, durable. Not every system lets a folder be synced. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync().catch(() => undefined);
  await handle.close();
}

export interface Chunk {
  /** Below the folder of blobs: <workspace>/<first two digits>/<sha256>. */
  readonly path: string;
  readonly digest: string;
}

/** Every chunk in a folder of blobs; what is still arriving is none. */
export async function* chunksIn(folder: string): AsyncGenerator<Chunk> {
  for (const workspace of await namesIn(folder))
    for (const part of await namesIn(join(folder, workspace)))
      for (const digest of await namesIn(join(folder, workspace, part)))
        if (/^[0-9a-f]{64}$/.test(digest)) yield { path: join(workspace, part, digest), digest };
}

export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest("hex");
}

/** Reads the whole database; throws a BackupProblem where it is damaged. */
export function checkDatabase(path: string): void {
  let health: string;
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { fileMustExist: true, readonly: true });
    health = db.pragma("integrity_check(1)", { simple: true }) as string;
  } catch (error) {
    health = error instanceof Error ? error.message : String(error);
  } finally {
    db?.close();
  }
  if (health !== "ok")
    throw new BackupProblem(`The database is damaged (${health.replaceAll("\n", " ")}).`);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
