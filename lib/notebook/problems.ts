/** What keeps a cell from running, in words. Cells are named by their number on the page. */
import { assertNever } from "../base/assertNever.ts";
import type { CellId } from "../base/ids.ts";
import type { ErrorOutput } from "../kernel/mime.ts";
import type { Problem } from "../kernel/plan.ts";

type NumberOf = (cell: CellId) => number | undefined;

export function problemWords(problem: Problem, numberOf: NumberOf): ErrorOutput {
  switch (problem.kind) {
    case "syntax":
      return problem.error;
    case "defined-twice": {
      const where = cellWords(problem.others, numberOf);
      const verb = problem.others.length === 1 ? "defines" : "define";
      return said(
        `\`${problem.name}\` is defined twice`,
        `${where} ${verb} it, too. A name belongs to one cell: rename it here or there, ` +
          "or begin it with _ to keep it to this cell.",
      );
    }
    case "circle":
      return said(
        "These cells run in a circle",
        `${cellWords(problem.cells, numberOf)} each need a name that another of them defines. ` +
          "Move what they share into a cell of its own.",
      );
    default:
      return assertNever(problem);
  }
}

/** Why a cell was not run: one above it in the graph cannot, or went wrong. */
export function blockedWords(by: CellId, numberOf: NumberOf): ErrorOutput {
  const cell = cellWords([by], numberOf);
  return said(
    "Not run",
    `${cell} has to run first, and it went wrong. Put it right, then run again.`,
  );
}

function said(headline: string, words: string): ErrorOutput {
  return { name: "Error", message: `${headline}\n${words}`, line: null, column: null, stack: [] };
}

function cellWords(cells: readonly CellId[], numberOf: NumberOf): string {
  const numbers = cells.map((cell) => numberOf(cell) ?? "?");
  const last = numbers.at(-1);
  return numbers.length < 2
    ? `Cell ${last}`
    : `Cells ${numbers.slice(0, -1).join(", ")} and ${last}`;
}
