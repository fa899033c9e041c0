import { expect, it } from "vitest";
import * as Y from "yjs";
import { notebookRoots } from "../../lib/document/notebookDoc.ts";
import { addCell, cellText, deleteCell, listCells, moveCell } from "../../lib/notebook/notebook.ts";
import { putOutput } from "../../lib/notebook/outputs.ts";
import { restoreVersion } from "../../lib/notebook/restoreVersion.ts";
import { isCapturing, setCapturing, setSeed } from "../../lib/notebook/settings.ts";
import { copyOf } from "../../lib/notebook/versionState.ts";
import { peers } from "../../lib/testing/peers.ts";
import { insertCell } from "./insertCell.ts";
import { notebookUndo } from "./undo.ts";

const sources = (doc: Y.Doc): string[] => listCells(doc).map((cell) => cell.source);

/** Types as an editor does: with an origin of its own that the undo is told of. */
function typist(undo: Y.UndoManager) {
  const origin = { constructor: class Editor {} };
  undo.addTrackedOrigin(origin);
  return (text: Y.Text | undefined, at: number, words: string): void =>
    text?.doc?.transact(() => text.insert(at, words), origin);
}

it("takes back one edit at a time, however fast they came", () => {
  const doc = new Y.Doc();
  const undo = notebookUndo(doc);
  const a = insertCell(doc, "code", { source: "a" });
  const b = insertCell(doc, "code", { source: "b" });
  moveCell(doc, b, null);
  deleteCell(doc, a);
  expect(sources(doc)).toEqual(["b"]);
  undo.undo();
  expect(sources(doc)).toEqual(["b", "a"]);
  undo.undo();
  expect(sources(doc)).toEqual(["a", "b"]);
  undo.undo();
  expect(sources(doc)).toEqual(["a"]);
  undo.redo();
  expect(sources(doc)).toEqual(["a", "b"]);
});

it("keeps typing apart from the edits before and after it", () => {
  const doc = new Y.Doc();
  const undo = notebookUndo(doc);
  const type = typist(undo);
  const a = insertCell(doc, "code");
  type(cellText(doc, a), 0, "1");
  type(cellText(doc, a), 1, "2");
  insertCell(doc, "text", { source: "t" });
  undo.undo();
  expect(sources(doc)).toEqual(["12"]);
  undo.undo();
  expect(sources(doc)).toEqual([""]);
});

it("never takes back what another member did, nor their words in a cell that this one made", () => {
  const { docs, exchange } = peers(2);
  const [ann, ben] = docs as [Y.Doc, Y.Doc];
  const undo = notebookUndo(ann);
  const a = insertCell(ann, "code", { source: "x" });
  exchange();
  cellText(ben, a)?.insert(1, "yz");
  insertCell(ben, "text", { source: "ben" });
  exchange();
  undo.undo();
  exchange();
  expect(sources(ann)).toEqual(["ben"]);
  undo.redo();
  exchange();
  expect(sources(ben)).toEqual(["xyz", "ben"]);
});

const all = (doc: Y.Doc): unknown => ({
  cells: listCells(doc),
  outputs: notebookRoots.outputs(doc).toJSON(),
  params: notebookRoots.params(doc).toJSON(),
  settings: notebookRoots.settings(doc).toJSON(),
});

it("takes a restored version back whole, outputs and settings too, and what others typed stays", () => {
  const { docs, exchange } = peers(2);
  const [ann, ben] = docs as [Y.Doc, Y.Doc];
  const undo = notebookUndo(ann);
  addCell(ben, "a" as never, "code", { source: "one" });
  addCell(ben, "b" as never, "code", { source: "two" });
  const output = { bundles: [], digest: "a".repeat(64), inputs: { seed: 1, sources: [] } };
  putOutput(ben, "a" as never, output as never);
  const then = copyOf(ben);
  exchange();
  notebookRoots.params(ben).set("rate", 2);
  setSeed(ben, 5);
  setCapturing(ben, false);
  putOutput(ben, "a" as never, { ...output, bundles: [{ "text/plain": "newer" }] } as never);
  cellText(ben, "a" as never)?.insert(3, " more");
  deleteCell(ben, "b" as never);
  addCell(ben, "n" as never, "text", { source: "new" });
  exchange();
  const before = all(ann);
  restoreVersion(ann, then);
  exchange();
  expect(sources(ben)).toEqual(["one", "two"]);
  const after = all(ann);
  undo.undo();
  expect(all(ann)).toEqual(before);
  undo.redo();
  expect(all(ann)).toEqual(after);
  cellText(ben, "a" as never)?.insert(0, "ben's ");
  exchange();
  undo.undo();
  exchange();
  expect(sources(ben)).toEqual(["ben's one more", "new"]);
});

it("takes back a version of which only the outputs differ", () => {
  const doc = new Y.Doc();
  const undo = notebookUndo(doc);
  addCell(doc, "a" as never, "code", { source: "one" });
  const then = copyOf(doc);
  notebookRoots.params(doc).set("rate", 2);
  restoreVersion(doc, then);
  expect(notebookRoots.params(doc).size).toBe(0);
  undo.undo();
  expect(notebookRoots.params(doc).get("rate")).toBe(2);
  expect(sources(doc)).toEqual(["one"]);
});

it("never takes back an output, a control that was moved, or a setting by themselves", () => {
  const doc = new Y.Doc();
  const undo = notebookUndo(doc);
  insertCell(doc, "code", { source: "x" });
  setSeed(doc, 5);
  setCapturing(doc, false);
  putOutput(doc, "a" as never, {} as never);
  undo.undo();
  expect(sources(doc)).toEqual([]);
  expect(notebookRoots.settings(doc).get("seed")).toBe(5);
  expect(isCapturing(doc)).toBe(false);
  expect(notebookRoots.outputs(doc).size).toBe(1);
});
