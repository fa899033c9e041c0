/** What the log in IndexedDB keeps over crashes, damage, a full disk, and several tabs. */
import "fake-indexeddb/auto";
import fc from "fast-check";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { applyContent } from "../../storage/fold.ts";
import type { UpdateLog } from "../../storage/updateLog.ts";
import { failAt } from "../../testing/failingDisk.ts";
import { type Database, openDatabase } from "./database.ts";
import { indexedUpdateLog } from "./indexedUpdateLog.ts";

const ROOM = "w/notebook/a";

vi.setConfig({ testTimeout: 30_000 });
afterEach(() => vi.restoreAllMocks());

/** A change of its own author, so that it can be read without any other. */
function change(word: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap("words").set(word, true);
  return Y.encodeStateAsUpdate(doc);
}

async function wordsIn(log: UpdateLog): Promise<Set<string>> {
  const doc = new Y.Doc();
  applyContent(doc, await log.load(ROOM));
  return new Set(doc.getMap("words").keys());
}

/** Flips a bit in a stored update, or in the snapshot, as a disk may. Gives back whether there was one. */
async function damage(db: Database, which: number): Promise<"change" | "snapshot" | undefined> {
  const keys = await db.getAllKeysFromIndex("updates", "room", ROOM);
  const key = keys[which % (keys.length + 1)];
  const flip = (bytes: Uint8Array): Uint8Array =>
    bytes.map((byte, i) => (i === which % bytes.length ? byte ^ 4 : byte));
  if (key !== undefined) {
    const record = await db.get("updates", key);
    if (record) await db.put("updates", { ...record, update: flip(record.update) }, key);
    return "change";
  }
  const snapshot = await db.get("snapshots", ROOM);
  if (!snapshot || snapshot instanceof Uint8Array) return undefined;
  await db.put("snapshots", { ...snapshot, state: flip(snapshot.state) }, ROOM);
  return "snapshot";
}

type Step =
  | { readonly kind: "append" | "load" | "acknowledge" | "reopen" }
  | { readonly kind: "crash" | "damage"; readonly at: number };

const step = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Step>({ kind: "append" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: "acknowledge" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "load" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "reopen" }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const), at: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("damage" as const), at: fc.nat(50) }) },
);

describe("the log", () => {
  it("keeps everything that was durable and not damaged, whatever happens in between", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const factory = new IDBFactory();
        let db = await openDatabase(factory);
        // Folded at every third change: what is rare elsewhere happens all the time here.
        let log = indexedUpdateLog(db, { foldUpdates: 3 });
        let named = 0;
        /** What is in the log by now, in changes of their own or in the snapshot. */
        const durable = new Map<string, number>();
        const acknowledged = new Set<number>();
        let lostAtMost = 0;
        const append = async (): Promise<void> => {
          const word = `word ${named++}`;
          durable.set(word, await log.append(ROOM, change(word)));
        };
        const reopen = async (): Promise<void> => {
          db.close();
          db = await openDatabase(factory);
          log = indexedUpdateLog(db, { foldUpdates: 3 });
        };
        for (const one of steps) {
          switch (one.kind) {
            case "append":
              await append();
              break;
            case "load":
              await log.load(ROOM);
              break;
            case "acknowledge": {
              const [next] = [...durable.values()].filter((id) => !acknowledged.has(id));
              if (next === undefined) break;
              void log.acknowledge([next]);
              await log.written();
              acknowledged.add(next);
              break;
            }
            case "reopen":
              await reopen();
              break;
            case "crash": {
              // The tab dies somewhere in what these write and fold.
              failAt(one.at, "AbortError");
              const words = Array.from({ length: 4 }, () => `word ${named++}`);
              for (const word of words)
                void log.append(ROOM, change(word)).then(
                  (id) => durable.set(word, id),
                  () => undefined,
                );
              await log.written();
              log.drop("w/");
              vi.restoreAllMocks();
              await reopen();
              break;
            }
            case "damage": {
              const before = await wordsIn(log);
              const what = await damage(db, one.at);
              const after = await wordsIn(log);
              // No more is gone than what was damaged; and that is set aside, not lost without a word.
              if (what === "change") expect(before.size - after.size).toBeLessThanOrEqual(1);
              if (what) lostAtMost++;
              for (const word of before) if (!after.has(word)) durable.delete(word);
              expect((await log.damages("w/")).length).toBe(lostAtMost);
              break;
            }
          }
        }
        await reopen();
        const found = await wordsIn(log);
        for (const word of durable.keys()) expect(found).toContain(word);
        const { pending } = await log.load(ROOM);
        for (const id of durable.values()) expect(pending.includes(id)).toBe(!acknowledged.has(id));
        db.close();
      }),
      { numRuns: 15 },
    );
  });

  it("that finds a changed bit where anything can still be read, also while it folds", async () => {
    const db = await openDatabase(new IDBFactory());
    const log = indexedUpdateLog(db, { foldUpdates: 3 });
    await log.append(ROOM, change("abcdefgh"));
    const [key] = await db.getAllKeysFromIndex("updates", "room", ROOM);
    const record = await db.get("updates", key ?? 0);
    // One letter of the word: as an update it is as good as any other.
    const at = Buffer.from(record?.update ?? []).indexOf("abcdefgh");
    const update = record?.update.map((byte, i) => (i === at ? byte + 1 : byte));
    await db.put("updates", { room: ROOM, sum: record?.sum ?? 0, update: update! }, key);
    const told: string[] = [];
    log.onAside((room) => told.push(room));
    for (const word of ["b", "c", "d", "e"]) await log.append(ROOM, change(word));
    expect(await wordsIn(log)).toEqual(new Set(["b", "c", "d", "e"]));
    expect(told).toEqual([ROOM]);
    expect((await log.damages("w/")).map(({ bytes }) => bytes)).toEqual([update]);
  });

  it("of a full disk waits in memory, in order, and is there when there is space", async () => {
    const factory = new IDBFactory();
    const db = await openDatabase(factory);
    const log = indexedUpdateLog(db);
    await log.append(ROOM, change("before"));
    failAt(0, "QuotaExceededError");
    const later = ["one", "two"].map((word) => log.append(ROOM, change(word)));
    await vi.waitFor(() => expect(log.failure.current).toBe("full"));
    await log.written(); // does not wait for what cannot be
    expect(await wordsIn(log)).toEqual(new Set(["before"]));
    await log.retry();
    expect(log.failure.current).toBe("full");
    vi.restoreAllMocks();
    await log.retry();
    const [one = 0, two = 0] = await Promise.all(later);
    expect(one).toBeLessThan(two);
    expect(log.failure.current).toBeUndefined();
    const again = indexedUpdateLog(await openDatabase(factory));
    expect(await wordsIn(again)).toEqual(new Set(["before", "one", "two"]));
    expect((await again.load(ROOM)).pending).toHaveLength(3);
  });

  it("tries again by itself", async () => {
    const log = indexedUpdateLog(await openDatabase(new IDBFactory()));
    failAt(0, "QuotaExceededError");
    const kept = log.append(ROOM, change("x"));
    await vi.waitFor(() => expect(log.failure.current).toBe("full"));
    vi.restoreAllMocks();
    await kept;
    expect(log.failure.current).toBeUndefined();
  });

  it("says that its storage was taken away", async () => {
    const db = await openDatabase(new IDBFactory());
    const log = indexedUpdateLog(db);
    db.close();
    void log.append(ROOM, change("x")).catch(() => undefined);
    await vi.waitFor(() => expect(log.failure.current).toBe("gone"));
    await log.written();
  });

  it("of a database of version 1 is read, folded with checksums, and what is torn in it found", async () => {
    const factory = new IDBFactory();
    await new Promise<void>((done) => {
      const request = factory.open("ensemble", 1);
      request.onupgradeneeded = () => {
        const db = request.result;
        for (const name of [
          "person",
          "workspaces",
          "memberships",
          "snapshots",
          "chunks",
          "manifests",
          "uploads",
        ])
          db.createObjectStore(name);
        db.createObjectStore("damaged", { autoIncrement: true });
        for (const name of ["updates", "pending", "drafts"])
          db.createObjectStore(name, { autoIncrement: true }).createIndex("room", "room");
        const snapshot = Y.convertUpdateFormatV1ToV2(change("folded"));
        request.transaction?.objectStore("snapshots").add(snapshot, ROOM);
        for (const update of [change("old"), Uint8Array.of(9, 9)])
          request.transaction?.objectStore("updates").add({ room: ROOM, update });
        request.transaction?.objectStore("damaged").add({ room: ROOM, found: Uint8Array.of(1) });
      };
      request.onsuccess = () => {
        request.result.close();
        done();
      };
    });
    const db = await openDatabase(factory);
    const log = indexedUpdateLog(db, { foldUpdates: 1 });
    expect(await wordsIn(log)).toEqual(new Set(["folded", "old"]));
    await log.append(ROOM, change("new"));
    await log.written();
    expect(await db.count("updates")).toBe(0);
    expect(await wordsIn(log)).toEqual(new Set(["folded", "old", "new"]));
    expect((await log.damages("w/")).map(({ kind, bytes }) => [kind, bytes.length])).toEqual([
      ["snapshot", 1],
      ["change", 2],
    ]);
  });
});

describe("several tabs of one browser", () => {
  it("that write, fold and close at any moment keep what each was told is kept", async () => {
    const act = fc.record({
      tab: fc.nat(2),
      closes: fc.boolean(),
      many: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 20 }), async (acts) => {
        const factory = new IDBFactory();
        const open = async (): Promise<{ db: Database; log: UpdateLog }> => {
          const db = await openDatabase(factory);
          return { db, log: indexedUpdateLog(db, { foldUpdates: 4 }) };
        };
        const tabs = await Promise.all([open(), open(), open()]);
        const kept = new Map<string, number>();
        let named = 0;
        for (const { tab, many, closes } of acts) {
          const { db, log } = tabs[tab] ?? tabs[0];
          for (let i = 0; i < many; i++) {
            const word = `word ${named++}`;
            // Not waited for: the tabs are at it at once, and one may be closed in the middle.
            void log.append(ROOM, change(word)).then(
              (id) => kept.set(word, id),
              () => undefined,
            );
          }
          if (!closes) continue;
          db.close();
          tabs[tab] = await open();
        }
        await Promise.all(tabs.map(({ log }) => log.written()));
        const { db, log } = await open();
        const found = await wordsIn(log);
        for (const word of kept.keys()) expect(found).toContain(word);
        expect(new Set(kept.values()).size).toBe(kept.size);
        const { pending } = await log.load(ROOM);
        for (const id of kept.values()) expect(pending).toContain(id);
        for (const one of [...tabs, { db }]) one.db.close();
      }),
      { numRuns: 8 },
    );
  });

  it("make way for a newer app: what is on its way is written, and the older tab says what it is", async () => {
    const factory = new IDBFactory();
    let newer = 0;
    const logs: UpdateLog[] = [];
    const db = await openDatabase(factory, {
      async newer() {
        newer++;
        await logs[0]?.written();
      },
      gone: () => undefined,
    });
    const log = indexedUpdateLog(db);
    logs.push(log);
    // Lazy: it would have waited for a change to be written with.
    const lazy = log.appendAcknowledged(ROOM, change("theirs"));
    const version3 = await new Promise<IDBDatabase>((done) => {
      const request = factory.open("ensemble", 3);
      request.onsuccess = () => done(request.result);
    });
    await lazy;
    expect(newer).toBe(1);
    void log.append(ROOM, change("too late")).catch(() => undefined);
    await vi.waitFor(() => expect(log.failure.current).toBe("gone"));
    version3.close();
    await expect(openDatabase(factory)).rejects.toMatchObject({ failure: { code: "newer-app" } });
  });
});

describe("a log that was written to for long", () => {
  it("comes back to about the size of its content", async () => {
    const db = await openDatabase(new IDBFactory());
    const log = indexedUpdateLog(db);
    const doc = new Y.Doc();
    const text = doc.getText("t");
    let last: Promise<number> | undefined;
    doc.on("update", (update: Uint8Array) => {
      last = log.append(ROOM, update);
      void last.then((id) => log.acknowledge([id]));
    });
    // Streaming output: a line over and over, in the place of the one before it.
    for (let i = 0; i < 1000; i++) {
      text.delete(0, text.length);
      text.insert(0, `epoch ${i}`);
      if (i % 50 === 0) await last;
    }
    await last;
    await log.written();
    const content = Y.encodeStateAsUpdateV2(doc).length;
    const stored = (await db.getAll("updates")).reduce((sum, { update }) => sum + update.length, 0);
    const snapshot = await db.get("snapshots", ROOM);
    expect(snapshot && "state" in snapshot ? snapshot.state.length : 0).toBeLessThan(content + 500);
    expect(await db.count("updates")).toBeLessThan(400);
    expect(stored).toBeLessThan(30_000);
    expect(await db.count("pending")).toBe(0);
  });
});
