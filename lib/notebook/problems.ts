/** What keeps a cell from running, in words. Cells are named by their number on the page. */
import { assertNever } from "../base/assertNever.ts";
import type { CellId } from "../base/ids.ts";
import type { Problem } from "../kernel/plan.ts";
import type { CellProblem } from "./cellView.ts";

type NumberOf = (cell: CellId) => number | undefined;

/** Undefined for a disabled cell, which has no problem but is one for others. */
export function problemWords(problem: Problem, numberOf: NumberOf): CellProblem | undefined {
  switch (problem.kind) {
    case "syntax":
      return problem.error;
    case "disabled":
      return undefined;
    case "defined-twice": {
      const where = cellWords(problem.others, numberOf);
      const verb = problem.others.length === 1 ? "defines" : "define";
      return said(
        `\`${problem.name}\` is defined twice`,
        `${where} ${verb} it, too. A name belongs to one cell: rename it here or there, ` +
          "or begin it with _ to keep it to this cell.",
        problem.others,
      );
    }
    case "circle":
      return said(
        "These cells run in a circle",
        `${cellWords(problem.cells, numberOf)} each need a name that another of them defines. ` +
          "Move what they share into a cell of its own.",
        problem.cells,
      );
    default:
      return assertNever(problem);
  }
}

/** Why a cell was not run: one above it in the graph is disabled, cannot run, or went wrong. */
export function blockedWords(by: CellId, disabled: boolean, numberOf: NumberOf): CellProblem {
  const cell = cellWords([by], numberOf);
  if (disabled)
    return said(
      `${cell} is disabled`,
      "This cell needs what that one defines. Enable it, or define it elsewhere, then run again.",
      [by],
    );
  return said(
    "Not run",
    `${cell} has to run first, and it went wrong. Put it right, then run again.`,
    [by],
  );
}

function said(headline: string, words: string, cells: readonly CellId[]): CellProblem {
  const message = `${headline}\n${words}`;
  return { name: "Error", message, line: null, column: null, stack: [], cells };
}

function cellWords(cells: readonly CellId[], numberOf: NumberOf): string {
  const numbers = cells.map((cell) => numberOf(cell) ?? "?");
  const last = numbers.at(-1);
  return numbers.length < 2
    ? `Cell ${last}`
    : `Cells ${numbers.slice(0, -1).join(", ")} and ${last}`;
}
