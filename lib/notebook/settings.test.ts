import { expect, it } from "vitest";
import * as Y from "yjs";
import { isEdit } from "../document/edit.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import { peers } from "../testing/peers.ts";
import { isCapturing, seedOf, setCapturing, setSeed } from "./settings.ts";

it("has a seed of 1 and captured training until somebody chooses, and reading writes nothing", () => {
  const doc = new Y.Doc();
  expect([seedOf(doc), isCapturing(doc)]).toEqual([1, true]);
  expect(notebookRoots.settings(doc).size).toBe(0);
});

it("is the same for everybody, each choice an edit with a name", () => {
  const { docs, exchange } = peers(2);
  const [ann, ben] = docs as [Y.Doc, Y.Doc];
  const edits: string[] = [];
  ann.on("afterTransaction", ({ origin }) => {
    if (isEdit(origin)) edits.push(origin.edit);
  });
  setSeed(ann, 7);
  setCapturing(ann, false);
  exchange();
  expect([seedOf(ben), isCapturing(ben)]).toEqual([7, false]);
  setCapturing(ben, true);
  exchange();
  expect(isCapturing(ann)).toBe(true);
  expect(edits).toEqual(["setSeed", "setCapturing"]);
});

it.each([0, -1, 1.5, "7", null, {}])("takes a seed of %j for none", (seed) => {
  const doc = new Y.Doc();
  notebookRoots.settings(doc).set("seed", seed);
  expect(seedOf(doc)).toBe(1);
});

it.each([0, "", "off", null, {}])("takes captured training of %j for on", (capturing) => {
  const doc = new Y.Doc();
  notebookRoots.settings(doc).set("capturing", capturing);
  expect(isCapturing(doc)).toBe(true);
});
