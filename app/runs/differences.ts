/** What differs between runs, and what does not: params, data and device, side by side. */
import type { RunRow } from "../../lib/document/runsDoc.ts";
import { chosenParams, trainingOf } from "../../lib/runs/training.ts";
import { paramText, trainingWords } from "./words.ts";

export interface Fact {
  readonly name: string;
  readonly values: readonly string[];
  /** It may be why the numbers are not the same. */
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
  const trained = new Map<RunRow, string>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(chosenParams(row.params)))
      say(row, name, paramText(value));
    for (const { name, digest } of row.datasets) say(row, name, digest.slice(0, 6));
    say(row, "device", row.device);
    const training = trainingOf(row.params);
    if (training) trained.set(row, trainingWords(training));
  }
  const all = [...facts].map(([name, said]): Fact => {
    const values = rows.map((row) => said.get(row) ?? NONE);
    return { name, values, differs: new Set(values).size > 1 };
  });
  // A captured program gives the same numbers: how a run was trained is told, and is never what differs.
  const training =
    trained.size > 0
      ? [{ name: "training", values: rows.map((row) => trained.get(row) ?? NONE), differs: false }]
      : [];
  return [
    ...all.filter((fact) => fact.differs),
    ...all.filter((fact) => !fact.differs),
    ...training,
  ];
}
