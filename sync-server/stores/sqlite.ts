/**
 * The rooms and membership logs in one SQLite file. Everything here is synchronous and belongs to one
 * thread; `write` runs a batch in one transaction, durable when it returns (WAL, synchronous=FULL).
 */
import Database from "better-sqlite3";
import { statSync } from "node:fs";
import type { AuditFact, AuditRecord } from "../../lib/governance/audit.ts";
import { LAST_NUMBER, SCHEMA_VERSION, keyOf, prepareSchema } from "./schema.ts";
import { AUDIT_SCHEMA, openSqliteAudit } from "./sqliteAudit.ts";
import { openSqliteRooms } from "./sqliteRooms.ts";
import type { Standing, StoredRoom } from "./store.ts";

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
  /** Only where the workspace's log holds exactly `known` entries. */
  | {
      readonly kind: "entries";
      readonly workspace: string;
      readonly entries: readonly string[];
      readonly known: number;
      readonly audit?: { readonly facts: readonly AuditFact[]; readonly at: number };
    }
  | {
      readonly kind: "audit";
      readonly workspace: string;
      readonly facts: readonly AuditFact[];
      readonly at: number;
    }
  | { readonly kind: "secret"; readonly name: string; readonly value: Uint8Array }
  /** Says nothing; that it is durable says that the disk takes writes. */
  | { readonly kind: "probe" };

/** What became of a write: an append's number, 0 where its room was deleted; whether entries were kept. */
export type Written = number | boolean | undefined;

export interface SqliteFile {
  load(room: string, since?: number): StoredRoom;
  entries(workspace: string): string[];
  audit(workspace: string, after: number, limit: number): AuditRecord[];
  rooms(workspace: string): string[];
  workspaces(): string[];
  secret(name: string): Uint8Array | undefined;
  standing(rooms: readonly string[], workspaces: readonly string[]): Standing;
  write(batch: readonly Write[]): Written[];
  close(): void;
}

/** Pages given back to the system after a fold or a deletion: enough to keep up, too few to be felt. */
const VACUUM_PAGES = 1000;

/** Opens or makes the file. Throws a clause that says what is wrong with it, and changes nothing then. */
export function openSqlite(path: string): SqliteFile {
  const unlock = lockFile(path);
  let db: Database.Database;
  try {
    db = openChecked(path);
  } catch (error) {
    unlock();
    throw error;
  }
  const rooms = openSqliteRooms(db);
  const audit = openSqliteAudit(db);
  const selectUpdates = db
    .prepare<{ id: number; since: number }, Buffer>(
      `SELECT data FROM updates
        WHERE key > ${keyOf("@id", "@since")} AND key <= ${keyOf("@id", `${LAST_NUMBER}`)} ORDER BY key`,
    )
    .pluck();
  const selectUpTo = db
    .prepare<[number], number>("SELECT upTo FROM snapshots WHERE room = ?")
    .pluck();
  const selectSnapshot = db
    .prepare<[number], Buffer>("SELECT data FROM snapshots WHERE room = ?")
    .pluck();
  const selectEntries = db
    .prepare<[string], string>("SELECT body FROM entries WHERE workspace = ? ORDER BY seq")
    .pluck();
  const countEntries = db
    .prepare<[string], number>("SELECT ifnull(max(seq), 0) FROM entries WHERE workspace = ?")
    .pluck();
  const selectRooms = db
    .prepare<{ from: string; to: string }, string>(
      "SELECT name FROM rooms WHERE name >= @from AND name < @to AND deleted = 0 ORDER BY name",
    )
    .pluck();
  const selectWorkspaces = db
    .prepare<[], string>("SELECT DISTINCT workspace FROM entries ORDER BY workspace")
    .pluck();
  const selectSecret = db
    .prepare<[string], Buffer>("SELECT value FROM secrets WHERE name = ?")
    .pluck();
  const insertUpdate = db.prepare(`INSERT INTO updates VALUES (${keyOf("?", "?")}, ?)`);
  const insertEntry = db.prepare("INSERT INTO entries (workspace, seq, body) VALUES (?, ?, ?)");
  const insertSecret = db.prepare("INSERT OR IGNORE INTO secrets (name, value) VALUES (?, ?)");
  const putProbe = db.prepare(
    "INSERT OR REPLACE INTO secrets (name, value) VALUES ('probe', randomblob(8))",
  );
  const putSnapshot = db.prepare(
    `INSERT INTO snapshots (room, upTo, data) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET upTo = excluded.upTo, data = excluded.data WHERE excluded.upTo > upTo`,
  );
  const dropUpdates = db.prepare<{ id: number; upTo: number }>(
    `DELETE FROM updates WHERE key >= ${keyOf("@id", "0")} AND key <= ${keyOf("@id", "@upTo")}`,
  );
  const dropSnapshot = db.prepare("DELETE FROM snapshots WHERE room = ?");
  const markDeleted = db.prepare("UPDATE rooms SET deleted = 1 WHERE id = ?");

  const writeOne = (write: Write): Written => {
    switch (write.kind) {
      case "append": {
        const room = rooms.make(write.room);
        if (room.deleted) return 0;
        insertUpdate.run(room.id, ++room.last, write.update);
        return room.last;
      }
      case "fold": {
        const room = rooms.find(write.room);
        if (!room || room.deleted) return undefined;
        putSnapshot.run(room.id, write.upTo, write.snapshot);
        dropUpdates.run({ id: room.id, upTo: write.upTo });
        return undefined;
      }
      case "entries": {
        let last = countEntries.get(write.workspace) ?? 0;
        if (last !== write.known) return false;
        for (const entry of write.entries) insertEntry.run(write.workspace, ++last, entry);
        if (write.audit) audit.append(write.workspace, write.audit.facts, write.audit.at);
        return true;
      }
      case "audit":
        audit.append(write.workspace, write.facts, write.at);
        return undefined;
      case "secret":
        insertSecret.run(write.name, write.value);
        return undefined;
      case "probe":
        putProbe.run();
        return undefined;
      case "delete": {
        const room = rooms.make(write.room);
        dropUpdates.run({ id: room.id, upTo: LAST_NUMBER });
        dropSnapshot.run(room.id);
        markDeleted.run(room.id);
        room.deleted = true;
        return undefined;
      }
    }
  };
  const writeAll = db.transaction((batch: readonly Write[]) => batch.map(writeOne));

  return {
    load(name, since = 0) {
      const room = rooms.find(name);
      if (!room || room.deleted)
        return { snapshot: undefined, updates: [], deleted: room !== undefined, upTo: 0 };
      const folded = selectUpTo.get(room.id) ?? 0;
      return {
        snapshot: folded > since ? selectSnapshot.get(room.id) : undefined,
        updates: selectUpdates.all({ id: room.id, since: Math.max(folded, since) }),
        deleted: false,
        upTo: room.last,
      };
    },
    entries: (workspace) => selectEntries.all(workspace),
    audit: (workspace, after, limit) => audit.read(workspace, after, limit),
    // "0" comes right after "/".
    rooms: (workspace) => selectRooms.all({ from: `${workspace}/`, to: `${workspace}0` }),
    workspaces: () => selectWorkspaces.all(),
    secret: (name) => selectSecret.get(name),
    standing: (names, workspaces) => ({
      rooms: names.map((name) => {
        const room = rooms.find(name);
        return room?.deleted === true ? "deleted" : (room?.last ?? 0);
      }),
      workspaces: workspaces.map((workspace) => countEntries.get(workspace) ?? 0),
    }),
    write(batch) {
      let written: Written[];
      try {
        written = writeAll(batch);
      } catch (error) {
        rooms.forget();
        throw error;
      }
      if (batch.some(({ kind }) => kind === "fold" || kind === "delete"))
        db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
      return written;
    },
    close() {
      db.close();
      unlock();
    },
  };
}

/** A whole look at a file larger than this would keep a start waiting for seconds. */
const CHECKED_WHOLE = 256 * 1024 * 1024;

const LOG_BYTES = 2 * 1024 * 1024;
/** What it grew by while a backup was read is given back. */
const MOST_LOG_BYTES = 16 * 1024 * 1024;

function openChecked(path: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 1000 });
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
    db.pragma(`journal_size_limit = ${MOST_LOG_BYTES}`);
    prepareSchema(db, version);
    db.exec(AUDIT_SCHEMA);
    lengthenLog(db);
    return db;
  } catch (error) {
    db?.close();
    throw new Error(clause(error), { cause: error });
  }
}

/**
 * Keeps other servers away, but not a backup, which reads: SQLite's own exclusive mode would do both. The lock is the
 * system's, on an empty file beside, and ends with the process.
 */
function lockFile(path: string): () => void {
  let lock: Database.Database | undefined;
  try {
    lock = new Database(`${path}-lock`, { timeout: 1000 });
    lock.exec("BEGIN EXCLUSIVE");
    const locked = lock;
    return () => void locked.close();
  } catch (error) {
    lock?.close();
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
  db.pragma("shrink_memory"); // the filler's pages
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
