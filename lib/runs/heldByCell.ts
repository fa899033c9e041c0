/** What a cell's captured steps hold on the device is given back when the cell is run again and captures others. */
import type { CellId } from "../base/ids.ts";
import type { Guest } from "../kernel/capability.ts";

export function heldByCell(
  guest: Pick<Guest, "cell" | "atCellEnd">,
): (giveBack: () => void) => void {
  const held = new Map<CellId, (() => void)[]>();
  /** The cells whose present run has captured something. */
  const running = new Set<CellId>();
  return (giveBack) => {
    const { cell } = guest;
    if (cell === undefined) return;
    const before = held.get(cell) ?? [];
    if (running.has(cell)) return void before.push(giveBack);
    for (const one of before) one();
    held.set(cell, [giveBack]);
    running.add(cell);
    guest.atCellEnd(() => void running.delete(cell));
  };
}
