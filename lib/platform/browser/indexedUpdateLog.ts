/**
 * The update log in IndexedDB: changes are written in batches as fast as the disk takes them, what a server has
 * when there is time, and a log that is long is folded.
 */
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

/**
 * What is being sent to a server is gathered so long, milliseconds: it syncs its own disk for it, often this one.
 */
const GATHER_MS = 25;
/** What a server has already waits so long for a change to be written with, milliseconds. */
const LAZY_MS = 200;

type Asked =
  | { readonly kind: "change" | "copy"; readonly room: string; readonly update: Uint8Array }
  | { readonly kind: "acknowledged"; readonly change: ChangeId };

interface Write {
  readonly asked: Asked;
  readonly done: (change: ChangeId) => void;
  readonly failed: (error: unknown) => void;
}

const isChange = ({ asked }: Write): boolean => asked.kind === "change";

export function indexedUpdateLog(db: Database): UpdateLog {
  let waiting: Write[] = [];
  let writing: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  const lengths = new Map<string, number>();

  const commit = async (writes: readonly Write[]): Promise<void> => {
    // What a server has can be had again, and a mark that comes back after a crash is only pushed once more. A
    // change of this browser's is on the disk before it counts.
    const durability = writes.some(isChange) ? "strict" : "relaxed";
    try {
      const tx = db.transaction(["updates", "pending"], "readwrite", { durability });
      const pending = tx.objectStore("pending");
      const requests = writes.map(({ asked }) => {
        if (asked.kind === "acknowledged") return pending.delete(asked.change).then(() => 0);
        const { room, update } = asked;
        const added = tx.objectStore("updates").add({ room, update });
        if (asked.kind === "copy") return added;
        return Promise.all([pending.add({ room }), added]).then(([change]) => change);
      });
      tx.commit(); // at once, so that it comes through where the page is just being left
      const [changes] = await Promise.all([Promise.all(requests), tx.done]);
      for (const [i, { done }] of writes.entries()) done(changes[i] ?? 0);
    } catch (error) {
      for (const { failed } of writes) failed(error);
    }
  };

  /** One transaction at a time: what arrives meanwhile is the next. */
  const writeAll = async (): Promise<void> => {
    do {
      clearTimeout(timer);
      due = Infinity;
      const writes = waiting;
      waiting = [];
      await commit(writes);
      const rooms = writes.flatMap(({ asked }) => ("room" in asked ? [asked.room] : []));
      for (const room of rooms) lengths.set(room, (lengths.get(room) ?? 0) + 1);
      for (const room of new Set(rooms))
        if ((lengths.get(room) ?? 0) > FOLD_UPDATES) await fold(room).catch(() => undefined);
    } while (waiting.some(isChange));
    writing = undefined;
    if (waiting.length > 0) writeWithin(LAZY_MS);
  };
  const writeNow = (): Promise<void> => (writing ??= writeAll());
  const writeWithin = (ms: number): void => {
    if (writing ?? performance.now() + ms >= due) return;
    clearTimeout(timer);
    due = performance.now() + ms;
    timer = setTimeout(() => void writeNow(), ms);
  };

  const write = (asked: Asked, within: number): Promise<ChangeId> =>
    new Promise((done, failed) => {
      waiting.push({ asked, done, failed });
      if (within > 0) writeWithin(within);
      else void writeNow();
    });

  const written = async (): Promise<void> => {
    while (writing ?? waiting.length > 0) await writeNow();
  };
  globalThis.addEventListener?.("pagehide", () => void (waiting.length > 0 && writeNow()));

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
      await written();
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
    append: (room, update, sent = false) =>
      write({ kind: "change", room, update }, sent ? GATHER_MS : 0),
    async appendAcknowledged(room, update) {
      await write({ kind: "copy", room, update }, LAZY_MS);
    },
    async acknowledge(changes) {
      await Promise.all(changes.map((change) => write({ kind: "acknowledged", change }, LAZY_MS)));
    },
    written,
    mark: (room) => db.add("pending", { room }),
    async pending(prefix) {
      await written();
      const counts = new Map<string, number>();
      const marks = await db.getAllFromIndex("pending", "room", startingWith(prefix));
      for (const { room } of marks) counts.set(room, (counts.get(room) ?? 0) + 1);
      return counts;
    },
    async rooms(prefix) {
      await written();
      const names = new Set(await db.getAllKeys("snapshots", startingWith(prefix)));
      const tx = db.transaction("updates");
      let cursor = await tx.store.index("room").openKeyCursor(startingWith(prefix), "nextunique");
      for (; cursor; cursor = await cursor.continue()) names.add(cursor.key);
      return [...names].sort();
    },
    async setAside(room, reason: AsideReason) {
      await written();
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
