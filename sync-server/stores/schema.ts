/**
 * The tables of the SQLite file, and how a file of an older version becomes one of this. An update's key is its
 * room's id and its number in the room, so that a room's updates lie side by side and loading it reads nothing else.
 */
import type Database from "better-sqlite3";

export const SCHEMA_VERSION = 2;

/** Numbers of a room's updates that its keys have space for. */
export const LAST_NUMBER = 0xffff_ffff;

/** SQL: the key of an update. */
export function keyOf(room: string, seq: string): string {
  return `((${room} << 32) | ${seq})`;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, deleted INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS updates (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS snapshots (room INTEGER PRIMARY KEY, upTo INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS entries (workspace TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (workspace, seq)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
`;

/**
 * Version 1 counted over all rooms together. A snapshot of then becomes number 1 of its room, so that it still
 * comes before every update.
 */
const FROM_1 = `
  ALTER TABLE updates RENAME TO updates1;
  ALTER TABLE snapshots RENAME TO snapshots1;
  ALTER TABLE entries RENAME TO entries1;
  ${SCHEMA}
  INSERT INTO rooms (name, deleted) SELECT room, room IN (SELECT room FROM tombstones)
    FROM (SELECT room FROM updates1 UNION SELECT room FROM snapshots1 UNION SELECT room FROM tombstones);
  INSERT INTO snapshots SELECT id, 1, data FROM snapshots1 JOIN rooms ON name = room;
  INSERT INTO updates
    SELECT ${keyOf("id", "(row_number() OVER (PARTITION BY id ORDER BY seq) + (id IN (SELECT room FROM snapshots)))")}, data
    FROM updates1 JOIN rooms ON name = room;
  INSERT INTO entries
    SELECT workspace, row_number() OVER (PARTITION BY workspace ORDER BY seq), body FROM entries1;
  DROP TABLE updates1; DROP TABLE snapshots1; DROP TABLE entries1; DROP TABLE tombstones;
`;

/** Makes what is missing, in one transaction: a file is of one version or of the other. */
export function prepareSchema(db: Database.Database, version: number): void {
  db.transaction(() => {
    db.exec(version === 1 ? FROM_1 : SCHEMA);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}
