/** What is read from PostgreSQL: each answer is one statement, and so of one moment. */
import type { Pool } from "pg";
import { type AuditRecord, parseAuditRecord } from "../../lib/governance/audit.ts";
import type { Standing, StoredRoom } from "./store.ts";

interface Part {
  readonly kind: "room" | "snapshot" | "update";
  /** The room's last number, what the snapshot reaches to, or the update's number. */
  readonly seq: number;
  readonly deleted: boolean;
  readonly data: Buffer;
}

export async function loadRoom(pool: Pool, name: string, since: number): Promise<StoredRoom> {
  const { rows } = await pool.query<Part>(
    `WITH room AS (SELECT id, seq, deleted FROM ensemble.rooms WHERE name = $1),
        folded AS (SELECT upto, data FROM ensemble.snapshots JOIN room ON room = id)
      SELECT 'room' AS kind, seq, deleted, NULL AS data FROM room
      UNION ALL SELECT 'snapshot', upto, false, data FROM folded WHERE upto > $2
      UNION ALL SELECT 'update', u.seq, false, u.data FROM ensemble.updates u JOIN room ON u.room = id
        WHERE u.seq > greatest($2, coalesce((SELECT upto FROM folded), 0))
      ORDER BY seq`,
    [name, since],
  );
  const room = rows.find(({ kind }) => kind === "room");
  const deleted = room?.deleted === true;
  return {
    snapshot: rows.find(({ kind }) => kind === "snapshot")?.data,
    updates: rows.filter(({ kind }) => kind === "update").map(({ data }) => data),
    deleted,
    upTo: deleted ? 0 : (room?.seq ?? 0),
  };
}

export async function readEntries(pool: Pool, workspace: string): Promise<string[]> {
  const { rows } = await pool.query<{ body: string }>(
    "SELECT body FROM ensemble.entries WHERE workspace = $1 ORDER BY seq",
    [workspace],
  );
  return rows.map(({ body }) => body);
}

export async function readRooms(pool: Pool, workspace: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT name FROM ensemble.rooms
      WHERE name > $1 || '/' AND name < $1 || '0' AND NOT deleted AND seq > 0 ORDER BY name`,
    [workspace],
  );
  return rows.map(({ name }) => name);
}

export async function readWorkspaces(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT name FROM ensemble.workspaces WHERE entries > 0 ORDER BY name",
  );
  return rows.map(({ name }) => name);
}

export async function readSecret(pool: Pool, name: string): Promise<Uint8Array | undefined> {
  const { rows } = await pool.query<{ value: Buffer }>(
    "SELECT value FROM ensemble.secrets WHERE name = $1",
    [name],
  );
  return rows[0]?.value;
}

export async function readAudit(
  pool: Pool,
  workspace: string,
  after: number,
  limit: number,
): Promise<AuditRecord[]> {
  const { rows } = await pool.query<{ body: string }>(
    "SELECT body FROM ensemble.audit WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    [workspace, after, limit],
  );
  return rows
    .map(({ body }) => parseAuditRecord(JSON.parse(body)))
    .filter((record) => record !== undefined);
}

export async function readStanding(
  pool: Pool,
  rooms: readonly string[],
  workspaces: readonly string[],
): Promise<Standing> {
  const { rows } = await pool.query<{ name: string; room: boolean; stands: number }>(
    `SELECT name, true AS room, CASE WHEN deleted THEN -1 ELSE seq END AS stands
        FROM ensemble.rooms WHERE name = ANY($1)
      UNION ALL SELECT name, false, entries FROM ensemble.workspaces WHERE name = ANY($2)`,
    [rooms, workspaces],
  );
  const stands = (room: boolean): Map<string, number> =>
    new Map(rows.filter((row) => row.room === room).map((row) => [row.name, row.stands]));
  const [ofRooms, ofWorkspaces] = [stands(true), stands(false)];
  return {
    rooms: rooms.map((name) => {
      const seq = ofRooms.get(name) ?? 0;
      return seq < 0 ? "deleted" : seq;
    }),
    workspaces: workspaces.map((name) => ofWorkspaces.get(name) ?? 0),
  };
}
