import { expect, it } from "vitest";
import * as Y from "yjs";
import { cellText, deleteCell, listCells, moveCell } from "../../lib/notebook/notebook.ts";
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
