// A dataset on its way from an import through the documents into a cell: both halves of `dataset()`.
import type { ColumnTable } from "arquero";
import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import * as Y from "yjs";
import type { CellId, DatasetId, Digest, MemberId, NotebookId } from "../base/ids.ts";
import { listVersions } from "../document/datasetDoc.ts";
import { deleteEntry, listDatasets } from "../document/indexDoc.ts";
import type { CallContext, Guest } from "../kernel/capability.ts";
import { parseDatasetRequest } from "./exchange.ts";
import { nearestName } from "./findDataset.ts";
import { type ReadDataset as DatasetFunction, datasetsGuest } from "./guest.ts";
import { datasetsCapability } from "./host.ts";
import type { ImageSet } from "./imageSet.ts";
import { type ReadDataset, planSources, readImport } from "./readImport.ts";
import { fitsDataset, freeDatasetName, makeCurrent, storeVersion } from "./storeVersion.ts";
import { type MemoryStore, memoryStore } from "./testing/memoryStore.ts";
import { idx, source } from "./testing/sources.ts";

const ID = "aaaaaaaaaaaaaaaa" as DatasetId;
const OTHER = "bbbbbbbbbbbbbbbb" as DatasetId;

let index: Y.Doc;
let store: MemoryStore;
let readBy: [string, Digest][];
let abort: AbortController;

beforeEach(() => {
  index = new Y.Doc();
  store = memoryStore();
  readBy = [];
  abort = new AbortController();
});

async function read(
  ...files: [name: string, content: string | Uint8Array][]
): Promise<ReadDataset> {
  const [plan] = await planSources(files.map(([name, content]) => source(name, content)));
  if (!plan || plan.kind === "refused") throw new Error("it cannot be imported");
  return readImport(plan, () => undefined);
}

async function put(id: DatasetId, name: string, csv: string, at = 1): Promise<Digest> {
  const dataset = await read([`${name}.csv`, csv]);
  const by = { author: "me" as MemberId, at, message: "Imported" };
  return storeVersion(store, index, { id, name }, dataset, by);
}

/** A cell's `dataset`, with everything that passes between worker and page copied as it would be. */
function inCell(): DatasetFunction {
  const capability = datasetsCapability({
    index,
    open: (room) => store.open(room),
    blobs: store.blobs,
  });
  const context: CallContext = {
    cell: "c" as CellId,
    facts: {
      notebook: "n" as NotebookId,
      sources: [],
      datasets: [],
      seed: 1,
      device: { backend: "CPU", adapter: "", packages: {} },
    },
    signal: abort.signal,
    readDataset: (name, digest) => void readBy.push([name, digest]),
    startedRun: () => undefined,
    progress: () => undefined,
  };
  const call: Guest["call"] = async (name, request) => {
    expect(name).toBe(capability.name);
    return structuredClone(
      await capability.host(capability.parse(structuredClone(request)), context),
    );
  };
  return datasetsGuest({ call } as Guest)["dataset"] as DatasetFunction;
}

it("gives a cell the table that was imported, and records that it read it", async () => {
  const digest = await put(ID, "penguins", "species,mass\nAdelie,3750\nGentoo,\n");
  const table = await inCell()("penguins");
  expect(table.objects()).toEqual([
    { species: "Adelie", mass: 3750 },
    { species: "Gentoo", mass: null },
  ]);
  expect(readBy).toEqual([["penguins", digest]]);
  expect(store.opened()).toBe(0);
});

it("gives a cell the images that were imported, ready for a tensor", async () => {
  const dataset = await read(
    ["m-images", idx([2, 1, 2], [0, 255, 51, 0])],
    ["m-labels", idx([2], [2, 0])],
  );
  const by = { author: "me" as MemberId, at: 1, message: "" };
  await storeVersion(store, index, { id: ID, name: "m" }, dataset, by);
  const images = await inCell()<ImageSet>("m");
  expect(images.shape).toEqual([2, 1, 2, 1]);
  expect([...images.pixels]).toEqual([0, 1, Math.fround(0.2), 0]);
  expect([...(images.labels ?? [])]).toEqual([2, 0]);
  expect(images.classes).toEqual(["0", "1", "2"]);
  expect(String(images)).toBe("m: 2 images of 2×1, 3 classes (0 to 2)");
});

it("brings every table through storage as it was", async () => {
  const word = fc.string({
    unit: fc.constantFrom("a", "Z", "é", " b", "1"),
    minLength: 1,
    maxLength: 4,
  });
  const row = fc.record({
    n: fc.integer({ min: -1e6, max: 1e6 }),
    w: word.map((text) => `w${text}`),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
      index = new Y.Doc();
      store = memoryStore();
      await put(ID, "t", `n,w\n${rows.map(({ n, w }) => `${n},${w}`).join("\n")}\n`);
      const table: ColumnTable = await inCell()("t");
      expect(table.objects()).toEqual(rows.map(({ n, w }) => ({ n, w: w.trim() })));
    }),
    { numRuns: 25 },
  );
});

it("reads the current version, and an older one by the beginning of its digest", async () => {
  const first = await put(ID, "t", "a\n1\n", 1);
  const second = await put(ID, "t", "a\n1\n2\n", 2);
  const rows = async (version?: string): Promise<number> =>
    (await inCell()("t", version === undefined ? {} : { version })).numRows();
  expect(await rows()).toBe(2);
  expect(await rows(first.slice(0, 8))).toBe(1);
  await expect(rows("00000000")).rejects.toThrow(
    `“t” has no version 00000000. Its versions are: ${first.slice(0, 8)}, ${second.slice(0, 8)}.`,
  );
  await expect(rows("zzz")).rejects.toThrow(/pinned by the first 4 or more characters/);
  const versions = listVersions((await store.open(`dataset/${ID}`)).doc);
  makeCurrent(index, ID, versions[0]!);
  expect(await rows()).toBe(1);
  expect(listDatasets(index)[0]).toMatchObject({ current: first, rows: 1, createdAt: 1 });
});

it("keeps the author and time of content that is imported again", async () => {
  await put(ID, "t", "a\n1\n", 1);
  await put(ID, "t", "a\n1\n", 5);
  expect(listVersions(store.rooms.get(`dataset/${ID}`)!)).toMatchObject([{ at: 1 }]);
});

it("lists what there is where a name is unknown, and offers the nearest", async () => {
  await expect(inCell()("penguins")).rejects.toThrow(/this workspace has none yet/);
  await put(ID, "penguins", "a\n1\n");
  await put(OTHER, "mpg", "a\n2\n");
  await expect(inCell()("pengiuns")).rejects.toThrow(
    "There is no dataset “pengiuns” in this workspace. Did you mean “penguins”? There are: mpg, penguins.",
  );
  expect(nearestName("titanic", ["penguins", "mpg"])).toBeNull();
  deleteEntry(index, "datasets", ID);
  await expect(inCell()("penguins")).rejects.toThrow(/There are: mpg\./);
});

it("offers both where two people made one name offline, and takes either by its digest", async () => {
  const mine = await put(ID, "t", "a\n1\n");
  const theirs = await put(OTHER, "t", "a\n1\n2\n");
  const offered = await inCell()("t").then(
    () => "",
    (error: Error) => error.message,
  );
  expect(offered).toContain(`dataset("t", { version: "${mine.slice(0, 8)}" }) (1 rows)`);
  expect(offered).toContain(`dataset("t", { version: "${theirs.slice(0, 8)}" }) (2 rows)`);
  expect((await inCell()("t", { version: theirs.slice(0, 8) })).numRows()).toBe(2);
});

it("does not mind two entries of one name with the same content", async () => {
  await put(ID, "t", "a\n1\n");
  await put(OTHER, "t", "a\n1\n");
  expect((await inCell()("t")).numRows()).toBe(1);
});

it("waits for a version that is on its way, and says so where it does not come", async () => {
  await put(ID, "t", "a\n1\n");
  const update = Y.encodeStateAsUpdate(store.rooms.get(`dataset/${ID}`)!);
  store.rooms.clear();
  store.synced.set(false);
  const waiting = inCell()("t");
  const { doc } = await store.open(`dataset/${ID}`);
  Y.applyUpdate(doc, update);
  store.synced.set(true);
  expect((await waiting).numRows()).toBe(1);
  store.rooms.clear();
  store.synced.set(false);
  const given = inCell()("t");
  abort.abort();
  await expect(given).rejects.toThrow(/has not arrived on this device yet/);
});

it("says what to do where the bytes are neither here nor on the server", async () => {
  await put(ID, "t", "a\n1\n");
  store.bytes.clear();
  await expect(inCell()("t")).rejects.toThrow(/let the member who imported it connect/);
});

it("believes no request that a worker did not make with dataset()", () => {
  for (const request of [
    null,
    "t",
    {},
    { name: 1 },
    { name: "t", version: 3 },
    { name: "t", version: "../x" },
  ])
    expect(() => parseDatasetRequest(request)).toThrow("request-malformed");
});

it("passes over versions that a peer wrote wrongly", async () => {
  await put(ID, "t", "a\n1\n");
  const versions = store.rooms.get(`dataset/${ID}`)!.getMap("versions");
  versions.set("no digest", versions.toJSON());
  versions.set("f".repeat(64), { content: { kind: "table", table: { sha256: "x" } } });
  expect(listVersions(store.rooms.get(`dataset/${ID}`)!)).toHaveLength(1);
});

it("takes the same columns in any order as the next version, and no others", async () => {
  await put(ID, "t", "a,b\n1,2\n");
  const versions = listVersions(store.rooms.get(`dataset/${ID}`)!);
  expect(fitsDataset(versions, await read(["t.csv", "b,a\n3,4\n"]))).toBe(true);
  expect(fitsDataset(versions, await read(["t.csv", "a,c\n3,4\n"]))).toBe(false);
  expect(fitsDataset(versions, await read(["t", idx([1, 1, 1], [1])]))).toBe(false);
});

it("finds a name that no dataset has", async () => {
  await put(ID, "t", "a\n1\n");
  expect(freeDatasetName(index, "t")).toBe("t-2");
  await put(OTHER, "t-2", "a\n1\n");
  expect(freeDatasetName(index, "t")).toBe("t-3");
});
