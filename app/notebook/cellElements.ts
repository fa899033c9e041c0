/** Cells as elements of the page: the group that stands for a cell, and the cell that something happened in. */
import type { CellId } from "../../lib/base/ids.ts";

export function groupOf(cell: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(cell)}"]`);
}

export function cellOf({ target }: Event): CellId | undefined {
  const item = target instanceof Element ? target.closest<HTMLElement>("[data-cell]") : null;
  return item?.dataset["cell"] as CellId | undefined;
}
