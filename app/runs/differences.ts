/** What differs between runs, and what does not: params, data and device, side by side. */
import type { RunRow } from "../../lib/document/runsDoc.ts";
import { paramText } from "./words.ts";

export interface Fact {
  readonly name: string;
  readonly values: readonly string[];
  readonly differs: boolean;
}

const NONE = "–";

/** What differs first, in the order in which it was said. */
export function differences(rows: readonly RunRow[]): Fact[] {
  const facts = new Map<string, Map<RunRow, string>>();
  const say = (row: RunRow, name: string, value: string): void => {
    const said = facts.get(name) ?? new Map<RunRow, string>();
    facts.set(name, said.set(row, value));
  };
  for (const row of rows) {
    for (const [name, value] of Object.entries(row.params)) say(row, name, paramText(value));
    for (const { name, digest } of row.datasets) say(row, name, digest.slice(0, 6));
    say(row, "device", row.device);
  }
  const all = [...facts].map(([name, said]): Fact => {
    const values = rows.map((row) => said.get(row) ?? NONE);
    return { name, values, differs: new Set(values).size > 1 };
  });
  return [...all.filter((fact) => fact.differs), ...all.filter((fact) => !fact.differs)];
}
