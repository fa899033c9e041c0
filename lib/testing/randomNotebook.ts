/** Any edits of a notebook, for properties: what people do to cells, drawn by fast-check. */
import fc from "fast-check";
import type * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import {
  addCell,
  cellText,
  deleteCell,
  hasCellFlag,
  listCellPlaces,
  moveCell,
  setCellFlag,
  setCellKind,
} from "../notebook/notebook.ts";
import { isCapturing, setCapturing, setSeed } from "../notebook/settings.ts";

export interface NotebookStep {
  readonly what:
    "add" | "type" | "cut" | "move" | "delete" | "kind" | "disable" | "seed" | "capture";
  readonly cell: number;
  readonly at: number;
}

export const notebookStep: fc.Arbitrary<NotebookStep> = fc.record({
  what: fc.constantFrom(
    "add",
    "type",
    "type",
    "cut",
    "move",
    "delete",
    "kind",
    "disable",
    "seed",
    "capture",
  ),
  cell: fc.nat(20),
  at: fc.nat(40),
});

/** Does one step. `word`: what is typed, and what a new cell is called. */
export function takeStep(doc: Y.Doc, { what, cell, at }: NotebookStep, word: string): void {
  const places = listCellPlaces(doc);
  const one = places[cell % Math.max(1, places.length)];
  if (what === "add" || !one)
    return addCell(doc, word as CellId, at % 2 === 0 ? "code" : "text", {
      source: `${word} of ${at}\nis here`,
      after: at % 3 === 0 ? null : (one?.id ?? null),
    });
  const text = cellText(doc, one.id);
  const place = at % ((text?.length ?? 0) + 1);
  switch (what) {
    case "type":
      return text?.insert(place, at % 4 === 0 ? `\n${word}\n` : word);
    case "cut":
      return text?.delete(place, Math.min(at % 7, text.length - place));
    case "move":
      return moveCell(doc, one.id, places[at % places.length]?.id ?? null);
    case "delete":
      return deleteCell(doc, one.id);
    case "kind":
      return setCellKind(doc, one.id, one.kind === "code" ? "text" : "code");
    case "disable":
      return setCellFlag(doc, one.id, "disabled", !hasCellFlag(doc, one.id, "disabled"));
    case "seed":
      return setSeed(doc, at + 1);
    case "capture":
      return setCapturing(doc, !isCapturing(doc));
  }
}
