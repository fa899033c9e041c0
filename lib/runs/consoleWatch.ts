/** What a cell prints while a run is open, for the run's own console. The printing goes on as before. */

const METHODS = ["log", "info", "warn", "error"] as const;
const LONGEST_LINE = 2000;

/** Passes every line on, through whatever console is there now; gives back how to stop. */
export function watchConsole(printed: (line: string) => void): () => void {
  const undo = METHODS.map((method) => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was, and called on console
    const before = console[method];
    const watched = (...values: unknown[]): void => {
      printed(`${values.map(textOf).join(" ").slice(0, LONGEST_LINE)}\n`);
      before.apply(console, values);
    };
    console[method] = watched;
    return () => {
      if (console[method] === watched) console[method] = before;
    };
  });
  return () => {
    for (const stop of undo) stop();
  };
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value, null) ?? String(value);
  } catch {
    return String(value);
  }
}
