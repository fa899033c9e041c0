/** What keeps a cell from running, in words. Other cells are mentioned by id: numbers change. */
import { assertNever } from "../base/assertNever.ts";
import type { CellId } from "../base/ids.ts";
import { mention } from "../kernel/mention.ts";
import type { ErrorOutput } from "../kernel/mime.ts";
import type { Problem } from "../kernel/graph.ts";

/** Undefined for a disabled cell, which has no problem but is one for others. */
export function problemWords(problem: Problem): ErrorOutput | undefined {
  switch (problem.kind) {
    case "syntax":
      return problem.error;
    case "disabled":
      return undefined;
    case "defined-twice": {
      const verb = problem.others.length === 1 ? "defines" : "define";
      return said(
        `\`${problem.name}\` is defined twice`,
        `${cellWords(problem.others)} ${verb} it, too. A name belongs to one cell: rename it here or there, ` +
          "or begin it with _ to keep it to this cell.",
      );
    }
    case "assigns": {
      const { name, declaredBy, error } = problem;
      const words = said(
        `\`${name}\` belongs to ${mention(declaredBy)}`,
        `${cellWords([declaredBy])} declares it, and only that cell can give it a value. Change it there, ` +
          `or give what you make here a name of its own.`,
      );
      return { ...words, line: error.line, column: error.column };
    }
    case "assigned": {
      const verb = problem.others.length === 1 ? "gives" : "give";
      return said(
        `\`${problem.name}\` is given a value elsewhere`,
        `${cellWords(problem.others)} ${verb} a value to it, and only this cell can. ` +
          "Change it here, or rename it there.",
      );
    }
    case "circle":
      return said(
        "These cells run in a circle",
        `${cellWords(problem.cells)} each need a name that another of them defines. ` +
          "Move what they share into a cell of its own.",
      );
    default:
      return assertNever(problem);
  }
}

/** Why a cell was not run: one above it in the graph is disabled, cannot run, or went wrong. */
export function blockedWords(by: CellId, disabled: boolean): ErrorOutput {
  const cell = cellWords([by]);
  if (disabled)
    return said(
      `${cell} is disabled`,
      "This cell needs what that one defines. Enable it, or define it elsewhere, then run again.",
    );
  return said(
    "Not run",
    `${cell} has to run first, and it went wrong. Put it right, then run again.`,
  );
}

function said(headline: string, words: string): ErrorOutput {
  const message = `${headline}\n${words}`;
  return { name: "Error", message, line: null, column: null, stack: [] };
}

/** At the beginning of a sentence. */
function cellWords(cells: readonly CellId[]): string {
  const said = cells.map((cell, i) => mention(cell, i === 0));
  const last = said.at(-1) ?? "";
  return said.length < 2 ? last : `${said.slice(0, -1).join(", ")} and ${last}`;
}
