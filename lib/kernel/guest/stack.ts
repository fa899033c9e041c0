/** An exception as a person sees it: where it happened in the cells, and none of the machinery. */
import type { ErrorOutput } from "../mime.ts";
import { asRecord, asString } from "../../base/json.ts";
import { cut } from "../outputs/fields.ts";
import { textOf } from "../outputs/text.ts";
import { type Positions, sourceColumn } from "../compile/positions.ts";

/** One run's module: which cell it is, and how its code lies over the cell's source. */
export interface CellModule {
  readonly cell: string;
  readonly positions: Positions;
  /** Letters before the cell's code on the first line. */
  readonly ahead: number;
}

/** An error with its place in the cell that was running, where no stack would tell. */
export class PlacedError extends Error {
  readonly place: { readonly line: number; readonly column: number };
  constructor(message: string, line: number, column: number) {
    super(message);
    this.place = { line, column };
  }
}

const FRAME = /(?:^|[\s(@])((?:blob:|cell-run-)[^\s()@]*?):(\d+):(\d+)/g;
const MOST_FRAMES = 20;
const MOST_CAUSES = 3;
const LONGEST_NAME = 199;
const LONGEST_MESSAGE = 19_000;
const LONGEST_STACK = 100_000;

/** `modules` by the name that stacks have for them. Never throws: anything at all can be thrown. */
export function errorOutput(
  thrown: unknown,
  modules: ReadonlyMap<string, CellModule>,
): ErrorOutput {
  try {
    return describe(thrown, modules);
  } catch {
    return { name: "Error", message: "What was thrown cannot be read", ...nowhere };
  }
}

function describe(thrown: unknown, modules: ReadonlyMap<string, CellModule>): ErrorOutput {
  if (!(thrown instanceof Error)) return { name: "Error", message: said(thrown), ...nowhere };
  // A cell may have put anything at all into its error, and all of it has to travel.
  const name = cut(textIn(thrown.name, "Error"), LONGEST_NAME);
  const message = cut(textIn(thrown.message, ""), LONGEST_MESSAGE);
  const cause = causesOf(thrown)
    .map((one) => ` (${one})`)
    .join("");
  const frames = framesOf(textIn(thrown.stack, ""), modules);
  const stack =
    thrown instanceof PlacedError
      ? frames.slice(0, 1).map((frame) => ({ ...frame, ...thrown.place }))
      : frames;
  const [{ line, column } = nowhere] = stack;
  return { name, message: message + cause, line, column, stack };
}

const nowhere = { line: null, column: null, stack: [] };

function framesOf(stack: string, modules: ReadonlyMap<string, CellModule>): ErrorOutput["stack"] {
  return [...stack.slice(0, LONGEST_STACK).matchAll(FRAME)]
    .flatMap(([, name = "", line, column]) => {
      const module = modules.get(name);
      if (!module) return [];
      const line0 = Number(line) - 1;
      const column0 = Number(column) - 1 - (line0 === 0 ? module.ahead : 0);
      const source0 = sourceColumn(module.positions, line0, Math.max(0, column0));
      return [{ cell: module.cell, line: line0 + 1, column: source0 + 1 }];
    })
    .slice(0, MOST_FRAMES);
}

/** What the errors behind it say, nearest first; they may go round in a circle. */
function causesOf(error: Error): string[] {
  const causes: string[] = [];
  for (let one = error.cause; one instanceof Error && causes.length < MOST_CAUSES; one = one.cause)
    causes.push(cut(textIn(one.message, ""), LONGEST_MESSAGE / 10));
  return causes;
}

/** Whatever was thrown, in words: a string, a number, an object with a message. */
function said(thrown: unknown): string {
  return cut(asString(asRecord(thrown)?.["message"]) ?? textOf(thrown), LONGEST_MESSAGE);
}

function textIn(value: unknown, otherwise: string): string {
  if (value === undefined || value === null) return otherwise;
  return typeof value === "string" ? value : textOf(value);
}
