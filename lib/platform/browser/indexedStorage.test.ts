import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { expect, it } from "vitest";
import * as Y from "yjs";
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

describeBlobStore("in IndexedDB", async () =>
  indexedBlobStore(await openDatabase(new IDBFactory()), "w" as WorkspaceId),
);

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
