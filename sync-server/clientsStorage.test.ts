/** What a browser keeps: taken out in a file, brought in elsewhere, deleted, against the real server. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { digestBytes } from "../lib/base/digest.ts";
import {
  type CellId,
  type DatasetId,
  type Digest,
  type NotebookId,
  type RunId,
  type WorkspaceId,
  newId,
} from "../lib/base/ids.ts";
import { listNotebooks, putDatasetEntry, putNotebookEntry } from "../lib/document/indexDoc.ts";
import { readCheckpoint, writeCheckpoint } from "../lib/document/runDoc.ts";
import { listRuns, putRun } from "../lib/document/runsDoc.ts";
import { addCell, listCells } from "../lib/notebook/notebook.ts";
import { readZip, writeZip } from "../lib/platform/browser/zipFile.ts";
import type { BrowserWorkspaces } from "../lib/platform/browser/workspaces.ts";
import { failAt } from "../lib/testing/failingDisk.ts";
import { memoryPlatform } from "../lib/testing/memoryPlatform.ts";
import type { WorkspaceSession } from "../lib/workspace/session.ts";
import { type Clients, code, kindOf, offline, openClients, saved } from "./testing/clients.ts";
import { until } from "./testing/testServer.ts";

vi.setConfig({ testTimeout: 20_000 });

const NOTEBOOK = "aaaaaaaaaaaaaaaa" as NotebookId;
const DATASET = "bbbbbbbbbbbbbbbb" as DatasetId;
const RUN = "cccccccccccccccc" as RunId;

let clients: Clients;
beforeEach(async () => {
  clients = await openClients();
});
afterEach(() => clients.close());

const bytesOf = (length: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i * seed + (i >> 8)) & 255);

const big = bytesOf(5 * 1024 * 1024, 7);
const table = bytesOf(1000, 3);

/** A notebook with a link in it, a run with a checkpoint of two chunks, an output as a blob that names a table. */
async function fill(session: WorkspaceSession, weights = big): Promise<void> {
  const [index, runs] = [await session.open("index"), await session.open("runs")];
  const by = session.me.current.id;
  putNotebookEntry(index.doc, { id: NOTEBOOK, title: "Two moons", createdAt: 1, createdBy: by });
  const notebook = await session.open(`notebook/${NOTEBOOK}`);
  const world = memoryPlatform();
  const cell = newId<CellId>(world);
  const source = `See /w/${session.id}/runs/${RUN} and /w/${session.id}.`;
  addCell(notebook.doc, cell, "text", { source });
  const within = await session.blobs.put(table, "application/vnd.apache.arrow.stream");
  const whole = new TextEncoder().encode(JSON.stringify([{ form: { whole: { blob: within } } }]));
  const output = await session.blobs.put(whole, "application/vnd.ensemble.output+json");
  notebook.doc.getMap("outputs").set(cell, { whole: output });
  const manifest = await session.blobs.put(weights, "application/vnd.ensemble.checkpoint");
  const run = await session.open(`run/${RUN}`);
  writeCheckpoint(run.doc, { fit: 0, epoch: 1, batch: 0, step: 0, at: 1, manifest });
  const start = {
    number: 1,
    notebook: NOTEBOOK,
    cell,
    by,
    byName: "Mira",
    device: "cpu",
    startedAt: 1,
    datasets: [],
    attempt: { attempt: 1, parentCheckpoint: undefined, fromStep: 0 },
  };
  const live = { beatAt: 1, progress: undefined, last: {}, spark: [] };
  putRun(runs.doc, RUN, start, { name: "first", params: {}, live });
  for (const room of [index, runs, notebook, run]) room.close();
}

async function expectFilled(session: WorkspaceSession, before: WorkspaceId): Promise<void> {
  const [index, runs] = [await session.open("index"), await session.open("runs")];
  const [notebook, run] = [
    await session.open(`notebook/${NOTEBOOK}`),
    await session.open(`run/${RUN}`),
  ];
  await until(() => listNotebooks(index.doc).length + listRuns(runs.doc).length === 2);
  await until(() => listCells(notebook.doc).length === 1 && readCheckpoint(run.doc) !== undefined);
  expect(listNotebooks(index.doc).map(({ title }) => title)).toEqual(["Two moons"]);
  const [cell] = listCells(notebook.doc);
  expect(cell?.source).toBe(`See /w/${session.id}/runs/${RUN} and /w/${session.id}.`);
  expect(session.id).not.toBe(before);
  const checkpoint = readCheckpoint(run.doc);
  const kept = await session.blobs.get(checkpoint?.manifest ?? ("" as Digest));
  expect(digestBytes(kept)).toBe(digestBytes(big));
  expect(await session.blobs.get(digestBytes(table))).toEqual(table);
}

/** The file again, with one entry changed, or without its end. */
async function changed(
  file: Blob,
  change: (name: string, bytes: Uint8Array) => Uint8Array | undefined,
): Promise<Blob> {
  const zip = await readZip(file, 1e6);
  const out = writeZip("application/zip");
  for (const name of zip?.names ?? []) {
    const bytes = change(name, (await zip?.read(name, 1e9)) ?? new Uint8Array());
    if (bytes) await out.add(name, bytes, true);
  }
  return out.close();
}

/** How many records there are of anything but the key. */
async function recordsOf(tab: { database(): Promise<IDBCounts> }): Promise<number> {
  const db = await tab.database();
  let sum = 0;
  for (const name of db.objectStoreNames) if (name !== "person") sum += await db.count(name);
  const unfinished = (await db.getAllKeys("person")).filter((key) => key.startsWith("import/"));
  db.close();
  return sum + unfinished.length;
}
type IDBCounts = Awaited<ReturnType<ReturnType<Clients["browser"]>["database"]>>;

describe("a workspace in a file", () => {
  it("comes from a member who never opened most of it, and is whole in a browser without a network", async () => {
    const mira = await clients.found();
    await fill(mira.session);
    await saved(mira.session);
    const jun = await clients.join(mira.session, "viewer");
    const fractions: number[] = [];
    const exported = await jun.tab.storage.exportWorkspace(jun.id, {
      progress: (part) => fractions.push(part),
    });
    expect(exported.name).toBe("Penguins.ensemble");
    expect(exported.missing).toEqual({ rooms: 0, blobs: 0 });
    expect(fractions.at(-1)).toBe(1);
    expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
    await clients.server.stop();
    const ada = clients.browser();
    const tab = await ada.tab();
    await tab.setMyName("Ada");
    const id = await tab.storage.importWorkspace(exported.file);
    expect(tab.list.current.map(({ title, onServer }) => [title, onServer])).toEqual([
      ["Penguins", false],
    ]);
    const session = await tab.open(id);
    expect(session.me.current).toMatchObject({ name: "Ada", role: "owner" });
    await offline(session);
    await expectFilled(session, mira.id);
    // Told by nobody, another browser of the new workspace has all of it from the server.
    await clients.server.start();
    await saved(session);
    const eve = await clients.join(session);
    await expectFilled(eve.session, mira.id);
  });

  it("says what could not be had, and holds the rest", async () => {
    const mira = await clients.found();
    await fill(mira.session);
    const index = await mira.session.open("index");
    putDatasetEntry(index.doc, { id: DATASET, name: "birds", kind: "table" });
    await saved(mira.session);
    const jun = await clients.join(mira.session);
    const theirs = await jun.session.open(`notebook/${NOTEBOOK}`);
    const runs = await jun.session.open("runs");
    await until(() => listCells(theirs.doc).length + listRuns(runs.doc).length === 2);
    await clients.server.stop();
    await offline(jun.session);
    const { missing, file } = await jun.tab.storage.exportWorkspace(jun.id);
    expect(missing).toEqual({ rooms: 2, blobs: 1 }); // the run and the dataset; the output
    const id = await jun.tab.storage.importWorkspace(file);
    const session = await jun.tab.open(id);
    const notebook = await session.open(`notebook/${NOTEBOOK}`);
    expect(listCells(notebook.doc)).toHaveLength(1);
  });

  it("that is no such file, cut off, changed, or a bomb is refused in a word, and leaves nothing", async () => {
    const mira = await clients.found();
    await fill(mira.session, table);
    const { file } = await mira.tab.storage.exportWorkspace(mira.id);
    const browser = clients.browser();
    const tab = await browser.tab();
    const importing = (wrong: Blob): Promise<unknown> => code(tab.storage.importWorkspace(wrong));
    expect(await importing(new Blob(["a,b\n1,2\n"]))).toBe("file-not-a-workspace");
    expect(await importing(file.slice(0, file.size - 100))).toBe("file-not-a-workspace");
    expect(await importing(await changed(file, () => undefined))).toBe("file-not-a-workspace");
    const json = (text: string) => async (): Promise<Blob> =>
      changed(file, (name, bytes) =>
        name === "manifest.json"
          ? new TextEncoder().encode(
              new TextDecoder().decode(bytes).replace(...(JSON.parse(text) as [string, string])),
            )
          : bytes,
      );
    expect(await importing(await json('["\\"version\\": 1","\\"version\\": 99"]')())).toBe(
      "file-too-new",
    );
    expect(await importing(await json('["notebook/a","notebook/../a"]')())).toBe("file-damaged");
    expect(await importing(await json('["\\"index\\"","\\"elsewhere\\""]')())).toBe("file-damaged");
    const flip = (kind: string): Promise<Blob> =>
      changed(file, (name, bytes) =>
        name.startsWith(kind) ? bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte)) : bytes,
      );
    expect(await importing(await flip("rooms/run/"))).toBe("file-damaged");
    expect(await importing(await flip("blobs/"))).toBe("file-damaged");
    const bomb = (start: string): Promise<Blob> =>
      changed(file, (name, bytes) =>
        name.startsWith(start) ? new Uint8Array(5 * 1024 * 1024) : bytes,
      );
    expect(await importing(await bomb("blobs/"))).toBe("file-damaged");
    expect(await importing(await bomb("rooms/notebook"))).toBe("file-damaged");
    const without = changed(file, (name, bytes) => (name.startsWith("blobs/") ? undefined : bytes));
    expect(await importing(await without)).toBe("file-damaged");
    expect(await recordsOf(browser)).toBe(0);
    expect(tab.list.current).toEqual([]);
  });

  it("that is given up on, or whose tab is closed, half way, leaves nothing", async () => {
    const mira = await clients.found();
    await fill(mira.session, table);
    const giveUp = new AbortController();
    const given = { signal: giveUp.signal, progress: () => giveUp.abort(new Error("enough")) };
    await expect(mira.tab.storage.exportWorkspace(mira.id, given)).rejects.toThrow("enough");
    const { file } = await mira.tab.storage.exportWorkspace(mira.id);
    const browser = clients.browser();
    const tab = await browser.tab();
    const stop = new AbortController();
    const stopping = { signal: stop.signal, progress: () => stop.abort(new Error("enough")) };
    await expect(tab.storage.importWorkspace(file, stopping)).rejects.toThrow("enough");
    expect(await recordsOf(browser)).toBe(0);
    // A tab that was closed in the middle has left a mark and some rooms.
    const db = await browser.database();
    const id = "a".repeat(26) as WorkspaceId;
    await db.put("person", true, `import/${id}`);
    await db.put("snapshots", new Uint8Array([0]), `${id}/index`);
    db.close();
    expect(await recordsOf(browser)).toBe(2);
    await browser.reload();
    await until(async () => (await recordsOf(browser)) === 0);
  });

  it("for which there is no room says how much it needs, before it writes anything", async () => {
    const mira = await clients.found();
    await fill(mira.session);
    const { file } = await mira.tab.storage.exportWorkspace(mira.id);
    const estimate = (): Promise<StorageEstimate> => Promise.resolve({ quota: 1e6, usage: 9e5 });
    const browser = clients.browser({ storage: { estimate } });
    const tab = await browser.tab();
    const failure = await tab.storage.importWorkspace(file).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: { code: "file-too-big", available: 1e5 } });
    expect(await recordsOf(browser)).toBe(0);
  });
});

describe("deleting a workspace from a browser", () => {
  const lacksNothing = { changes: 0, bytes: 0 };

  it("says first what no server has, and takes all of it out of every tab", async () => {
    const mira = await clients.found();
    await fill(mira.session);
    await saved(mira.session);
    const { storage } = mira.tab;
    expect(await storage.unsaved(mira.id)).toEqual(lacksNothing);
    await clients.server.stop();
    await offline(mira.session);
    (await mira.session.open(`notebook/${NOTEBOOK}`)).doc.getText("t").insert(0, "x");
    await mira.session.blobs.put(
      big.map((byte) => byte ^ 1),
      "x",
    );
    await until(async () => (await storage.unsaved(mira.id)).changes === 1);
    expect(await storage.unsaved(mira.id)).toEqual({ changes: 1, bytes: big.length });
    const second: BrowserWorkspaces = await mira.browser.tab();
    const there = await second.open(mira.id);
    const room = await there.open(`notebook/${NOTEBOOK}`);
    const usage = (await storage.usage()).workspaces.get(mira.id);
    expect(usage?.blobs).toBeGreaterThan(2 * big.length);
    expect(usage?.documents).toBeGreaterThan(0);
    await storage.remove(mira.id);
    room.doc.getText("t").insert(0, "typed too late");
    await expect(there.open("index")).rejects.toThrow("closed");
    await expect(there.blobs.put(table, "x")).rejects.toThrow("closed");
    await until(() => second.list.current.length === 0);
    expect(mira.tab.list.current).toEqual([]);
    await mira.browser.reload();
    expect(await recordsOf(mira.browser)).toBe(0);
  });

  it("leaves the key, so that its address brings it back from the server, and never from nowhere", async () => {
    const mira = await clients.found();
    await fill(mira.session);
    await saved(mira.session);
    const other = await mira.tab.create("Another");
    await mira.tab.storage.remove(mira.id);
    expect(mira.tab.list.current.map(({ id }) => id)).toEqual([other]);
    const again = await mira.tab.open(mira.id);
    expect(again.me.current.role).toBe("owner");
    await saved(again);
    const { doc } = await again.open("index");
    await until(() => listNotebooks(doc).length === 1);
    await mira.tab.storage.remove(mira.id);
    await clients.server.stop();
    expect(await code(mira.tab.open(mira.id))).toBe("workspace-unknown");
    expect(kindOf(again)).toBeDefined();
  });
});

describe("a full disk", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is told, loses nothing as long as the tab is open, and passes without a reload", async () => {
    const mira = await clients.found();
    const notebook = await mira.session.open(`notebook/${NOTEBOOK}`);
    await saved(mira.session);
    await clients.server.stop();
    await offline(mira.session);
    const { trouble } = mira.tab.storage;
    failAt(0, "QuotaExceededError");
    const text = notebook.doc.getText("t");
    text.insert(0, "a");
    text.insert(1, "b");
    await until(() => trouble.current?.kind === "full" && trouble.current.unkept === 2);
    // The server said that it goes, or there was no time for it.
    const { notice, ...rest } = mira.session.connection.current;
    expect(rest).toEqual({ kind: "offline", pending: 2, unkept: 2 });
    expect([undefined, "going-away"]).toContain(notice?.code);
    expect(await code(mira.session.blobs.put(table, "x"))).toBe("storage-full");
    // The server takes it all the same: then nothing is in this tab alone, but the disk is no less full.
    await clients.server.start();
    await saved(mira.session);
    expect(trouble.current).toEqual({ kind: "full", unkept: 0 });
    text.insert(2, "c");
    await saved(mira.session);
    vi.restoreAllMocks();
    await until(() => trouble.current === undefined);
    await clients.server.stop();
    const again = await (await mira.browser.reload()).open(mira.id);
    expect((await again.open(`notebook/${NOTEBOOK}`)).doc.getText("t").toJSON()).toBe("abc");
    expect((await mira.browser.drafts(mira.id)).length).toBe(0);
  });

  it("is warned of while there is still some space", async () => {
    let quota = 1e9;
    const estimate = (): Promise<StorageEstimate> => Promise.resolve({ quota, usage: 5e8 });
    const tab = await clients.browser({ storage: { estimate } }).tab();
    const session = await tab.open(await tab.create("Penguins"));
    expect(tab.storage.trouble.current).toBeUndefined();
    quota = 5.3e8;
    await session.blobs.put(table, "x");
    await until(() => tab.storage.trouble.current?.kind === "low");
    expect(tab.storage.trouble.current).toEqual({ kind: "low", available: 3e7 });
  });
});

describe("what could not be read", () => {
  it("is set aside and told, comes again from the server, and keeps nothing waiting for ever", async () => {
    const mira = await clients.found();
    const text = (await mira.session.open(`notebook/${NOTEBOOK}`)).doc.getText("t");
    text.insert(0, "on the server ");
    await saved(mira.session);
    await clients.server.stop();
    await offline(mira.session);
    text.insert(0, "not yet ");
    await until(() => JSON.stringify(mira.session.connection.current).includes('"pending":1'));
    await mira.browser.close();
    const db = await mira.browser.database();
    for (const key of await db.getAllKeys("updates")) {
      const record = await db.get("updates", key);
      if (record?.room.endsWith(NOTEBOOK))
        await db.put("updates", { ...record, update: record.update.map((byte) => byte ^ 8) }, key);
    }
    db.close();
    await clients.server.start();
    const again = await (await mira.browser.tab()).open(mira.id);
    const there = (await again.open(`notebook/${NOTEBOOK}`)).doc.getText("t");
    await until(() => there.toJSON() === "on the server ");
    await saved(again); // the mark of the change that is gone as well
    const { damages } = again.aside.state.current;
    expect(damages.length).toBeGreaterThan(1);
    expect(damages.every(({ kind, told }) => kind === "change" && !told)).toBe(true);
    await again.aside.told();
    const later = await (await mira.browser.reload()).open(mira.id);
    await until(() => later.aside.state.current.damages.length === damages.length);
    expect(later.aside.state.current.damages.every(({ told }) => told)).toBe(true);
  });
});
