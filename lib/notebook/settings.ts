/** A notebook's settings, for everybody in it. */
import type * as Y from "yjs";
import { edit } from "../document/edit.ts";
import { notebookRoots } from "../document/notebookDoc.ts";

const FIRST_SEED = 1;

/** What chance is drawn from when a cell runs: a whole number above 0, 1 in a new notebook. */
export function seedOf(doc: Y.Doc): number {
  const seed = notebookRoots.settings(doc).get("seed");
  return typeof seed === "number" && Number.isSafeInteger(seed) && seed > 0 ? seed : FIRST_SEED;
}

export function setSeed(doc: Y.Doc, seed: number): void {
  edit(doc, "setSeed", () => notebookRoots.settings(doc).set("seed", seed));
}

/** Whether training may run from a captured program: the same numbers, faster. So it is unless somebody switched it off. */
export function isCapturing(doc: Y.Doc): boolean {
  return notebookRoots.settings(doc).get("capturing") !== false;
}

export function setCapturing(doc: Y.Doc, capturing: boolean): void {
  edit(doc, "setCapturing", () => notebookRoots.settings(doc).set("capturing", capturing));
}
