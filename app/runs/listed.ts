/** The rows of the table "Runs": which columns they need, how they are filtered, ordered and grouped. */
import type { Json } from "../../lib/base/json.ts";
import type { RunRow } from "../../lib/document/runsDoc.ts";
import { type RunState, runState, runTitle, runTook } from "../../lib/runs/run.ts";
import { chosenParams, trainingOf } from "../../lib/runs/training.ts";
import { baseMetric, isValidation, moreIsBetter, paramText, trainingShort } from "./words.ts";

export interface Listed {
  readonly row: RunRow;
  readonly title: string;
  readonly state: RunState;
  readonly by: string;
  readonly notebook: string;
  readonly took: number;
}

export type Grouping = "notebook" | "member" | "none";

export interface Sorting {
  readonly key: string;
  readonly down: boolean;
}

export interface Group {
  readonly title: string;
  readonly runs: readonly Listed[];
}

const MOST_METRICS = 2;
const MOST_PARAMS = 3;
/** What follows from other params says nothing in a list. */
const DERIVED = ["training rows", "batches per epoch"];
/** Said first where nothing differs; the rest of the params is on the run's page. */
const USUAL = ["learning rate", "epochs", "batch size", "optimizer"];

export function listed(
  row: RunRow,
  now: number,
  names: { by(row: RunRow): string; notebook(row: RunRow): string },
): Listed {
  return {
    row,
    title: runTitle(row),
    state: runState(row, now),
    by: names.by(row),
    notebook: names.notebook(row),
    took: runTook(row, now),
  };
}

/** A loss and a score, on validation data where there is any: what decides between runs. */
export function metricColumns(runs: readonly Listed[]): string[] {
  const all = new Set(runs.flatMap(({ row }) => Object.keys(row.live.last)));
  const better = [...all].filter((name) => isValidation(name) || !all.has(`val_${name}`));
  const order = (name: string): number =>
    baseMetric(name) === "loss" ? 0 : moreIsBetter(name) ? 1 : 2;
  return better.sort((a, b) => order(a) - order(b)).slice(0, MOST_METRICS);
}

/** The params that tell these runs apart, the usual ones where they are all alike. */
export function paramColumns(runs: readonly Listed[]): string[] {
  const values = new Map<string, Set<string>>();
  for (const { row } of runs)
    for (const [name, value] of Object.entries(chosenParams(row.params))) {
      const seen = values.get(name) ?? new Set();
      values.set(name, seen.add(paramText(value)));
    }
  const names = [...values.keys()];
  const rank = (name: string): number => {
    const usual = USUAL.indexOf(name);
    const differs = (values.get(name)?.size ?? 0) > 1;
    return (differs ? 0 : 10) + (usual < 0 ? 5 : usual);
  };
  return names
    .filter((name) => !DERIVED.includes(name))
    .filter((name) => USUAL.includes(name) || (values.get(name)?.size ?? 0) > 1)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST_PARAMS);
}

/** The values of a metric that are best among these runs, so that they can be strong. */
export function bestOf(runs: readonly Listed[], metric: string): number | undefined {
  const values = runs.map(({ row }) => row.live.last[metric] ?? NaN).filter(Number.isFinite);
  if (values.length < 2) return undefined;
  return moreIsBetter(metric) ? Math.max(...values) : Math.min(...values);
}

/** Every word must be found in the run's name, tags, member, notebook, state, data or params. */
export function matching(runs: readonly Listed[], words: string): Listed[] {
  const wanted = words
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  return runs.filter((run) => {
    const { row } = run;
    const params = Object.entries(chosenParams(row.params)).map(
      ([name, value]) => `${name} ${paramText(value)}`,
    );
    const training = trainingOf(row.params);
    if (training) params.push(`training ${trainingShort(training)}`);
    const datasets = row.datasets.map((one) => one.name);
    const text = [run.title, run.by, run.notebook, run.state, ...row.tags, ...datasets, ...params];
    const all = text.join("\n").toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

/** `key`: "when", "run", "by", "took", "metric <name>" or "param <name>". What is missing comes last. */
export function sorted(runs: readonly Listed[], { key, down }: Sorting): Listed[] {
  const value = valueOf(key);
  return [...runs].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === undefined || y === undefined)
      return Number(x === undefined) - Number(y === undefined);
    const order =
      typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
    return down ? -order : order;
  });
}

function valueOf(key: string): (run: Listed) => string | number | undefined {
  if (key.startsWith("metric ")) {
    const name = key.slice("metric ".length);
    return ({ row }) => comparable(row.live.last[name]);
  }
  if (key.startsWith("param ")) {
    const name = key.slice("param ".length);
    return ({ row }) => comparable(row.params[name]);
  }
  switch (key) {
    case "run":
      return ({ title }) => title;
    case "by":
      return ({ by }) => by;
    case "took":
      return ({ took }) => took;
    default:
      return ({ row }) => row.startedAt;
  }
}

function comparable(value: Json | undefined): string | number | undefined {
  if (value === undefined || value === null || Number.isNaN(value)) return undefined;
  return typeof value === "number" ? value : paramText(value);
}

/** Groups in the order of their newest run. */
export function grouped(runs: readonly Listed[], by: Grouping): Group[] {
  if (by === "none") return [{ title: "", runs }];
  const groups = new Map<string, Listed[]>();
  for (const run of runs) {
    const title = by === "notebook" ? run.notebook : run.by;
    groups.set(title, [...(groups.get(title) ?? []), run]);
  }
  const newest = (group: readonly Listed[]): number =>
    Math.max(...group.map(({ row }) => row.startedAt));
  return [...groups]
    .sort(([, a], [, b]) => newest(b) - newest(a))
    .map(([title, members]) => ({ title, runs: members }));
}
