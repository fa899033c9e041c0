/** Makes a data folder of a backup: read through before anybody finds it, and never over something that is there. */
import Database from "better-sqlite3";
import { cp, mkdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { asNumber, asRecord } from "../../lib/base/json.ts";
import { GENERATION } from "../generation.ts";
import { SCHEMA_VERSION } from "../stores/schema.ts";
import {
  BackupProblem,
  DATABASE,
  MANIFEST,
  checkDatabase,
  chunksIn,
  digestOfFile,
  isFree,
  sync,
} from "./copy.ts";

/** Gives back how many chunks of blobs there are. Throws a BackupProblem where a person has to do something first. */
export async function restoreBackup(from: string, to: string): Promise<number> {
  const expected = await readManifest(from);
  if (!(await isFree(to)))
    throw new BackupProblem(
      `${to} is not empty, and is left as it is. Move it away first, or restore to another folder: --to <folder>`,
    );
  const partial = `${resolve(to)}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await cp(from, partial, { recursive: true, filter: (path) => path !== join(from, MANIFEST) });

  checkDatabase(join(partial, DATABASE));
  let chunks = 0;
  for await (const { path, digest } of chunksIn(join(partial, "blobs"))) {
    const copy = join(partial, "blobs", path);
    if ((await digestOfFile(copy)) !== digest)
      throw new BackupProblem(
        `The chunk ${digest} of the backup is damaged. Nothing was restored.`,
      );
    await sync(copy);
    chunks++;
  }
  if (chunks !== expected)
    throw new BackupProblem(
      `The backup names ${expected} chunks of blobs and holds ${chunks}: part of it is missing. Nothing was restored.`,
    );
  beginAnew(join(partial, DATABASE));
  await sync(join(partial, DATABASE));
  await sync(partial);
  await rmdir(to).catch(() => undefined); // an empty folder of that name
  await rename(partial, to);
  await sync(join(resolve(to), ".."));
  return chunks;
}

async function readManifest(from: string): Promise<number> {
  const text = await readFile(join(from, MANIFEST), "utf8").catch(() => "");
  let manifest: Record<string, unknown> | undefined;
  try {
    manifest = asRecord(JSON.parse(text));
  } catch {
    // falls through
  }
  const [version, chunks] = [asNumber(manifest?.["ensemble"]), asNumber(manifest?.["chunks"])];
  if (version === undefined || chunks === undefined)
    throw new BackupProblem(`${from} is no backup that was finished: it has no ${MANIFEST}.`);
  if (version > SCHEMA_VERSION)
    throw new BackupProblem("A newer Ensemble made this backup: restore it with that one.");
  return chunks;
}

/** Clients that meet it know by this that it may lack what its predecessor had, and send it again. */
function beginAnew(path: string): void {
  const db = new Database(path, { fileMustExist: true });
  db.prepare("DELETE FROM secrets WHERE name = ?").run(GENERATION);
  db.close();
}
