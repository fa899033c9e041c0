/**
 * What a run's row means to people: its state, what it is called, how long it took.
 */
import type { RunRow } from "../document/runsDoc.ts";

export type RunState = "running" | "finished" | "failed" | "interrupted" | "cut off";

/** A run whose heart has not beaten for so long was cut off; hidden tabs may beat only once a minute. */
const CUT_OFF_MS = 90_000;

/** "cut off" is derived: nobody writes it for a tab that is gone, and an offline one comes back to life. */
export function runState(row: Pick<RunRow, "end" | "live">, now: number): RunState {
  if (row.end) return row.end.how;
  return now - row.live.beatAt > CUT_OFF_MS ? "cut off" : "running";
}

/** What people call it: its name, or "run 46". */
export function runTitle(row: Pick<RunRow, "name" | "number">): string {
  return row.name === "" ? `run ${row.number}` : row.name;
}

/** Milliseconds from its start to its end, to now while it runs, to its last sign of life where it was cut off. */
export function runTook(row: Pick<RunRow, "end" | "live" | "startedAt">, now: number): number {
  const until = runState(row, now) === "running" ? now : (row.end?.at ?? row.live.beatAt);
  return Math.max(0, until - row.startedAt);
}

/** The metric whose newest value is no number any more, if any: training went wrong without an error. */
export function brokenMetric(row: Pick<RunRow, "live">): string | undefined {
  return Object.keys(row.live.last).find((name) => !Number.isFinite(row.live.last[name]));
}
