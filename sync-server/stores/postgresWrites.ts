/**
 * A batch of writes as one transaction in PostgreSQL. What several nodes may change is locked first and in the order
 * of its names, so that nodes wait for each other and never in a circle; numbers are counted under that lock.
 */
import type { ClientBase } from "pg";
import {
  type AuditEnd,
  type AuditFact,
  auditStart,
  chainAudit,
} from "../../lib/governance/audit.ts";
import type { Write, Written } from "./sqlite.ts";

interface LockedRoom {
  readonly id: number;
  seq: number;
  deleted: boolean;
}

type Of<K extends Write["kind"]> = Extract<Write, { kind: K }>;

export type WriteBatch = (client: ClientBase, batch: readonly Write[]) => Promise<Written[]>;

/** Names that are known to have a row: some hundred bytes each. */
const MAX_KNOWN = 50_000;

export function batchWriter(): WriteBatch {
  const [madeRooms, madeWorkspaces] = [new Set<string>(), new Set<string>()];

  return async (client, batch) => {
    const rooms = namesOf(batch, (write) => ("room" in write ? write.room : undefined));
    const workspaces = namesOf(batch, workspaceOf);
    await make(client, "rooms", rooms, madeRooms);
    await make(client, "workspaces", workspaces, madeWorkspaces);
    await client.query("BEGIN; SET LOCAL synchronous_commit = on");
    try {
      const written = await writeAll(
        client,
        batch,
        await lockRooms(client, rooms),
        await lockWorkspaces(client, workspaces),
      );
      await client.query("COMMIT");
      return written;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      throw error;
    }
  };
}

function namesOf(
  batch: readonly Write[],
  nameOf: (write: Write) => string | undefined,
): readonly string[] {
  const names = batch.map(nameOf).filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

function workspaceOf(write: Write): string | undefined {
  if (write.kind === "audit") return write.workspace;
  return write.kind === "entries" && write.entries.length > 0 ? write.workspace : undefined;
}

/** Makes rows for names that are new, apart from the transaction: an empty one says nothing. */
async function make(
  client: ClientBase,
  table: "rooms" | "workspaces",
  names: readonly string[],
  known: Set<string>,
): Promise<void> {
  const fresh = names.filter((name) => !known.has(name));
  if (fresh.length === 0) return;
  const insert = `INSERT INTO ensemble.${table} (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`;
  await client.query(insert, [fresh]);
  if (known.size > MAX_KNOWN) known.clear();
  for (const name of fresh) known.add(name);
}

async function lockRooms(
  client: ClientBase,
  names: readonly string[],
): Promise<Map<string, LockedRoom>> {
  if (names.length === 0) return new Map();
  const { rows } = await client.query<LockedRoom & { name: string }>(
    "SELECT id, name, seq, deleted FROM ensemble.rooms WHERE name = ANY($1) ORDER BY name FOR UPDATE",
    [names],
  );
  return new Map(rows.map((row) => [row.name, row]));
}

/** How many entries each holds. */
async function lockWorkspaces(
  client: ClientBase,
  names: readonly string[],
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const { rows } = await client.query<{ name: string; entries: number }>(
    "SELECT name, entries FROM ensemble.workspaces WHERE name = ANY($1) ORDER BY name FOR UPDATE",
    [names],
  );
  return new Map(rows.map((row) => [row.name, row.entries]));
}

async function writeAll(
  client: ClientBase,
  batch: readonly Write[],
  rooms: ReadonlyMap<string, LockedRoom>,
  workspaces: Map<string, number>,
): Promise<Written[]> {
  const roomOf = (name: string): LockedRoom => {
    const room = rooms.get(name);
    if (!room) throw new Error("a room has no row");
    return room;
  };
  const appended: { room: LockedRoom; seq: number; update: Uint8Array }[] = [];
  const folds: (() => Promise<void>)[] = [];
  const written: Written[] = [];
  for (const write of batch) {
    switch (write.kind) {
      case "append": {
        const room = roomOf(write.room);
        if (!room.deleted) appended.push({ room, seq: ++room.seq, update: write.update });
        written.push(room.deleted ? 0 : room.seq);
        continue;
      }
      case "fold":
        folds.push(() => fold(client, roomOf(write.room), write));
        break;
      case "delete":
        roomOf(write.room).deleted = true;
        folds.push(() => forget(client, roomOf(write.room)));
        break;
      case "entries":
        written.push(await appendEntries(client, write, workspaces));
        continue;
      case "audit":
        await appendAudit(client, write.workspace, write.facts, write.at);
        break;
      case "secret":
        await client.query("INSERT INTO ensemble.secrets VALUES ($1, $2) ON CONFLICT DO NOTHING", [
          write.name,
          Buffer.from(write.value),
        ]);
        break;
      case "probe":
        await client.query("SELECT txid_current()"); // then the commit has something to make durable
    }
    written.push(undefined);
  }
  await append(client, appended);
  for (const one of folds) await one();
  return written;
}

async function append(
  client: ClientBase,
  appended: readonly { room: LockedRoom; seq: number; update: Uint8Array }[],
): Promise<void> {
  if (appended.length === 0) return;
  const rooms = [...new Set(appended.map(({ room }) => room))];
  await client.query(
    `WITH counted AS (UPDATE ensemble.rooms SET seq = new.seq
        FROM unnest($1::int[], $2::int[]) AS new (id, seq) WHERE rooms.id = new.id)
      INSERT INTO ensemble.updates SELECT * FROM unnest($3::int[], $4::int[], $5::bytea[])`,
    [
      rooms.map(({ id }) => id),
      rooms.map(({ seq }) => seq),
      appended.map(({ room }) => room.id),
      appended.map(({ seq }) => seq),
      appended.map(({ update }) => Buffer.from(update)),
    ],
  );
}

/** Another node may have folded further: the newer snapshot stays. */
async function fold(client: ClientBase, room: LockedRoom, write: Of<"fold">): Promise<void> {
  if (room.deleted) return;
  await client.query(
    `INSERT INTO ensemble.snapshots AS old VALUES ($1, $2, $3) ON CONFLICT (room)
      DO UPDATE SET upto = excluded.upto, data = excluded.data WHERE excluded.upto > old.upto`,
    [room.id, write.upTo, Buffer.from(write.snapshot)],
  );
  await client.query("DELETE FROM ensemble.updates WHERE room = $1 AND seq <= $2", [
    room.id,
    write.upTo,
  ]);
}

async function forget(client: ClientBase, { id }: LockedRoom): Promise<void> {
  await client.query("DELETE FROM ensemble.updates WHERE room = $1", [id]);
  await client.query("DELETE FROM ensemble.snapshots WHERE room = $1", [id]);
  await client.query("UPDATE ensemble.rooms SET deleted = true WHERE id = $1", [id]);
}

async function appendEntries(
  client: ClientBase,
  { workspace, entries, known, audit }: Of<"entries">,
  workspaces: Map<string, number>,
): Promise<boolean> {
  if (entries.length === 0) return true;
  if (workspaces.get(workspace) !== known) return false;
  workspaces.set(workspace, known + entries.length);
  await client.query(
    `WITH counted AS (UPDATE ensemble.workspaces SET entries = $2::int + cardinality($3::text[]) WHERE name = $1)
      INSERT INTO ensemble.entries SELECT $1, $2::int + place, body
        FROM unnest($3::text[]) WITH ORDINALITY AS new (body, place)`,
    [workspace, known, entries],
  );
  if (audit) await appendAudit(client, workspace, audit.facts, audit.at);
  return true;
}

async function appendAudit(
  client: ClientBase,
  workspace: string,
  facts: readonly AuditFact[],
  at: number,
): Promise<void> {
  const fresh = new Map(facts.map((fact) => [fact.id, fact]));
  if (fresh.size === 0) return;
  const known = await client.query<{ id: string }>(
    "SELECT id FROM ensemble.audit WHERE workspace = $1 AND id = ANY($2)",
    [workspace, [...fresh.keys()]],
  );
  for (const { id } of known.rows) fresh.delete(id);
  const ends = await client.query<AuditEnd>(
    "SELECT seq, hash FROM ensemble.audit WHERE workspace = $1 ORDER BY seq DESC LIMIT 1",
    [workspace],
  );
  const end = ends.rows[0] ?? auditStart(workspace);
  for (const record of chainAudit(workspace, end, [...fresh.values()], at))
    await client.query("INSERT INTO ensemble.audit VALUES ($1, $2, $3, $4, $5)", [
      workspace,
      record.seq,
      record.id,
      record.hash,
      JSON.stringify(record),
    ]);
}
