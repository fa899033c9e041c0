/**
 * A backup of a data folder, also while a server works in it. The database first, as one moment of it; the blobs
 * after it, so that whatever the database names is there: blobs never change, and go only long after nothing names
 * them. What stands under the backup's name is whole and was read through.
 */
import Database from "better-sqlite3";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SCHEMA_VERSION } from "../stores/schema.ts";
import {
  BackupProblem,
  DATABASE,
  MANIFEST,
  checkDatabase,
  chunksIn,
  copyDurably,
  digestOfFile,
  isFree,
  linkOrCopy,
  sync,
} from "./copy.ts";

export interface BackupMade {
  readonly chunks: number;
  /** Chunks that are damaged in the data folder, and therefore not in the backup. */
  readonly damaged: readonly string[];
}

/** Throws a BackupProblem where a person has to do something first. */
export async function makeBackup(data: string, to: string): Promise<BackupMade> {
  const database = join(data, DATABASE);
  if (await isFree(database))
    throw new BackupProblem(
      `There is no database in ${data}. Name the folder that the server keeps its data in: --data <folder>`,
    );
  if (!(await isFree(to)))
    throw new BackupProblem(`${to} is there already, and is left as it is. Choose another name.`);
  const partial = `${resolve(to)}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });

  copyDatabase(database, join(partial, DATABASE));
  checkDatabase(join(partial, DATABASE));
  await sync(join(partial, DATABASE));
  const made = await copyBlobs(join(data, "blobs"), join(partial, "blobs"));
  await copyOthers(data, partial);
  await writeFile(
    join(partial, MANIFEST),
    `${JSON.stringify({ ensemble: SCHEMA_VERSION, made: new Date().toISOString(), chunks: made.chunks })}\n`,
  );
  await sync(join(partial, MANIFEST));
  await sync(partial);
  await rmdir(to).catch(() => undefined); // an empty folder of that name
  await rename(partial, to);
  await sync(join(resolve(to), ".."));
  return made;
}

/** One moment of the database, without the room that deleted things still take. The server goes on meanwhile. */
function copyDatabase(from: string, to: string): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(from, { fileMustExist: true, timeout: 5_000 });
    const version = db.pragma("user_version", { simple: true }) as number;
    if (version > SCHEMA_VERSION)
      throw new BackupProblem("A newer Ensemble wrote this data: make the backup with that one.");
    db.prepare("VACUUM INTO ?").run(to);
  } catch (error) {
    if (error instanceof BackupProblem) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new BackupProblem(`The database ${from} could not be copied: ${why}.`);
  } finally {
    db?.close();
  }
}

async function copyBlobs(from: string, to: string): Promise<BackupMade> {
  const seen = new Set<string>();
  const damaged: string[] = [];
  // Twice: the collector takes a chunk aside for a moment to look whether it may go, and puts it back.
  for (let pass = 1; pass <= 2; pass++)
    for await (const { path, digest } of chunksIn(from)) {
      if (seen.has(path)) continue;
      const copy = join(to, path);
      const found = await linkOrCopy(join(from, path), copy).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return false; // gone since it was listed: nothing names it
          throw error;
        },
      );
      if (!found) continue;
      seen.add(path);
      if ((await digestOfFile(copy)) === digest) continue;
      damaged.push(digest);
      await rm(copy);
    }
  return { chunks: seen.size - damaged.length, damaged };
}

/** Certificates and whatever else is kept beside the database and the blobs. */
async function copyOthers(data: string, to: string): Promise<void> {
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(join(data, "/").length);
    const isOther =
      !path.startsWith(DATABASE) && !path.startsWith("blobs") && !/^\.probe-/.test(path);
    if (entry.isFile() && isOther) await copyDurably(join(data, path), join(to, path));
  }
}
