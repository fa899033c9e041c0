import fc from "fast-check";
import { expect, it } from "vitest";
import * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import { peers } from "../testing/peers.ts";
import {
  addCell,
  cellText,
  deleteCell,
  listCellPlaces,
  listCells,
  moveCell,
  restoreCell,
  setCellKind,
} from "./notebook.ts";

const id = (name: string): CellId => name as CellId;
const order = (doc: Y.Doc): string =>
  listCellPlaces(doc)
    .map((cell) => cell.id)
    .join("");

function notebook(...names: string[]): Y.Doc {
  const doc = new Y.Doc();
  for (const name of names) addCell(doc, id(name), "code", { source: name });
  return doc;
}

it("adds cells at the end, below another, or above all", () => {
  const doc = notebook("a", "b");
  addCell(doc, id("c"), "text", { after: id("a") });
  addCell(doc, id("d"), "code", { after: null });
  addCell(doc, id("e"), "code", { after: id("gone") });
  expect(order(doc)).toBe("dacbe");
});

it("moves a cell without touching the others", () => {
  const doc = notebook("a", "b", "c");
  moveCell(doc, id("a"), id("b"));
  expect(order(doc)).toBe("bac");
  moveCell(doc, id("c"), null);
  expect(order(doc)).toBe("cba");
  moveCell(doc, id("b"), id("b"));
  expect(order(doc)).toBe("cba");
});

it("keeps what somebody types into a cell that another deletes meanwhile", () => {
  const { docs, exchange } = peers(2);
  const [ann, ben] = docs as [Y.Doc, Y.Doc];
  addCell(ann, id("a"), "code", { source: "1" });
  exchange();
  deleteCell(ann, id("a"));
  cellText(ben, id("a"))?.insert(1, " + 1");
  exchange();
  expect(listCells(ben)).toEqual([]);
  restoreCell(ben, id("a"));
  exchange();
  expect(listCells(ann)).toEqual([{ id: "a", kind: "code", source: "1 + 1" }]);
});

it("changes a cell's kind and keeps its text", () => {
  const doc = notebook("a");
  setCellKind(doc, id("a"), "text");
  expect(listCells(doc)).toEqual([{ id: "a", kind: "text", source: "a" }]);
});

it("inserts between two cells that were added at one place at once", () => {
  const { docs, exchange } = peers(3);
  docs.forEach((doc, i) => addCell(doc, id("abc"[i] ?? ""), "code"));
  exchange();
  const [doc] = docs as [Y.Doc];
  addCell(doc, id("x"), "code", { after: id("a") });
  addCell(doc, id("y"), "code", { after: id("b") });
  exchange();
  expect(docs.map(order)).toEqual(["axbyc", "axbyc", "axbyc"]);
});

it("passes over what is no cell, and puts cells without a proper place last", () => {
  const doc = notebook("a", "b");
  const cells = notebookRoots.cells(doc) as Y.Map<unknown>;
  cells.set("text", "not a map");
  cells.set("empty", new Y.Map());
  const strange = new Y.Map<unknown>();
  cells.set("s", strange);
  strange.set("kind", "code");
  strange.set("position", "~~~");
  strange.set("source", new Y.Text("s"));
  expect(order(doc)).toBe("abs");
  addCell(doc, id("c"), "code", { after: id("s") });
  expect(order(doc)).toBe("absc");
});

it("shows the same order to everybody after any exchange of edits, each cell once", () => {
  const step = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom("add", "move", "delete", "exchange"),
    cell: fc.nat(20),
    after: fc.option(fc.nat(20)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { docs, exchange } = peers(3);
      const added = new Set<string>();
      const deleted = new Set<string>();
      let next = 0;
      for (const { who, what, cell, after } of steps) {
        const doc = docs[who] as Y.Doc;
        const here = listCellPlaces(doc);
        const one = here[cell % Math.max(1, here.length)];
        const below = after === null ? null : here[after % Math.max(1, here.length)]?.id;
        if (what === "exchange") exchange();
        else if (what === "add") {
          const name = id(`n${next++}`);
          added.add(name);
          addCell(doc, name, "code", below === undefined ? {} : { after: below });
        } else if (one && what === "move") moveCell(doc, one.id, below ?? null);
        else if (one) {
          deleted.add(one.id);
          deleteCell(doc, one.id);
        }
      }
      exchange();
      exchange();
      const orders = docs.map((doc) => listCellPlaces(doc).map((cell) => cell.id));
      expect(orders[1]).toEqual(orders[0]);
      expect(orders[2]).toEqual(orders[0]);
      expect([...(orders[0] ?? [])].sort()).toEqual(
        [...added].filter((name) => !deleted.has(name)).sort(),
      );
    }),
  );
});
