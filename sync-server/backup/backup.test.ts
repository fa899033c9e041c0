import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import type { NotebookId } from "../../lib/base/ids.ts";
import type { RoomKey } from "../../lib/document/rooms.ts";
import { signIn } from "../../lib/platform/node/client.ts";
import { type Clients, NOTEBOOK, openClients, saved, textOf } from "../testing/clients.ts";
import { until } from "../testing/testServer.ts";
import { startProcess } from "../torture/serverProcess.ts";
import { itemsOf, keepWriting, openWriter } from "../torture/writer.ts";
import { makeBackup } from "./backup.ts";
import { chunksIn } from "./copy.ts";
import { restoreBackup } from "./restore.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ASIDE: RoomKey = `dataset/${"d".repeat(16)}` as RoomKey;

let folder: string;
let backup: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ensemble-backup-"));
  backup = join(folder, "backup");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a backup of a server at work", () => {
  it("holds every update that was acknowledged before it began, and starts as a server of its own", async () => {
    const server = await startProcess();
    const place = await server.found();
    const { token } = await signIn(place, place.owner);
    const rooms = ["a", "b", "c"].map((one): RoomKey => `notebook/${one.repeat(16) as NotebookId}`);
    const writers = await Promise.all(
      rooms.map((room, i) => openWriter(place, room, token, `w${i}`)),
    );
    let stop = false;
    const writing = writers.map((writer) => keepWriting(writer, 20, () => stop));
    await until(() => writers.every((writer) => writer.acknowledged() > 50));
    const before = writers.map((writer) => writer.acknowledged());
    await makeBackup(server.data, backup);
    await until(() => writers.every((writer, i) => writer.acknowledged() > (before[i] ?? 0) + 20));
    stop = true;
    await Promise.all(writing);
    await server.close();

    const data = join(folder, "restored");
    await restoreBackup(backup, data);
    const restored = await startProcess({ data });
    const again = { origin: restored.origin, workspace: place.workspace };
    for (const [i, writer] of writers.entries()) {
      const socket = await openWriter(again, rooms[i] ?? "index", token, "reader");
      const doc = new Y.Doc();
      socket.socket.step1(Uint8Array.of(0));
      await until(() => socket.socket.updates.length > 0);
      for (const update of socket.socket.updates) Y.applyUpdate(doc, update);
      const found = itemsOf(doc).toArray();
      const kept = (edit: number): boolean =>
        writer.deletes(edit) || writer.deletes(edit + 4) || found.includes(`w${i}-${edit}`);
      const missing = Array.from({ length: before[i] ?? 0 }, (_, edit) => edit).filter(
        (edit) => !kept(edit),
      );
      expect(missing).toEqual([]);
      expect(new Set(found).size).toBe(found.length);
      socket.socket.ws.close();
    }
    await restored.close();
  });
});

describe("a server that was restored", () => {
  let clients: Clients;
  beforeEach(async () => {
    clients = await openClients();
  });
  afterEach(() => clients.close());

  /** The data folder becomes what it was when the backup was made. */
  const goBack = async (): Promise<void> => {
    const { server } = clients;
    await server.stop();
    await rm(server.folder, { recursive: true });
    await restoreBackup(backup, server.folder);
    await server.start();
  };

  it("gets back from its clients what is newer than the backup, nothing lost and nothing twice", async () => {
    const { server } = clients;
    const { session: mira } = await clients.found();
    (await textOf(mira)).insert(0, "before. ");
    const old = await mira.blobs.put(new Uint8Array(5000).fill(1), "x");
    await saved(mira);
    await makeBackup(server.folder, backup);

    const { session: jun } = await clients.join(mira);
    (await textOf(mira)).insert(8, "after. ");
    // A room that nobody fetches ahead, and that is not open when the server is back.
    const aside = await mira.open(ASIDE);
    aside.doc.getText("t").insert(0, "aside");
    const young = await mira.blobs.put(new Uint8Array(5000).fill(2), "x");
    await saved(mira, jun);
    aside.close();
    await goBack();

    await until(async () => {
      const ada = await clients.join(mira, "viewer").catch(() => undefined);
      if (!ada) return false;
      const [text, other] = [await textOf(ada.session), await textOf(ada.session, ASIDE)];
      await until(() => text.toJSON() === "before. after. " && other.toJSON() === "aside");
      const sizes = [old, young].map(({ sha256 }) =>
        ada.session.blobs.get(sha256).then(
          (bytes) => bytes.length,
          () => 0, // not offered again yet
        ),
      );
      return (await Promise.all(sizes)).every((size) => size === 5000);
    });
    // Jun joined after the backup was made, and belongs here all the same.
    const juns = await textOf(jun);
    await until(() => juns.toJSON() === "before. after. ");
    juns.insert(0, "Jun: ");
    await saved(mira, jun);
    await until(async () => (await textOf(mira)).toJSON() === "Jun: before. after. ");
  });

  it("is met anew only once", async () => {
    const { session: mira } = await clients.found();
    (await textOf(mira, NOTEBOOK)).insert(0, "here");
    await saved(mira);
    await makeBackup(clients.server.folder, backup);
    await goBack();
    await saved(mira);
    await clients.server.restart();
    await saved(mira);
    expect((await textOf(mira, NOTEBOOK)).toJSON()).toBe("here");
  });
});

describe("the commands", () => {
  const filled = async (): Promise<string> => {
    const clients = await openClients();
    try {
      const { session } = await clients.found();
      await session.blobs.put(new Uint8Array(3000).fill(7), "x");
      (await textOf(session)).insert(0, "hello");
      await saved(session);
      const data = join(folder, "data");
      await makeBackup(clients.server.folder, backup);
      await restoreBackup(backup, data);
      await writeFile(join(data, "certificate.pem"), "kept beside");
      return data;
    } finally {
      await clients.close();
    }
  };
  const chunkOf = async (data: string): Promise<string> => {
    for await (const { path } of chunksIn(join(data, "blobs"))) return join(data, "blobs", path);
    throw new Error("there is no chunk");
  };

  it("refuse a backup over something, or of nothing", async () => {
    const data = await filled();
    await expect(makeBackup(data, data)).rejects.toThrow("is there already");
    await expect(makeBackup(join(folder, "nowhere"), join(folder, "b"))).rejects.toThrow(
      "no database",
    );
    expect(await readdir(folder)).not.toContain("b.partial");
  });

  it("refuse to restore over something, and what is no finished backup", async () => {
    const data = await filled();
    const before = await readdir(data);
    await expect(restoreBackup(backup, data)).rejects.toThrow("is not empty");
    expect(await readdir(data)).toEqual(before);
    await expect(restoreBackup(data, join(folder, "x"))).rejects.toThrow(
      "no backup that was finished",
    );
  });

  it("keep what stands beside the database, readable for its owner alone", async () => {
    const data = await filled();
    const second = join(folder, "second");
    expect(await makeBackup(data, second)).toEqual({ chunks: 1, damaged: [] });
    expect(await readFile(join(second, "certificate.pem"), "utf8")).toBe("kept beside");
    expect((await stat(second)).mode & 0o077).toBe(0);
    expect(await restoreBackup(second, join(folder, "y"))).toBe(1);
  });

  it("name a chunk that is damaged, and restore none", async () => {
    const data = await filled();
    const chunk = await chunkOf(data);
    await rm(chunk);
    await writeFile(chunk, "not what it was");
    const { chunks, damaged } = await makeBackup(data, join(folder, "third"));
    expect([chunks, damaged]).toEqual([0, [chunk.slice(-64)]]);
    await writeFile(await chunkOf(backup), "torn");
    await expect(restoreBackup(backup, join(folder, "z"))).rejects.toThrow("is damaged");
    await rm(await chunkOf(backup));
    await expect(restoreBackup(backup, join(folder, "z"))).rejects.toThrow("part of it is missing");
    await expect(stat(join(folder, "z"))).rejects.toThrow();
  });

  it("find a damaged database", async () => {
    await filled();
    const path = join(backup, "ensemble.sqlite");
    const bytes = await readFile(path);
    bytes.fill(0xa5, 4096 * 2);
    await writeFile(path, bytes);
    await expect(restoreBackup(backup, join(folder, "z"))).rejects.toThrow("damaged");
  });
});
