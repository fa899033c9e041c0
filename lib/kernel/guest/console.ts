/** `console` in a cell: lines go under the cell that runs; between cells, where they always went. */
import type { ConsoleOutput } from "../mime.ts";
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
  console.table = display;
  console.dir = display;
}
