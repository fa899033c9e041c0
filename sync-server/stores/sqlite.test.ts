import Database from "better-sqlite3";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { openLocalStore } from "../testing/localStore.ts";
import { batchingStore } from "./batchingStore.ts";
import { applyStored } from "./foldLog.ts";
import { openSqlite } from "./sqlite.ts";
import { describeStore } from "./store.contract.ts";
import type { StoreAnswer, StoreRequest } from "./storeRequests.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** The tables as the first version made them. */
const VERSION_1 = `
  CREATE TABLE updates (seq INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, data BLOB NOT NULL);
  CREATE INDEX updates_by_room ON updates (room, seq);
  CREATE TABLE snapshots (room TEXT PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE tombstones (room TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE entries (seq INTEGER PRIMARY KEY AUTOINCREMENT, workspace TEXT NOT NULL, body TEXT NOT NULL);
  CREATE INDEX entries_by_workspace ON entries (workspace, seq);
  CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
`;

describeStore("the SQLite store", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ensemble-store-"));
  return {
    open: () => openLocalStore(join(folder, "data.sqlite")),
    clean: () => rm(folder, { recursive: true, force: true }),
  };
});

describe("the SQLite file", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ensemble-sqlite-"));
    path = join(folder, "data.sqlite");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const filled = (): void => {
    const file = openSqlite(path);
    for (let i = 0; i < 300; i++)
      file.write([{ kind: "append", room: `w/${i % 7}`, update: new Uint8Array(500).fill(i) }]);
    file.close();
  };

  it("is refused and left as it is where it is no database", async () => {
    await writeFile(path, "a shopping list, far longer than any header\n".repeat(50));
    const before = await readFile(path);
    expect(() => openSqlite(path)).toThrow("it is not a database");
    expect(await readFile(path)).toEqual(before);
  });

  it("is refused and left as it is where it belongs to something else, or to a newer version", async () => {
    const other = new Database(path);
    other.exec("CREATE TABLE recipes (name TEXT)");
    other.close();
    const before = await readFile(path);
    expect(() => openSqlite(path)).toThrow("it belongs to something else");
    const newer = new Database(path);
    newer.pragma("user_version = 999");
    newer.close();
    expect(() => openSqlite(path)).toThrow("a newer Ensemble wrote it");
    expect((await readFile(path)).length).toBe(before.length);
  });

  it("is refused where pages of it were damaged or cut off", async () => {
    filled();
    const whole = await readFile(path);
    const damaged = Buffer.from(whole);
    damaged.fill(0xa5, 8192, whole.length - 4096);
    await writeFile(path, damaged);
    expect(() => openSqlite(path)).toThrow("it is damaged");
    await writeFile(path, whole.subarray(0, Math.floor(whole.length / 8192) * 4096));
    expect(() => openSqlite(path)).toThrow("it is damaged");
    await writeFile(path, whole);
    openSqlite(path).close();
  });

  it("is refused while another server has it", () => {
    const mine = openSqlite(path);
    mine.write([]);
    expect(() => openSqlite(path)).toThrow("another server is using it");
    mine.close();
    openSqlite(path).close();
  });

  it("takes a batch whole or not at all", () => {
    const file = openSqlite(path);
    const append = { kind: "append", room: "w/a", update: new Uint8Array([1]) } as const;
    const broken = { ...append, update: null as unknown as Uint8Array };
    expect(() => file.write([append, broken])).toThrow();
    expect(file.load("w/a").updates).toEqual([]);
    file.close();
  });

  it("syncs every commit to the disk, in a log beside the file", () => {
    const file = openSqlite(path);
    file.write([{ kind: "append", room: "w/a", update: new Uint8Array([1]) }]);
    expect(existsSync(`${path}-wal`)).toBe(true);
    file.close();
    const db = new Database(path);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(db.pragma("auto_vacuum", { simple: true })).toBe(2);
    db.close();
  });

  it("has a log that does not have to grow for what is written next, and a file without filling", () => {
    const file = openSqlite(path);
    const log = statSync(`${path}-wal`).size;
    expect(log).toBeGreaterThan(1_000_000);
    expect(statSync(path).size).toBeLessThan(200_000);
    for (let i = 0; i < 50; i++)
      file.write([{ kind: "append", room: "w/a", update: new Uint8Array(100) }]);
    expect(statSync(`${path}-wal`).size).toBe(log);
    file.close();
  });

  it("opens again where it was cut off while the log was made longer", () => {
    openSqlite(path).close();
    const db = new Database(path);
    db.exec("CREATE TABLE filler (bytes BLOB)");
    db.close();
    openSqlite(path).close();
  });

  it("of version 1 is taken over whole: rooms, snapshots, tombstones, entries and secrets", () => {
    const [doc, later] = [new Y.Doc(), [] as Uint8Array[]];
    doc.getText("t").insert(0, "folded, ");
    const snapshot = Y.encodeStateAsUpdateV2(doc);
    doc.on("update", (update: Uint8Array) => void later.push(update));
    doc.getText("t").insert(8, "and ");
    doc.getText("t").insert(12, "later");
    const old = new Database(path);
    old.pragma("auto_vacuum = INCREMENTAL");
    old.pragma("journal_mode = WAL");
    old.exec(VERSION_1);
    old.pragma("user_version = 1");
    const update = old.prepare("INSERT INTO updates (room, data) VALUES (?, ?)");
    const entry = old.prepare("INSERT INTO entries (workspace, body) VALUES (?, ?)");
    old.prepare("INSERT INTO snapshots VALUES (?, ?)").run("w/long", snapshot);
    old.prepare("INSERT INTO tombstones VALUES (?)").run("w/gone");
    old.prepare("INSERT INTO secrets VALUES (?, ?)").run("token", bytes(7));
    for (const one of later) {
      update.run("w/long", one);
      update.run("w/short", bytes(1));
    }
    update.run("w/short", bytes(2));
    for (const [workspace, body] of ["w1", "v1", "w2", "v2", "w3"].map((e) => [e[0], e]))
      entry.run(workspace, body);
    old.close();

    const file = openSqlite(path);
    const long = file.load("w/long");
    const found = new Y.Doc();
    applyStored(found, long);
    expect(found.getText("t").toJSON()).toBe("folded, and later");
    expect(long.upTo).toBe(3);
    expect(file.load("w/long", 2).updates).toEqual([Buffer.from(later[1]!)]);
    expect(file.load("w/short")).toMatchObject({ snapshot: undefined, upTo: 3 });
    expect(file.load("w/short").updates.map(([first]) => first)).toEqual([1, 1, 2]);
    expect(file.load("w/gone").deleted).toBe(true);
    expect(file.entries("w")).toEqual(["w1", "w2", "w3"]);
    expect(file.secret("token")).toEqual(Buffer.from(bytes(7)));
    const append = { kind: "append", update: bytes(9) } as const;
    expect(
      file.write([
        { ...append, room: "w/long" },
        { ...append, room: "w/gone" },
        { ...append, room: "w/new" },
        { kind: "entries", workspace: "v", entries: ["v3"], known: 2 },
      ]),
    ).toEqual([4, 0, 1, true]);
    file.close();
    const again = openSqlite(path);
    expect(again.load("w/long").upTo).toBe(4);
    again.close();
  });

  it("of version 1 that cannot be taken over stays what it was", () => {
    const old = new Database(path);
    old.exec(VERSION_1);
    old.exec("CREATE TABLE rooms (in_the_way INTEGER)");
    old.prepare("INSERT INTO updates (room, data) VALUES (?, ?)").run("w/a", bytes(1));
    old.pragma("user_version = 1");
    old.close();
    expect(() => openSqlite(path)).toThrow();
    const db = new Database(path);
    expect(db.pragma("user_version", { simple: true })).toBe(1);
    expect(db.prepare("SELECT room FROM updates").pluck().all()).toEqual(["w/a"]);
    db.close();
  });

  it("counts right after a batch that came to nothing", () => {
    const file = openSqlite(path);
    const append = { kind: "append", room: "w/a", update: bytes(1) } as const;
    expect(file.write([append])).toEqual([1]);
    const broken = { ...append, update: null as unknown as Uint8Array };
    expect(() => file.write([append, append, broken])).toThrow();
    expect(file.write([append])).toEqual([2]);
    file.close();
  });

  it("keeps the newer of two snapshots", () => {
    const file = openSqlite(path);
    const append = { kind: "append", room: "w/a", update: bytes(1) } as const;
    file.write([append, append, append]);
    file.write([{ kind: "fold", room: "w/a", snapshot: bytes(3), upTo: 3 }]);
    file.write([{ kind: "fold", room: "w/a", snapshot: bytes(2), upTo: 2 }]);
    expect(file.load("w/a")).toMatchObject({ snapshot: Buffer.from(bytes(3)), upTo: 3 });
    file.close();
  });

  it("comes back to the size of its content after a long log was folded", async () => {
    const file = openSqlite(path);
    const update = new Uint8Array(2000);
    for (let i = 0; i < 20; i++)
      file.write(
        Array.from({ length: 50 }, () => ({ kind: "append", room: "w/a", update }) as const),
      );
    const { upTo } = file.load("w/a");
    file.write([{ kind: "fold", room: "w/a", snapshot: new Uint8Array(100), upTo }]);
    file.close();
    expect((await stat(path)).size).toBeLessThan(100_000);
  });
});

describe("commits", () => {
  it("start when what has arrived is read, and take together what arrives meanwhile", async () => {
    const sent: StoreRequest[] = [];
    let answer: (answer: StoreAnswer) => void = () => undefined;
    const port = {
      post: (request: StoreRequest) => void sent.push(request),
      onAnswer: (listener: typeof answer) => void (answer = listener),
      end: () => Promise.resolve(),
    };
    const store = batchingStore(port, () => Promise.resolve(new Uint8Array()));
    const done: number[] = [];
    const append = (i: number): unknown =>
      store.append("w/a", new Uint8Array([i])).then(
        () => done.push(i),
        () => done.push(-i),
      );
    const sizes = (): number[] => sent.map((one) => (one.kind === "write" ? one.batch.length : 0));
    const settle = async (kind: "done" | "refused"): Promise<void> => {
      answer({ kind, id: sent.at(-1)!.id, value: [1, 2], message: "the disk is full" });
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    };

    append(1);
    await new Promise(setImmediate);
    expect(sizes()).toEqual([1]);
    append(2);
    append(3);
    expect(sizes()).toEqual([1]);
    expect(done).toEqual([]);
    await settle("done");
    expect(done).toEqual([1]);
    expect(sizes()).toEqual([1, 2]);
    await settle("refused");
    expect(done).toEqual([1, -2, -3]);
    append(4);
    await new Promise(setImmediate);
    await settle("done");
    expect(done).toEqual([1, -2, -3, 4]);
  });
});
