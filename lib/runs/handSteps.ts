/** What a cell has of captured steps by hand: they stop with it, tell it what they train, and hold nothing for ever. */
import type { CellId } from "../base/ids.ts";
import type { Guest } from "../kernel/capability.ts";
import { Interrupted } from "../kernel/guest/interruption.ts";

/** Stops a loop by hand as one that is not captured stops, and reports once for each cell what it trains. */
export function stepping(guest: Guest): (changes: readonly object[]) => void {
  const reported = new Set<object>();
  return (changes) => {
    if (guest.interrupted) throw new Interrupted();
    if (guest.cell === undefined) return;
    if (reported.size === 0 && changes.length > 0) guest.atCellEnd(() => reported.clear());
    for (const one of changes) {
      if (reported.has(one)) continue;
      reported.add(one);
      guest.trained(one);
    }
  };
}

/** What they hold on the device is given back when the cell is run again and captures others. */
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
