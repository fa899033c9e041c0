/**
 * What people do to a notebook's cells. Each function is one edit: one transaction, one undo step. Cells are
 * read as they are believed: what a peer wrote and is no cell is passed over.
 */
import { generateKeyBetween, generateNKeysBetween } from "fractional-indexing";
import * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import { asString } from "../base/json.ts";
import { edit } from "../document/edit.ts";
import { type CellShape, cellFields, notebookRoots } from "../document/notebookDoc.ts";

/** The one edit that also sets outputs and settings, so that undo takes them back with it (restoreVersion.ts). */
export const RESTORE_VERSION = "restoreVersion";

export type CellKind = CellShape["kind"];

/** A cell without its text: what the order of a page is made of. */
export interface CellPlace {
  readonly id: CellId;
  readonly kind: CellKind;
}

export interface Cell extends CellPlace {
  readonly source: string;
  readonly disabled?: boolean;
  readonly auto?: boolean;
}

/** What a cell can be set to, for everybody. */
export type CellFlag = "disabled" | "auto";

/** Where a new or moved cell goes: below a cell, or above all of them with null. */
export type After = CellId | null;

interface Placed extends CellPlace {
  /** Null where a peer wrote a position that is none: such cells stand last. */
  readonly position: string | null;
  readonly text: Y.Text;
  readonly map: Y.Map<unknown>;
}

/** The cells in reading order, without their texts. Two cells added at once share a position, so the id breaks the tie. */
export function listCellPlaces(doc: Y.Doc): CellPlace[] {
  return placedCells(doc).map(({ id, kind }) => ({ id, kind }));
}

/** The cells in reading order, with what they say now. */
export function listCells(doc: Y.Doc): Cell[] {
  return placedCells(doc).map(({ id, kind, text, map }) => ({
    id,
    kind,
    source: text.toJSON(),
    ...(map.get("disabled") === true ? { disabled: true } : {}),
    ...(map.get("auto") === true ? { auto: true } : {}),
  }));
}

/** A cell's text, to be edited in place; undefined where there is no such cell. */
export function cellText(doc: Y.Doc, id: CellId): Y.Text | undefined {
  const text: unknown = notebookRoots.cells(doc).get(id)?.get("source");
  return text instanceof Y.Text ? text : undefined;
}

/** Where a cell stands among the others, to be compared as text; undefined where that cannot be said. */
export function positionOf(doc: Y.Doc, id: CellId): string | undefined {
  return parsePosition(notebookRoots.cells(doc).get(id)?.get("position")) ?? undefined;
}

/** Adds a cell: below `after`, or at the end where that is left out or gone. */
export function addCell(
  doc: Y.Doc,
  id: CellId,
  kind: CellKind,
  options: { readonly source?: string; readonly after?: After } = {},
): void {
  edit(doc, "addCell", () => {
    const map = new Y.Map<unknown>();
    map.set("kind", kind);
    map.set("position", makeRoom(doc, options.after, id));
    map.set("source", new Y.Text(options.source ?? ""));
    notebookRoots.cells(doc).set(id, map);
  });
}

/** Moves a cell below `after`, or above all others with null: one write, so that two moves at once never double it. */
export function moveCell(doc: Y.Doc, id: CellId, after: After): void {
  if (after === id) return;
  edit(doc, "moveCell", () => {
    cellFields(doc, id)?.set("position", makeRoom(doc, after, id));
  });
}

/** Hides a cell. What somebody types into it meanwhile, or typed offline, is kept. */
export function deleteCell(doc: Y.Doc, id: CellId): void {
  edit(doc, "deleteCell", () => cellFields(doc, id)?.set("deleted", true));
}

export function restoreCell(doc: Y.Doc, id: CellId): void {
  edit(doc, "restoreCell", () => notebookRoots.cells(doc).get(id)?.delete("deleted"));
}

export function setCellKind(doc: Y.Doc, id: CellId, kind: CellKind): void {
  edit(doc, "setCellKind", () => cellFields(doc, id)?.set("kind", kind));
}

/** Sets or takes away a flag; a cell that is gone has none. */
export function setCellFlag(doc: Y.Doc, id: CellId, flag: CellFlag, on: boolean): void {
  edit(doc, `${flag} ${on ? "on" : "off"}`, () => {
    if (on) cellFields(doc, id)?.set(flag, true);
    else notebookRoots.cells(doc).get(id)?.delete(flag);
  });
}

export function hasCellFlag(doc: Y.Doc, id: CellId, flag: CellFlag): boolean {
  return notebookRoots.cells(doc).get(id)?.get(flag) === true;
}

function placedCells(doc: Y.Doc): Placed[] {
  const cells: Placed[] = [];
  for (const [key, map] of notebookRoots.cells(doc)) {
    if (!(map instanceof Y.Map) || map.get("deleted") === true) continue;
    const kind = map.get("kind");
    const text = map.get("source");
    if ((kind !== "code" && kind !== "text") || !(text instanceof Y.Text)) continue;
    const position = parsePosition(map.get("position"));
    cells.push({ id: key as CellId, kind, position, text, map });
  }
  return cells.sort(byPosition);
}

function byPosition(a: Placed, b: Placed): number {
  if (a.position !== b.position) {
    if (a.position === null) return 1;
    if (b.position === null) return -1;
    return a.position < b.position ? -1 : 1;
  }
  return a.id < b.id ? -1 : 1;
}

/** A free position below `after`. Neighbours that share theirs are given new ones first. */
function makeRoom(doc: Y.Doc, after: After | undefined, moving: CellId): string {
  const cells = placedCells(doc).filter((cell) => cell.id !== moving);
  const at = after === null ? 0 : cells.findIndex((cell) => cell.id === after) + 1;
  const index = after === undefined || (after !== null && at === 0) ? cells.length : at;
  const above = position(cells[index - 1]);
  const below = position(cells[index]);
  if (index > 0 && above === null) return spreadAll(doc, cells, index);
  if (above === null || below === null || above < below) return generateKeyBetween(above, below);
  return spreadEqual(doc, cells, index, above);
}

/** Gives the cells that share a position one each, with a gap at `index` whose position is returned. */
function spreadEqual(doc: Y.Doc, cells: readonly Placed[], index: number, shared: string): string {
  const first = cells.findIndex((cell) => cell.position === shared);
  const end = cells.findLastIndex((cell) => cell.position === shared) + 1;
  const keys = generateNKeysBetween(shared, position(cells[end]), end - first);
  const gap = index - first - 1;
  cells.slice(first + 1, end).forEach((cell, i) => {
    cellFields(doc, cell.id)?.set("position", keys[i < gap ? i : i + 1] ?? shared);
  });
  return keys[gap] ?? shared;
}

/** Where even the neighbour's position is nonsense: every cell gets a new one, with a gap at `index`. */
function spreadAll(doc: Y.Doc, cells: readonly Placed[], index: number): string {
  const keys = generateNKeysBetween(null, null, cells.length + 1);
  cells.forEach((cell, i) => {
    cellFields(doc, cell.id)?.set("position", keys[i < index ? i : i + 1] ?? "a0");
  });
  return keys[index] ?? "a0";
}

function position(cell: Placed | undefined): string | null {
  return cell?.position ?? null;
}

function parsePosition(value: unknown): string | null {
  const text = asString(value);
  if (text === undefined || text.length > 200) return null;
  try {
    generateKeyBetween(text, null);
    return text;
  } catch {
    return null; // not a position of fractional-indexing
  }
}
