/**
 * A run that goes on from another one: its curves begin with those of the runs before it, each up to where the next
 * took over. Reads rows and series; knows nothing of rooms.
 */
import type * as Y from "yjs";
import type { RunId } from "../base/ids.ts";
import type { Observable } from "../base/observable.ts";
import { type RunRow, readRun } from "../document/runsDoc.ts";
import { RunMetrics } from "./runMetrics.ts";
import type { Series } from "./seriesLog.ts";

/** Where a run was taken over, on its curves; Infinity for the last. */
interface Until {
  readonly epoch: number;
  readonly batch: number;
}

export interface ChainLink extends Until {
  readonly run: RunId;
}

const LONGEST = 50;

/** The runs behind this one, the first one first, itself last. Whoever wrote a circle gets its beginning. */
export function chainOf(runs: Y.Doc, id: RunId): ChainLink[] {
  const chain: ChainLink[] = [{ run: id, epoch: Infinity, batch: Infinity }];
  for (let row = readRun(runs, id); row?.attempt.parent !== undefined;) {
    const { parent, fromStep, fromBatch } = row.attempt;
    const next = chain[0];
    if (!next || chain.some((one) => one.run === parent) || chain.length >= LONGEST) break;
    const epoch = Math.min(next.epoch, fromStep);
    chain.unshift({ run: parent, epoch, batch: Math.min(next.batch, fromBatch ?? Infinity) });
    row = readRun(runs, parent);
  }
  return chain;
}

/** The runs that go on from this one. */
export function attemptsAfter(rows: readonly RunRow[], id: RunId): readonly RunRow[] {
  return rows.filter((row) => row.attempt.parent === id);
}

/** The series of a chain as one, newest points included. */
export class ChainMetrics implements Observable<readonly Series[]> {
  readonly #parts: readonly { readonly metrics: RunMetrics; readonly until: Until }[];

  constructor(parts: readonly ({ readonly doc: Y.Doc } & Until)[]) {
    this.#parts = parts.map(({ doc, ...until }) => ({ metrics: new RunMetrics(doc), until }));
  }

  get current(): readonly Series[] {
    const [only] = this.#parts;
    if (only && this.#parts.length === 1) return only.metrics.current;
    return joined(
      this.#parts.map(({ metrics, until }) => metrics.current.map((one) => upTo(one, until))),
    );
  }

  subscribe(changed: () => void): () => void {
    const stops = this.#parts.map(({ metrics }) => metrics.subscribe(changed));
    return () => stops.forEach((stop) => stop());
  }
}

function upTo(series: Series, { epoch, batch }: Until): Series {
  const last = series.by === "batch" ? batch : epoch;
  if ((series.steps.at(-1) ?? 0) <= last) return series;
  const kept = series.steps.map((step, i) => [step, series.values[i] ?? NaN] as const);
  const within = kept.filter(([step]) => step <= last);
  const [steps, values] = [within.map(([step]) => step), within.map(([, value]) => value)];
  return { ...series, steps, values };
}

function joined(parts: readonly (readonly Series[])[]): Series[] {
  const all = new Map<string, Series>();
  for (const one of parts.flat()) {
    const key = `${one.by}/${one.name}`;
    const before = all.get(key);
    if (!before) all.set(key, one);
    else
      all.set(key, {
        ...one,
        steps: [...before.steps, ...one.steps],
        values: [...before.values, ...one.values],
      });
  }
  return [...all.values()];
}
