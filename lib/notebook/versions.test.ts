import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import * as Y from "yjs";
import type { CellId, Digest, MemberId, VersionId } from "../base/ids.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import {
  MOST_AUTO,
  type NotebookVersion,
  listVersions,
  renameVersion,
} from "../document/notebookVersions.ts";
import { memoryPlatform } from "../testing/memoryPlatform.ts";
import { peers } from "../testing/peers.ts";
import { notebookStep, takeStep } from "../testing/randomNotebook.ts";
import { MemoryBlobs } from "../testing/workbench.ts";
import { compareVersions, countChanges } from "./compareVersions.ts";
import {
  addCell,
  cellText,
  deleteCell,
  listCells,
  moveCell,
  setCellFlag,
  setCellKind,
} from "./notebook.ts";
import { outputOf, putOutput } from "./outputs.ts";
import { differsFrom, restoreVersion } from "./restoreVersion.ts";
import { isCapturing, seedOf, setCapturing, setSeed } from "./settings.ts";
import { copyOf, encodeState, openVersion } from "./versionState.ts";
import { saveVersion } from "./versions.ts";

const id = (name: string): CellId => name as CellId;
const mira = { id: "mira" as MemberId, name: "Mira Lind" };
const jun = { id: "jun" as MemberId, name: "Jun Tan" };

let blobs: MemoryBlobs;
let world: ReturnType<typeof memoryPlatform> & { blobs: MemoryBlobs };

beforeEach(() => {
  blobs = new MemoryBlobs();
  world = { ...memoryPlatform(), blobs };
});

const save = (doc: Y.Doc, message: string, author = mira): Promise<NotebookVersion> => {
  world.tick(1000);
  return saveVersion(doc, world, { message, author });
};

async function opened(version: NotebookVersion): Promise<Y.Doc> {
  const state = await openVersion(blobs, version);
  if (!state.ok) throw new Error(state.why);
  return state.doc;
}

function notebook(cells: Readonly<Record<string, string>>): Y.Doc {
  const doc = new Y.Doc();
  for (const [name, source] of Object.entries(cells)) addCell(doc, id(name), "code", { source });
  return doc;
}

const record = (bundle: string): Parameters<typeof putOutput>[2] => ({
  bundles: [{ "text/plain": bundle }],
  whole: null,
  end: "done",
  error: null,
  digest: "a".repeat(64) as Digest,
  inputs: { seed: 1, sources: [], datasets: [], params: [] },
  by: mira.id,
  byName: mira.name,
  device: "CPU",
  at: 1,
  ms: 2,
  runs: [],
  datasets: [],
  trains: [],
});
const plain = (doc: Y.Doc, cell: string): unknown =>
  outputOf(doc, id(cell))?.bundles[0]?.["text/plain"];

it("keeps what the notebook shows: cells, order, flags, seed, controls and outputs", async () => {
  const doc = notebook({ a: "const x = 1;", b: "x + 1", c: "gone" });
  moveCell(doc, id("b"), null);
  deleteCell(doc, id("c"));
  setCellFlag(doc, id("a"), "auto", true);
  setSeed(doc, 7);
  setCapturing(doc, false);
  putOutput(doc, id("b"), record("2"));
  putOutput(doc, id("c"), record("of a cell that is gone"));
  notebookRoots.params(doc).set("rate", 0.5);
  const version = await save(doc, "  First light ");
  cellText(doc, id("a"))?.insert(0, "// later\n");
  const state = await opened(version);
  expect(listCells(state)).toEqual([
    { id: "b", kind: "code", source: "x + 1" },
    { id: "a", kind: "code", source: "const x = 1;", auto: true },
  ]);
  expect([seedOf(state), plain(state, "b"), plain(state, "c")]).toEqual([7, "2", undefined]);
  expect(isCapturing(state)).toBe(false);
  expect(notebookRoots.params(state).get("rate")).toBe(0.5);
  expect(listVersions(doc)).toEqual([version]);
  expect(version).toMatchObject({
    message: "First light",
    author: "mira",
    authorName: "Mira Lind",
    parent: null,
    cells: 2,
    changed: null,
    auto: false,
  });
});

it("lists versions newest first, each with the one before it as its parent, for both members", async () => {
  const { docs, exchange } = peers(2);
  const [ann, ben] = docs as [Y.Doc, Y.Doc];
  addCell(ann, id("a"), "code", { source: "1" });
  const first = await save(ann, "first");
  exchange();
  addCell(ben, id("b"), "code", { source: "2" });
  const state = await opened(first);
  world.tick(1000);
  const second = await saveVersion(
    ben,
    { ...world, stateOf: ({ id }) => (id === first.id ? state : undefined) },
    { message: "second", author: jun },
  );
  exchange();
  expect(listVersions(ann)).toEqual([second, first]);
  expect(second).toMatchObject({ parent: first.id, changed: 1, authorName: "Jun Tan" });
});

it("writes nothing into the document where the bytes cannot be kept", async () => {
  const doc = notebook({ a: "1" });
  const full = { put: () => Promise.reject(new Error("full")) };
  await expect(
    saveVersion(doc, { ...world, blobs: full }, { message: "m", author: mira }),
  ).rejects.toThrow("full");
  expect(listVersions(doc)).toEqual([]);
});

it("makes a state that weighs what it says, however long its notebook was edited and how many versions it has", async () => {
  const doc = notebook({ a: "const x = 1;" });
  const fresh = encodeState(doc).length;
  const text = cellText(doc, id("a"));
  for (let i = 0; i < 500; i++) {
    text?.insert(0, `line ${i}\n`);
    text?.delete(0, `line ${i}\n`.length);
  }
  for (let i = 0; i < 50; i++) await save(doc, `version ${i}`);
  expect(Math.abs(encodeState(doc).length - fresh)).toBeLessThan(20); // client ids differ in length
});

it("says that a state is missing or damaged, and harms nothing by it", async () => {
  const doc = notebook({ a: "1" });
  const version = await save(doc, "m");
  const named = async (bytes: Uint8Array<ArrayBuffer>): Promise<unknown> =>
    openVersion(blobs, { ...version, manifest: await blobs.put(bytes, "x") });
  const damaged = { ok: false, why: "damaged" };
  const whole = encodeState(doc);
  expect(await named(new Uint8Array([1, 2, 3, 250, 9]))).toEqual(damaged);
  expect(await named(whole.slice(0, whole.length / 2))).toEqual(damaged);
  expect(await named(new Uint8Array())).toEqual(damaged);
  const huge = { ...version.manifest, size: 1e9 };
  expect(await openVersion(blobs, { ...version, manifest: huge })).toEqual(damaged);
  blobs.missing = true;
  expect(await openVersion(blobs, version)).toEqual({ ok: false, why: "missing" });
});

it("takes an update that leans on others for no state", async () => {
  const doc = notebook({ a: "1" });
  const before = Y.encodeStateVector(doc);
  cellText(doc, id("a"))?.insert(1, " + 1");
  const version = await save(doc, "m");
  const rest = Y.encodeStateAsUpdateV2(doc, before) as Uint8Array<ArrayBuffer>;
  const manifest = await blobs.put(rest, "x");
  expect(await openVersion(blobs, { ...version, manifest })).toEqual({ ok: false, why: "damaged" });
});

it("passes over what a peer wrote and is no version, and bounds what is too long", async () => {
  const doc = notebook({ a: "1" });
  const version = await save(doc, "m".repeat(1000));
  expect(version.message).toHaveLength(200);
  const versions = notebookRoots.versions(doc);
  versions.set("not an id", version);
  versions.set("a".repeat(16), "text");
  versions.set("b".repeat(16), { ...version, manifest: { sha256: "short" } });
  versions.set("c".repeat(16), { ...version, at: 1e300 });
  versions.set("d".repeat(16), new Y.Map());
  versions.set("e".repeat(16), { manifest: version.manifest, at: 1, cells: -3, parent: 8 });
  expect(listVersions(doc)).toEqual([
    version,
    {
      id: "e".repeat(16),
      message: "",
      author: "",
      authorName: "",
      at: 1,
      parent: null,
      manifest: version.manifest,
      cells: 0,
      changed: null,
      auto: false,
    },
  ]);
});

it("keeps the newest of the versions that were saved by themselves, and all that have a name", async () => {
  const doc = notebook({ a: "1" });
  const named = await save(doc, "by hand");
  const auto = async (i: number): Promise<NotebookVersion> => {
    world.tick(1000);
    return saveVersion(doc, world, { message: `auto ${i}`, author: mira, auto: true });
  };
  const kept = await auto(0);
  renameVersion(doc, kept.id, " Worth keeping ");
  for (let i = 1; i <= MOST_AUTO + 5; i++) await auto(i);
  const messages = listVersions(doc).map(({ message }) => message);
  expect(messages).toHaveLength(MOST_AUTO + 2);
  expect(messages.slice(-2)).toEqual(["Worth keeping", named.message]);
  expect(messages).not.toContain("auto 5");
});

it("renames to words alone", async () => {
  const doc = notebook({ a: "1" });
  const { id: version } = await save(doc, "one");
  renameVersion(doc, version, "  ");
  renameVersion(doc, "z".repeat(16) as VersionId, "nobody");
  expect(listVersions(doc).map(({ message }) => message)).toEqual(["one"]);
  renameVersion(doc, version, " two ");
  expect(listVersions(doc).map(({ message }) => message)).toEqual(["two"]);
});

it("tells for each cell whether it is the same, changed, added, deleted or moved", () => {
  const before = notebook({ a: "1", b: "2", c: "3", d: "4", e: "5" });
  const after = copyOf(before);
  cellText(after, id("b"))?.insert(1, "0");
  deleteCell(after, id("c"));
  addCell(after, id("n"), "text", { source: "new", after: id("b") });
  moveCell(after, id("e"), null);
  setCellKind(after, id("d"), "text");
  const changes = compareVersions(before, after);
  expect(changes.map(({ id, how, moved }) => `${id} ${how}${moved ? " moved" : ""}`)).toEqual([
    "a same",
    "b changed",
    "n added",
    "c deleted",
    "d changed",
    "e same moved",
  ]);
  expect(countChanges(changes)).toBe(5);
  expect(countChanges(compareVersions(before, copyOf(before)))).toBe(0);
});

it("compares any two states: no cell is lost, and none is said to have moved that need not", () => {
  fc.assert(
    fc.property(
      fc.array(notebookStep, { maxLength: 15 }),
      fc.array(notebookStep, { maxLength: 15 }),
      (first, then) => {
        const doc = notebook({ p: "1", q: "2", r: "3" });
        first.forEach((step, i) => takeStep(doc, step, `first${i}`));
        const before = copyOf(doc);
        then.forEach((step, i) => takeStep(doc, step, `then${i}`));
        const changes = compareVersions(before, doc);
        expect(changes.filter((one) => one.before).map((one) => one.before)).toEqual(
          listCells(before),
        );
        expect(new Set(changes.filter((one) => one.after).map((one) => one.id))).toEqual(
          new Set(listCells(doc).map((cell) => cell.id)),
        );
        const still = (one: { how: string; moved: boolean }): boolean =>
          (one.how === "same" || one.how === "changed") && !one.moved;
        const stayed = new Set(changes.filter(still).map((one) => one.id));
        expect(
          listCells(doc)
            .map((cell) => cell.id)
            .filter((cell) => stayed.has(cell)),
        ).toEqual(changes.filter(still).map((one) => one.id));
        if (!then.some(({ what }) => what === "move"))
          expect(changes.some(({ moved }) => moved)).toBe(false);
      },
    ),
    { numRuns: 60 },
  );
});

it("restores cells, order, flags, seed, controls and outputs, and hides what was made since", async () => {
  const doc = notebook({ a: "const x = 1;\nx", b: "x + 1", c: "3" });
  setCellFlag(doc, id("c"), "disabled", true);
  putOutput(doc, id("b"), record("2"));
  notebookRoots.params(doc).set("rate", 0.5);
  const version = await save(doc, "m");
  const then = listCells(doc);
  cellText(doc, id("a"))?.insert(0, "// changed\n");
  setCellKind(doc, id("b"), "text");
  setCellFlag(doc, id("c"), "disabled", false);
  deleteCell(doc, id("b"));
  moveCell(doc, id("c"), null);
  setSeed(doc, 9);
  setCapturing(doc, false);
  addCell(doc, id("n"), "code", { source: "new" });
  putOutput(doc, id("a"), record("only now"));
  putOutput(doc, id("b"), record("other"));
  notebookRoots.params(doc).set("rate", 0.25);
  notebookRoots.params(doc).set("units", 3);
  restoreVersion(doc, await opened(version));
  expect(listCells(doc)).toEqual(then);
  expect([seedOf(doc), plain(doc, "a"), plain(doc, "b")]).toEqual([1, "only now", "2"]);
  expect(isCapturing(doc)).toBe(true);
  expect(notebookRoots.params(doc).toJSON()).toEqual({ rate: 0.5 });
  expect(notebookRoots.cells(doc).get(id("n"))?.get("deleted")).toBe(true);
  expect(cellText(doc, id("n"))?.toJSON()).toBe("new");
  expect(listVersions(doc)).toEqual([version]);
});

it("makes any notebook what it was, in one transaction, and writes nothing where it is that already", () => {
  fc.assert(
    fc.property(
      fc.array(notebookStep, { maxLength: 15 }),
      fc.array(notebookStep, { maxLength: 25 }),
      (first, then) => {
        const doc = notebook({ p: "1\n2\n3", q: "2" });
        first.forEach((step, i) => takeStep(doc, step, `first${i}`));
        const state = copyOf(doc);
        then.forEach((step, i) => takeStep(doc, step, `then${i}`));
        let updates = 0;
        doc.on("update", () => updates++);
        restoreVersion(doc, state);
        expect(updates).toBeLessThanOrEqual(1);
        expect(listCells(doc)).toEqual(listCells(state));
        expect(seedOf(doc)).toBe(seedOf(state));
        expect(isCapturing(doc)).toBe(isCapturing(state));
        expect(differsFrom(doc, state)).toBe(false);
        restoreVersion(doc, state);
        expect(updates).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 60 },
  );
});

it("loses nothing that another types while one restores, and both see the same afterwards", () => {
  fc.assert(
    fc.property(
      fc.array(notebookStep, { maxLength: 10 }),
      fc.array(notebookStep, { maxLength: 10 }),
      fc.array(notebookStep, { minLength: 1, maxLength: 10 }),
      (first, then, meanwhile) => {
        const { docs, exchange } = peers(2);
        const [ann, ben] = docs as [Y.Doc, Y.Doc];
        addCell(ann, id("p"), "code", { source: "one\ntwo\nthree" });
        first.forEach((step, i) => takeStep(ann, step, `first${i}`));
        const state = copyOf(ann);
        exchange();
        then.forEach((step, i) => takeStep(docs[i % 2] as Y.Doc, step, `then${i}`));
        exchange();
        restoreVersion(ann, state);
        const typed = meanwhile.filter(({ what }) => what !== "cut");
        typed.forEach((step, i) => takeStep(ben, step, `<${i}>`));
        const said = textsOf(ben);
        exchange();
        exchange();
        expect(listCells(ben)).toEqual(listCells(ann));
        // Whole words of Ben's, in whatever cell he typed them, hidden or not.
        for (const [cell, text] of said)
          for (const word of text.match(/<\d+>/g) ?? [])
            expect(textsOf(ann).get(cell)).toContain(word);
        const ids = listCells(ann).map((cell) => cell.id);
        expect(new Set(ids).size).toBe(ids.length);
      },
    ),
    { numRuns: 60 },
  );
});

it("keeps a caret where it is in lines that the version has as well", () => {
  const doc = notebook({ a: "import x;\nconst rate = 0.1;\nfit(rate);" });
  const state = copyOf(doc);
  const text = cellText(doc, id("a")) as Y.Text;
  text.delete(0, "import x;\n".length);
  text.insert(text.toJSON().indexOf("0.1") + 2, "2");
  const caret = Y.createRelativePositionFromTypeIndex(text, text.toJSON().indexOf("(rate)"));
  restoreVersion(doc, state);
  const at = Y.createAbsolutePositionFromRelativePosition(caret, doc)?.index ?? -1;
  expect(text.toJSON().slice(at)).toBe("(rate);");
});

it("brings back a cell that a peer overwrote with nonsense", () => {
  const doc = notebook({ a: "1", b: "2" });
  const state = copyOf(doc);
  (notebookRoots.cells(doc) as Y.Map<unknown>).set("a", "no cell");
  notebookRoots.cells(doc).get("b")?.set("source", "no text");
  restoreVersion(doc, state);
  expect(listCells(doc)).toEqual(listCells(state));
});

function textsOf(doc: Y.Doc): Map<string, string> {
  return new Map(
    [...notebookRoots.cells(doc).keys()].map((cell) => [
      cell,
      cellText(doc, id(cell))?.toJSON() ?? "",
    ]),
  );
}
