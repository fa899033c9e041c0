/** The rooms of the SQLite file: their ids and last numbers, remembered so that an append reads nothing. */
import type Database from "better-sqlite3";
import { LAST_NUMBER, keyOf } from "./schema.ts";

export interface SqliteRoom {
  readonly id: number;
  /** The number of its last update; 0 where it has none. */
  last: number;
  deleted: boolean;
}

export interface SqliteRooms {
  /** The room, or undefined where nobody ever wrote to it. */
  find(name: string): SqliteRoom | undefined;
  /** The room, made where it is new. To be called within a transaction. */
  make(name: string): SqliteRoom;
  /** After a transaction that came to nothing, what was counted in it does not hold. */
  forget(): void;
}

/** Rooms that are remembered: some hundred bytes each. */
const MAX_KNOWN = 50_000;

interface Row {
  readonly id: number;
  readonly deleted: number;
  readonly last: number;
}

export function openSqliteRooms(db: Database.Database): SqliteRooms {
  const select = db.prepare<[string], Row>(
    `SELECT id, deleted, max(
        ifnull((SELECT max(key) & ${LAST_NUMBER} FROM updates
          WHERE key BETWEEN ${keyOf("id", "0")} AND ${keyOf("id", `${LAST_NUMBER}`)}), 0),
        ifnull((SELECT upTo FROM snapshots WHERE room = id), 0)
      ) AS last FROM rooms WHERE name = ?`,
  );
  const insert = db.prepare("INSERT INTO rooms (name) VALUES (?)");
  const known = new Map<string, SqliteRoom>();

  const remember = (name: string, room: SqliteRoom): SqliteRoom => {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, room);
    return room;
  };

  const find = (name: string): SqliteRoom | undefined => {
    const found = known.get(name);
    if (found) return found;
    const row = select.get(name);
    return row && remember(name, { id: row.id, last: row.last, deleted: row.deleted !== 0 });
  };

  return {
    find,
    make: (name) =>
      find(name) ??
      remember(name, { id: Number(insert.run(name).lastInsertRowid), last: 0, deleted: false }),
    forget: () => known.clear(),
  };
}
