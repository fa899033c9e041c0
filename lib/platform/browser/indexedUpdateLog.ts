/**
 * The update log in IndexedDB: what is written goes through one queue, what is read is looked at, and a log that is
 * long is folded.
 */
import type { AsideReason, Damage, Draft, StoredRoom, UpdateLog } from "../../storage/updateLog.ts";
import { type Database, startingWith } from "./database.ts";
import {
  damageOf,
  draftRecords,
  foldRecords,
  readRecords,
  setDamagedAside,
  snapshotRecord,
} from "./roomRecords.ts";
import { whole } from "./transactions.ts";
import { WriteQueue } from "./writeQueue.ts";

/** A log that is longer than this is folded: opening it stays fast, and folding is rare. */
const FOLD_UPDATES = 300;

/**
 * What is being sent to a server is gathered so long, milliseconds: it syncs its own disk for it, often this one.
 */
const GATHER_MS = 25;
/** What a server has already waits so long for a change to be written with, milliseconds. */
const LAZY_MS = 200;

/** `foldUpdates`: a log that is longer is folded. */
export function indexedUpdateLog(
  db: Database,
  { foldUpdates = FOLD_UPDATES }: { readonly foldUpdates?: number } = {},
): UpdateLog {
  const lengths = new Map<string, number>();
  const listeners = new Set<(room: string) => void>();
  const tellAside = (room: string): void => {
    for (const listener of [...listeners]) listener(room);
  };

  const fold = async (room: string): Promise<void> => {
    if (await foldRecords(db, room)) tellAside(room);
    lengths.set(room, 0);
  };
  const queue = new WriteQueue(db, LAZY_MS, async (room, by) => {
    lengths.set(room, (lengths.get(room) ?? 0) + by);
    if ((lengths.get(room) ?? 0) > foldUpdates) await fold(room).catch(() => undefined);
  });

  return {
    failure: queue.failure,
    onAside(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async load(room): Promise<StoredRoom> {
      await queue.written();
      const found = await readRecords(db, room);
      if (found.damaged.length > 0 || found.snapshotDamaged) {
        // A disk that is full keeps it where it is: it is looked at again next time.
        const moved = await setDamagedAside(db, room).catch(() => false);
        if (moved) tellAside(room);
      }
      const { updates, snapshot, pending } = found;
      lengths.set(room, updates.length);
      return { snapshot, updates, pending };
    },
    append: (room, update, sent = false) =>
      queue.write({ kind: "change", room, update }, sent ? GATHER_MS : 0),
    async appendAcknowledged(room, update) {
      await queue.write({ kind: "copy", room, update }, LAZY_MS);
    },
    async acknowledge(changes) {
      const ask = changes.map((change) => queue.write({ kind: "acknowledged", change }, LAZY_MS));
      await Promise.all(ask);
    },
    written: () => queue.written(),
    retry: () => queue.retry(),
    drop: (prefix) => queue.drop(prefix),
    mark: (room) => db.add("pending", { room }),
    async adopt(room, state) {
      const tx = db.transaction(["snapshots", "pending"], "readwrite", { durability: "strict" });
      await whole<unknown>([
        tx.objectStore("snapshots").put(snapshotRecord(state), room),
        tx.objectStore("pending").add({ room }),
        tx.done,
      ]);
    },
    async pending(prefix) {
      await queue.written();
      const counts = new Map<string, number>();
      const marks = await db.getAllFromIndex("pending", "room", startingWith(prefix));
      for (const { room } of marks) counts.set(room, (counts.get(room) ?? 0) + 1);
      return counts;
    },
    async rooms(prefix) {
      await queue.written();
      const names = new Set(await db.getAllKeys("snapshots", startingWith(prefix)));
      const tx = db.transaction("updates");
      let cursor = await tx.store.index("room").openKeyCursor(startingWith(prefix), "nextunique");
      for (; cursor; cursor = await cursor.continue()) names.add(cursor.key);
      return [...names].sort();
    },
    async setAside(room, reason: AsideReason) {
      await queue.written();
      await draftRecords(db, room, reason);
      tellAside(room);
      lengths.set(room, 0);
    },
    async drafts(prefix): Promise<readonly Draft[]> {
      const tx = db.transaction("drafts");
      const range = startingWith(prefix);
      const [ids, drafts] = await Promise.all([
        tx.store.index("room").getAllKeys(range),
        tx.store.index("room").getAll(range),
      ]);
      return drafts.map((draft, i) => ({ ...draft, id: ids[i] ?? 0, at: draft.at }));
    },
    forgetDraft: (draft) => db.delete("drafts", draft),
    async damages(prefix): Promise<readonly Damage[]> {
      const tx = db.transaction("damaged");
      const range = startingWith(prefix);
      const [ids, found] = await Promise.all([
        tx.store.index("room").getAllKeys(range),
        tx.store.index("room").getAll(range),
      ]);
      return found.map((one, i) => damageOf(ids[i] ?? 0, one));
    },
    async damagesTold(prefix) {
      const tx = db.transaction("damaged", "readwrite");
      for (const key of await tx.store.index("room").getAllKeys(startingWith(prefix))) {
        const found = await tx.store.get(key);
        if (found && found.told !== true) await tx.store.put({ ...found, told: true }, key);
      }
      await tx.done;
    },
    async forgetDamages(prefix) {
      const tx = db.transaction("damaged", "readwrite");
      for (const key of await tx.store.index("room").getAllKeys(startingWith(prefix)))
        await tx.store.delete(key);
      await tx.done;
    },
  };
}
