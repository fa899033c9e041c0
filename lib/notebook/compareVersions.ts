/** What differs between two states of one notebook, cell by cell. Pure reading; the lines are lineDiff.ts's. */
import type * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import { type Cell, listCells } from "./notebook.ts";

export interface CellChange {
  readonly id: CellId;
  /** "deleted": only before; "added": only after; "changed": what it says, its kind or a flag differs. */
  readonly how: "same" | "changed" | "added" | "deleted";
  /** It stands elsewhere among the cells that both have. */
  readonly moved: boolean;
  readonly before?: Cell;
  readonly after?: Cell;
}

/** The cells of both, in the order before; those that were added stand where they stand after. */
export function compareVersions(before: Y.Doc, after: Y.Doc): CellChange[] {
  return compareCells(listCells(before), listCells(after));
}

export function compareCells(before: readonly Cell[], after: readonly Cell[]): CellChange[] {
  const was = new Map(before.map((cell) => [cell.id, cell]));
  const is = new Map(after.map((cell) => [cell.id, cell]));
  const place = new Map(after.map((cell, i) => [cell.id, i]));
  const common = before.filter(({ id }) => is.has(id)).map(({ id }) => id);
  const stayed = longestRising(common, (id) => place.get(id) ?? 0);
  const changes: CellChange[] = before.map((cell) => {
    const now = is.get(cell.id);
    if (!now) return { id: cell.id, how: "deleted", moved: false, before: cell };
    const how = sameCell(cell, now) ? "same" : "changed";
    return { id: cell.id, how, moved: !stayed.has(cell.id), before: cell, after: now };
  });
  let last: CellId | undefined;
  for (const cell of after) {
    if (!was.has(cell.id)) {
      const at = last === undefined ? 0 : changes.findIndex((one) => one.id === last) + 1;
      changes.splice(at, 0, { id: cell.id, how: "added", moved: false, after: cell });
    }
    last = cell.id;
  }
  return changes;
}

/** How many cells are not as they were. */
export function countChanges(changes: readonly CellChange[]): number {
  return changes.filter(({ how, moved }) => how !== "same" || moved).length;
}

function sameCell(a: Cell, b: Cell): boolean {
  return (
    a.source === b.source && a.kind === b.kind && a.disabled === b.disabled && a.auto === b.auto
  );
}

/** The most of them that are in ascending order already: the others are what was moved. (Patience sorting.) */
function longestRising(ids: readonly CellId[], rank: (id: CellId) => number): ReadonlySet<CellId> {
  interface Link {
    readonly id: CellId;
    readonly before: Link | undefined;
  }
  const ends: Link[] = []; // of each length the sequence that ends lowest
  for (const id of ids) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const end = ends[middle];
      if (end && rank(end.id) < rank(id)) low = middle + 1;
      else high = middle;
    }
    ends[low] = { id, before: ends[low - 1] };
  }
  const rising = new Set<CellId>();
  for (let link = ends.at(-1); link; link = link.before) rising.add(link.id);
  return rising;
}
