import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { expect, it } from "vitest";
import * as Y from "yjs";
import { digestBytes } from "../../base/digest.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { describeBlobStore, describeUpdateLog } from "../../storage/storage.contract.ts";
import { openDatabase } from "./database.ts";
import { indexedBlobStore } from "./indexedBlobStore.ts";
import { indexedUpdateLog } from "./indexedUpdateLog.ts";

describeUpdateLog("in IndexedDB", async () => {
  const factory = new IDBFactory();
  const db = await openDatabase(factory);
  return {
    log: indexedUpdateLog(db),
    reopen: async () => indexedUpdateLog(await openDatabase(factory)),
    damage: async (room) => {
      await db.add("updates", { room, update: Uint8Array.of(9, 9, 9) });
    },
  };
});

describeBlobStore("in IndexedDB", async (now) =>
  indexedBlobStore(await openDatabase(new IDBFactory()), "w" as WorkspaceId, () => undefined, now),
);

it("chunks left over from before it was known since when are collected a while after they were found", async () => {
  const factory = new IDBFactory();
  const older = factory.open("ensemble", 1);
  older.onupgradeneeded = () => {
    for (const name of ["person", "workspaces", "memberships", "snapshots"])
      older.result.createObjectStore(name);
    for (const name of ["chunks", "manifests", "uploads"]) older.result.createObjectStore(name);
    older.result.createObjectStore("damaged", { autoIncrement: true });
    for (const name of ["updates", "pending", "drafts"])
      older.result.createObjectStore(name, { autoIncrement: true }).createIndex("room", "room");
  };
  await new Promise((resolve) => (older.onsuccess = resolve));
  older.result.close();
  const db = await openDatabase(factory);
  let now = 1e12;
  const store = indexedBlobStore(
    db,
    "w" as WorkspaceId,
    () => undefined,
    () => now,
  );
  const digest = digestBytes(Uint8Array.of(1));
  await db.put("chunks", Uint8Array.of(1), ["w" as WorkspaceId, digest]);
  expect(await store.collect(now - 1000)).toBe(0);
  now += 2000;
  expect(await store.collect(now - 1000)).toBe(1);
  expect(await store.chunk(digest)).toBeUndefined();
});

it("a long log is short in the database, and what was damaged is still there to be looked at", async () => {
  const db = await openDatabase(new IDBFactory());
  const log = indexedUpdateLog(db);
  const doc = new Y.Doc();
  const appends: Promise<number>[] = [];
  doc.on("update", (update: Uint8Array) => void appends.push(log.append("w/a", update)));
  for (let i = 0; i < 1000; i++) doc.getText("t").insert(0, "x");
  await Promise.all(appends);
  await log.append("w/a", Y.encodeStateAsUpdate(new Y.Doc()));
  expect(await db.count("updates")).toBeLessThan(400);
  expect(await db.count("pending")).toBe(1001);
  await db.add("updates", { room: "w/a", update: Uint8Array.of(9) });
  await log.load("w/a");
  expect(await db.count("damaged")).toBe(1);
});
