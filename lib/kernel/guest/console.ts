/** `console` in a cell: lines go under the cell that runs; between cells, where they always went. */
import type { ConsoleOutput } from "../mime.ts";
import { shownAs } from "../outputs/shows.ts";
import { rowsBundle } from "../outputs/table.ts";
import { textOf } from "../outputs/text.ts";

type Level = ConsoleOutput["level"];
/** Of one line. */
const MOST_VALUES = 100;
const LEVELS: readonly Level[] = ["log", "info", "warn", "error", "debug"];

interface ConsoleLike {
  table(value: unknown): void;
  dir(value: unknown): void;
}

/** `shown` gives what takes the lines now, or undefined. */
export function redirectConsole(
  console: ConsoleLike & Record<Level, (...values: unknown[]) => void>,
  shown: () =>
    | { print(level: Level, text: string): void; display(value: unknown, id: string | null): void }
    | undefined,
): void {
  for (const level of LEVELS) {
    const original = console[level].bind(console);
    console[level] = (...values) => {
      const to = shown();
      if (to) to.print(level, values.slice(0, MOST_VALUES).map(textOf).join(" "));
      else original(...values);
    };
  }
  const display = (value: unknown): void => shown()?.display(value, null);
  console.table = (value) => display(tabular(value));
  console.dir = display;
}

/** A list of lists and a record of records as rows too, each led by its place or name. */
function tabular(value: unknown): unknown {
  if (typeof value !== "object" || value === null || "numRows" in value) return value;
  const entries =
    value instanceof Map
      ? [...(value as Map<unknown, unknown>)]
      : (Object.entries(value) as [string, unknown][]);
  const rows = entries.map(([name, row]) => [textOf(name), row] as const);
  if (Array.isArray(value) && rows.every(([, row]) => isRecord(row))) return value;
  const inner = rows.some(([, row]) => typeof row === "object" && row !== null);
  const records = rows.map(([name, row]) => ({
    "": name,
    ...(inner && typeof row === "object" && row !== null ? row : { value: row }),
  }));
  // Names that are numbers would come before the one that leads.
  const names = new Set(["", ...records.flatMap((record) => Object.keys(record))]);
  return { [shownAs]: () => rowsBundle([...names], records, records.length) };
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
