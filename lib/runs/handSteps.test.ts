import { expect, it } from "vitest";
import type { CellId } from "../base/ids.ts";
import { heldByCell } from "./handSteps.ts";

it("gives back what a cell's earlier run holds once it is run again, and nothing of other cells", () => {
  const ends: (() => Promise<void> | void)[] = [];
  const guest = {
    cell: undefined as CellId | undefined,
    atCellEnd: (act: () => void) => void ends.push(act),
  };
  const hold = heldByCell(guest);
  const given: string[] = [];
  const run = (cell: string, ...names: string[]): void => {
    guest.cell = cell as CellId;
    for (const name of names) hold(() => given.push(name));
    guest.cell = undefined;
    for (const end of ends.splice(0)) void end();
  };
  run("a", "one", "two");
  run("b", "three");
  expect(given).toEqual([]);
  run("a", "four");
  expect(given).toEqual(["one", "two"]);
  run("a");
  run("a", "five");
  expect(given).toEqual(["one", "two", "four"]);
});
