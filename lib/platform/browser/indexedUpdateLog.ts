/** The update log in IndexedDB: written in batches as fast as the disk takes them, folded when it is long. */
import { foldContent, isSnapshot, isUpdate } from "../../storage/fold.ts";
import type {
  AsideReason,
  ChangeId,
  Draft,
  StoredRoom,
  UpdateLog,
} from "../../storage/updateLog.ts";
import { type Database, startingWith } from "./database.ts";

/** A log that is longer than this is folded: opening it stays fast, and folding is rare. */
const FOLD_UPDATES = 300;

interface Write {
  readonly room: string;
  readonly update: Uint8Array;
  readonly marked: boolean;
  readonly done: (change: ChangeId) => void;
  readonly failed: (error: unknown) => void;
}

export function indexedUpdateLog(db: Database): UpdateLog {
  let waiting: Write[] = [];
  let writing = false;
  const lengths = new Map<string, number>();

  const commit = async (writes: readonly Write[]): Promise<void> => {
    // What a server has can be had again; a change of this browser's is on the disk before it counts.
    const durability = writes.some(({ marked }) => marked) ? "strict" : "relaxed";
    try {
      const tx = db.transaction(["updates", "pending"], "readwrite", { durability });
      const ids = writes.map(({ room, update, marked }) => {
        const added = tx.objectStore("updates").add({ room, update });
        return marked ? tx.objectStore("pending").add({ room }) : added;
      });
      const changes = await Promise.all(ids);
      await tx.done;
      for (const [i, { done }] of writes.entries()) done(changes[i] ?? 0);
    } catch (error) {
      for (const { failed } of writes) failed(error);
    }
  };

  /** One transaction at a time: what arrives meanwhile is the next. */
  const writeAll = async (): Promise<void> => {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const writes = waiting;
      waiting = [];
      await commit(writes);
      for (const { room } of writes) lengths.set(room, (lengths.get(room) ?? 0) + 1);
      for (const room of new Set(writes.map((write) => write.room)))
        if ((lengths.get(room) ?? 0) > FOLD_UPDATES) await fold(room).catch(() => undefined);
    }
    writing = false;
  };

  const write = (room: string, update: Uint8Array, marked: boolean): Promise<ChangeId> =>
    new Promise((done, failed) => {
      waiting.push({ room, update, marked, done, failed });
      void writeAll();
    });

  /** Reads and writes in one transaction, so that nothing gets lost between two tabs. */
  const fold = async (room: string): Promise<void> => {
    const tx = db.transaction(["updates", "snapshots"], "readwrite", { durability: "strict" });
    const updates = tx.objectStore("updates");
    const [keys, entries, snapshot] = await Promise.all([
      updates.index("room").getAllKeys(room),
      updates.index("room").getAll(room),
      tx.objectStore("snapshots").get(room),
    ]);
    const content = { snapshot, updates: entries.map(({ update }) => update) };
    if (entries.length > 0) {
      try {
        await tx.objectStore("snapshots").put(foldContent(content), room);
        await Promise.all(keys.map((key) => updates.delete(key)));
      } catch (error) {
        tx.abort();
        await tx.done.catch(() => undefined);
        throw error;
      }
    }
    await tx.done;
    lengths.set(room, 0);
  };

  /** Takes out of the log what cannot be read, and keeps it where a person can look at it. */
  const setDamagedAside = async (
    room: string,
    keys: readonly number[],
    snapshot: boolean,
  ): Promise<void> => {
    const stores = ["updates", "snapshots", "damaged"] as const;
    const tx = db.transaction(stores, "readwrite", { durability: "strict" });
    for (const key of keys) {
      await tx
        .objectStore("damaged")
        .add({ room, found: await tx.objectStore("updates").get(key) });
      await tx.objectStore("updates").delete(key);
    }
    if (snapshot) {
      const found: unknown = await tx.objectStore("snapshots").get(room);
      await tx.objectStore("damaged").add({ room, found });
      await tx.objectStore("snapshots").delete(room);
    }
    await tx.done;
  };

  return {
    async load(room): Promise<StoredRoom> {
      const tx = db.transaction(["updates", "snapshots", "pending"]);
      const [keys, entries, snapshot, pending] = await Promise.all([
        tx.objectStore("updates").index("room").getAllKeys(room),
        tx.objectStore("updates").index("room").getAll(room),
        tx.objectStore("snapshots").get(room),
        tx.objectStore("pending").index("room").getAllKeys(room),
      ]);
      const damaged = keys.filter((_, i) => !isUpdate(entries[i]?.update));
      const tornSnapshot = snapshot !== undefined && !isSnapshot(snapshot);
      if (damaged.length > 0 || tornSnapshot) await setDamagedAside(room, damaged, tornSnapshot);
      lengths.set(room, entries.length - damaged.length);
      return {
        snapshot: tornSnapshot ? undefined : snapshot,
        updates: entries.map(({ update }) => update).filter(isUpdate),
        pending,
      };
    },
    append: (room, update) => write(room, update, true),
    async appendAcknowledged(room, update) {
      await write(room, update, false);
    },
    async acknowledge(changes) {
      if (changes.length === 0) return;
      // A mark that comes back after a crash is only pushed once more.
      const tx = db.transaction("pending", "readwrite", { durability: "relaxed" });
      await Promise.all(changes.map((change) => tx.store.delete(change)));
      await tx.done;
    },
    mark: (room) => db.add("pending", { room }),
    async pending(prefix) {
      const counts = new Map<string, number>();
      const marks = await db.getAllFromIndex("pending", "room", startingWith(prefix));
      for (const { room } of marks) counts.set(room, (counts.get(room) ?? 0) + 1);
      return counts;
    },
    async rooms(prefix) {
      const names = new Set(await db.getAllKeys("snapshots", startingWith(prefix)));
      const tx = db.transaction("updates");
      let cursor = await tx.store.index("room").openKeyCursor(startingWith(prefix), "nextunique");
      for (; cursor; cursor = await cursor.continue()) names.add(cursor.key);
      return [...names].sort();
    },
    async setAside(room, reason: AsideReason) {
      const stores = ["updates", "snapshots", "pending", "drafts"] as const;
      const tx = db.transaction(stores, "readwrite", { durability: "strict" });
      const [keys, entries, snapshot, marks] = await Promise.all([
        tx.objectStore("updates").index("room").getAllKeys(room),
        tx.objectStore("updates").index("room").getAll(room),
        tx.objectStore("snapshots").get(room),
        tx.objectStore("pending").index("room").getAllKeys(room),
      ]);
      const updates = entries.map(({ update }) => update).filter(isUpdate);
      await tx
        .objectStore("drafts")
        .add({ room, reason, state: foldContent({ snapshot, updates }) });
      await Promise.all([
        ...keys.map((key) => tx.objectStore("updates").delete(key)),
        ...marks.map((key) => tx.objectStore("pending").delete(key)),
        tx.objectStore("snapshots").delete(room),
      ]);
      await tx.done;
      lengths.set(room, 0);
    },
    drafts: (prefix): Promise<readonly Draft[]> =>
      db.getAllFromIndex("drafts", "room", startingWith(prefix)),
  };
}
