/**
 * The rooms and membership logs in one SQLite file. Everything here is synchronous and belongs to one
 * thread; `write` runs a batch in one transaction, durable when it returns (WAL, synchronous=FULL).
 */
import Database from "better-sqlite3";
import { statSync } from "node:fs";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import type { StoredRoom } from "./store.ts";

export type Write =
  | { readonly kind: "append"; readonly room: string; readonly update: Uint8Array }
  /** Puts a snapshot in the place of the updates up to `upTo`. */
  | {
      readonly kind: "fold";
      readonly room: string;
      readonly snapshot: Uint8Array;
      readonly upTo: number;
    }
  | { readonly kind: "delete"; readonly room: string }
  | { readonly kind: "entries"; readonly workspace: string; readonly entries: readonly string[] }
  | { readonly kind: "secret"; readonly name: string; readonly value: Uint8Array };

export interface RoomLog extends StoredRoom {
  /** The number of the last update that is in it. */
  readonly upTo: number;
}

export interface SqliteFile {
  load(room: string): RoomLog;
  entries(workspace: string): string[];
  secret(name: string): Uint8Array | undefined;
  write(batch: readonly Write[]): void;
  close(): void;
}

/** Pages given back to the system after a fold or a deletion: enough to keep up, too few to be felt. */
const VACUUM_PAGES = 1000;

/** Opens or makes the file. Throws a clause that says what is wrong with it, and changes nothing then. */
export function openSqlite(path: string): SqliteFile {
  const db = openChecked(path);
  const selectUpdates = db.prepare<[string], { seq: number; data: Buffer }>(
    "SELECT seq, data FROM updates WHERE room = ? ORDER BY seq",
  );
  const selectSnapshot = db
    .prepare<[string], Buffer>("SELECT data FROM snapshots WHERE room = ?")
    .pluck();
  const selectTombstone = db
    .prepare<[string], number>("SELECT 1 FROM tombstones WHERE room = ?")
    .pluck();
  const selectEntries = db
    .prepare<[string], string>("SELECT body FROM entries WHERE workspace = ? ORDER BY seq")
    .pluck();
  const selectSecret = db
    .prepare<[string], Buffer>("SELECT value FROM secrets WHERE name = ?")
    .pluck();
  const insertUpdate = db.prepare("INSERT INTO updates (room, data) VALUES (?, ?)");
  const insertEntry = db.prepare("INSERT INTO entries (workspace, body) VALUES (?, ?)");
  const insertSecret = db.prepare("INSERT OR IGNORE INTO secrets (name, value) VALUES (?, ?)");
  const putSnapshot = db.prepare("INSERT OR REPLACE INTO snapshots (room, data) VALUES (?, ?)");
  const putTombstone = db.prepare("INSERT OR IGNORE INTO tombstones (room) VALUES (?)");
  const dropUpdates = db.prepare("DELETE FROM updates WHERE room = ? AND seq <= ?");
  const dropSnapshot = db.prepare("DELETE FROM snapshots WHERE room = ?");
  const isDeleted = (room: string): boolean => selectTombstone.get(room) !== undefined;

  const writeOne = (write: Write): void => {
    switch (write.kind) {
      case "append":
        if (!isDeleted(write.room)) insertUpdate.run(write.room, write.update);
        return;
      case "fold":
        if (isDeleted(write.room)) return;
        putSnapshot.run(write.room, write.snapshot);
        dropUpdates.run(write.room, write.upTo);
        return;
      case "entries":
        for (const entry of write.entries) insertEntry.run(write.workspace, entry);
        return;
      case "secret":
        insertSecret.run(write.name, write.value);
        return;
      case "delete":
        dropUpdates.run(write.room, Number.MAX_SAFE_INTEGER);
        dropSnapshot.run(write.room);
        putTombstone.run(write.room);
    }
  };
  const writeAll = db.transaction((batch: readonly Write[]) => batch.forEach(writeOne));

  return {
    load(room) {
      const rows = selectUpdates.all(room);
      return {
        snapshot: selectSnapshot.get(room),
        updates: rows.map((row) => row.data),
        deleted: isDeleted(room),
        upTo: rows.at(-1)?.seq ?? 0,
      };
    },
    entries: (workspace) => selectEntries.all(workspace),
    secret: (name) => selectSecret.get(name),
    write(batch) {
      writeAll(batch);
      if (batch.some(({ kind }) => kind === "fold" || kind === "delete"))
        db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    },
    close: () => void db.close(),
  };
}

/** A whole look at a file larger than this would keep a start waiting for seconds. */
const CHECKED_WHOLE = 256 * 1024 * 1024;

const LOG_BYTES = 2 * 1024 * 1024;

function openChecked(path: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 1000 });
    db.pragma("locking_mode = EXCLUSIVE");
    const version = db.pragma("user_version", { simple: true }) as number;
    const tables = db.prepare("SELECT count(*) FROM sqlite_master").pluck().get() as number;
    if (version > SCHEMA_VERSION) throw new Error("a newer Ensemble wrote it; start that one");
    if (version === 0 && tables > 0) throw new Error("it belongs to something else");
    if (statSync(path).size <= CHECKED_WHOLE) {
      const health = db.pragma("quick_check(1)", { simple: true }) as string;
      if (health !== "ok") throw new Error(`it is damaged (${health.replaceAll("\n", " ")})`);
    }
    if (tables === 0) db.pragma("auto_vacuum = INCREMENTAL");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.exec(SCHEMA);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
    lengthenLog(db);
    return db;
  } catch (error) {
    db?.close();
    throw new Error(clause(error), { cause: error });
  }
}

/**
 * Lets the log beside the file grow once, and be written from its start again: a sync of bytes that are there is
 * quicker than one of a file that grows, and it is what every keystroke waits for.
 */
function lengthenLog(db: Database.Database): void {
  db.exec("DROP TABLE IF EXISTS filler; CREATE TABLE filler (bytes BLOB)");
  db.prepare("INSERT INTO filler VALUES (zeroblob(?))").run(LOG_BYTES);
  db.exec("DROP TABLE filler");
  db.pragma("incremental_vacuum");
  db.pragma("wal_checkpoint(RESTART)");
}

function clause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  switch (typeof code === "string" ? code.replace(/^(SQLITE_[A-Z]+).*/, "$1") : "") {
    case "SQLITE_NOTADB":
      return "it is not a database";
    case "SQLITE_CORRUPT":
      return `it is damaged (${error.message})`;
    case "SQLITE_BUSY":
      return "another server is using it";
    case "SQLITE_CANTOPEN":
    case "SQLITE_READONLY":
    case "SQLITE_PERM":
      return "this user may not read and write it";
    case "SQLITE_FULL":
      return "the disk is full";
    default:
      return error.message;
  }
}
