/** The records of one room in IndexedDB: written with a checksum, and looked at when they are read. */
import { checksum } from "../../base/checksum.ts";
import { foldContent, isSnapshot, isUpdate } from "../../storage/fold.ts";
import type { AsideReason, Damage, StoredRoom } from "../../storage/updateLog.ts";
import type { Database, StoredDamage, StoredSnapshot, StoredUpdate, Writing } from "./database.ts";

interface Found {
  readonly updates: readonly Uint8Array[];
  readonly snapshot: Uint8Array | undefined;
  /** The keys of all that was read, sound or not. */
  readonly keys: readonly number[];
  readonly damaged: readonly number[];
  readonly snapshotDamaged: boolean;
}

export function updateRecord(room: string, update: Uint8Array): StoredUpdate {
  return { room, update, sum: checksum(update) };
}

export function snapshotRecord(state: Uint8Array): StoredSnapshot {
  return { state, sum: checksum(state) };
}

/** What is there of a room, and which of it cannot be read. */
export async function readRecords(
  db: Database,
  room: string,
): Promise<Found & Pick<StoredRoom, "pending">> {
  const tx = db.transaction(["updates", "snapshots", "pending"]);
  const [keys, records, snapshot, pending] = await Promise.all([
    tx.objectStore("updates").index("room").getAllKeys(room),
    tx.objectStore("updates").index("room").getAll(room),
    tx.objectStore("snapshots").get(room),
    tx.objectStore("pending").index("room").getAllKeys(room),
  ]);
  return { ...sorted(keys, records, snapshot), pending };
}

/**
 * Puts one snapshot in the place of the room's updates; what cannot be read is set aside. Reads and writes in one
 * transaction, so that nothing gets lost between two tabs. Gives back whether something was damaged.
 */
export async function foldRecords(db: Database, room: string): Promise<boolean> {
  const stores = ["updates", "snapshots", "damaged"] as const;
  const tx = db.transaction(stores, "readwrite", { durability: "strict" });
  const [updates, snapshots] = [tx.objectStore("updates"), tx.objectStore("snapshots")];
  try {
    const [keys, records, snapshot] = await Promise.all([
      updates.index("room").getAllKeys(room),
      updates.index("room").getAll(room),
      snapshots.get(room),
    ]);
    const found = sorted(keys, records, snapshot);
    const writes: Promise<unknown>[] = [];
    if (found.damaged.length > 0 || found.snapshotDamaged)
      writes.push(moveAside(tx, room, found.damaged, found.snapshotDamaged));
    if (found.updates.length > 0)
      writes.push(snapshots.put(snapshotRecord(foldContent(found)), room));
    writes.push(...keys.map((key) => updates.delete(key)));
    await Promise.all([...writes, tx.done]);
    return found.damaged.length > 0 || found.snapshotDamaged;
  } catch (error) {
    await abandon(tx);
    throw error;
  }
}

/** Takes out of the room what cannot be read, and keeps it where a person can look at it. */
export async function setDamagedAside(db: Database, room: string): Promise<boolean> {
  const stores = ["updates", "snapshots", "damaged"] as const;
  const tx = db.transaction(stores, "readwrite", { durability: "strict" });
  const updates = tx.objectStore("updates");
  const [keys, records, snapshot] = await Promise.all([
    updates.index("room").getAllKeys(room),
    updates.index("room").getAll(room),
    tx.objectStore("snapshots").get(room),
  ]);
  // Looked at again: another tab may have been here first.
  const { damaged, snapshotDamaged } = sorted(keys, records, snapshot);
  await moveAside(tx, room, damaged, snapshotDamaged);
  await tx.done;
  return damaged.length > 0 || snapshotDamaged;
}

/** Makes a draft of all that can be read of the room, and empties it, in one step. */
export async function draftRecords(db: Database, room: string, reason: AsideReason): Promise<void> {
  const stores = ["updates", "snapshots", "pending", "drafts"] as const;
  const tx = db.transaction(stores, "readwrite", { durability: "strict" });
  const [updates, pending] = [tx.objectStore("updates"), tx.objectStore("pending")];
  try {
    const [keys, records, snapshot, marks] = await Promise.all([
      updates.index("room").getAllKeys(room),
      updates.index("room").getAll(room),
      tx.objectStore("snapshots").get(room),
      pending.index("room").getAllKeys(room),
    ]);
    const state = foldContent(sorted(keys, records, snapshot));
    await Promise.all([
      tx.objectStore("drafts").add({ room, reason, state, at: Date.now() }),
      ...keys.map((key) => updates.delete(key)),
      ...marks.map((key) => pending.delete(key)),
      tx.objectStore("snapshots").delete(room),
      tx.done,
    ]);
  } catch (error) {
    await abandon(tx);
    throw error;
  }
}

export function damageOf(id: number, { room, found, at, told }: StoredDamage): Damage {
  const record = found as Partial<StoredUpdate & StoredSnapshot> | Uint8Array | undefined;
  const isChange = typeof record === "object" && "room" in record;
  const bytes: unknown =
    record instanceof Uint8Array ? record : isChange ? record.update : record?.state;
  return {
    id,
    room,
    kind: isChange ? "change" : "snapshot",
    bytes: bytes instanceof Uint8Array ? bytes : new Uint8Array(),
    at,
    told: told === true,
  };
}

async function moveAside(
  tx: Writing<"updates" | "snapshots" | "damaged">,
  room: string,
  keys: readonly number[],
  snapshot: boolean,
): Promise<void> {
  const damaged = tx.objectStore("damaged");
  const at = Date.now();
  for (const key of keys) {
    await damaged.add({ room, found: await tx.objectStore("updates").get(key), at });
    await tx.objectStore("updates").delete(key);
  }
  if (!snapshot) return;
  await damaged.add({ room, found: await tx.objectStore("snapshots").get(room), at });
  await tx.objectStore("snapshots").delete(room);
}

function sorted(
  keys: readonly number[],
  records: readonly StoredUpdate[],
  stored: StoredSnapshot | Uint8Array | undefined,
): Found {
  const isSound = records.map(isSoundUpdate);
  const snapshot = stored === undefined ? undefined : soundSnapshot(stored);
  return {
    keys,
    updates: records.filter((_, i) => isSound[i]).map(({ update }) => update),
    damaged: keys.filter((_, i) => isSound[i] !== true),
    snapshot,
    snapshotDamaged: stored !== undefined && snapshot === undefined,
  };
}

/** What has no checksum was written by an older app: it can only be tried. */
function isSoundUpdate({ update, sum }: Partial<StoredUpdate>): boolean {
  if (!(update instanceof Uint8Array)) return false;
  return sum === undefined ? isUpdate(update) : checksum(update) === sum;
}

function soundSnapshot(stored: StoredSnapshot | Uint8Array): Uint8Array | undefined {
  if (stored instanceof Uint8Array) return isSnapshot(stored) ? stored : undefined;
  const { state, sum } = stored as Partial<StoredSnapshot>;
  return state instanceof Uint8Array && checksum(state) === sum ? state : undefined;
}

/** Leaves everything as it was. */
async function abandon(tx: { abort(): void; done: Promise<void> }): Promise<void> {
  try {
    tx.abort();
  } catch {
    // It has come to its end already.
  }
  await tx.done.catch(() => undefined);
}
