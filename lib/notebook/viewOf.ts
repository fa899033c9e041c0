/** Puts together what can be said of a cell from what is known of it. Pure. */
import { equalityDeep } from "lib0/function";
import type { CellId } from "../base/ids.ts";
import type { CellProgress } from "../kernel/capability.ts";
import type { ErrorOutput } from "../kernel/mime.ts";
import type { Edge } from "../kernel/graph.ts";
import type { CellOutput, CellStanding, CellState, CellView } from "./cellView.ts";
import { type StaleSince, timesContinued } from "./inputs.ts";
import type { OutputRecord } from "./outputs.ts";

export interface CellKnowledge {
  readonly running?: { readonly since: number; readonly progress?: CellProgress } | undefined;
  readonly queued: boolean;
  readonly behind?: CellId | undefined;
  /** Another member's kernel runs it now. */
  readonly elsewhere: boolean;
  /** This tab's kernel holds its values, and they are those of now. */
  readonly fresh: boolean;
  readonly problem?: ErrorOutput | undefined;
  readonly record?: OutputRecord | undefined;
  readonly staleSince?: StaleSince | undefined;
  readonly canContinue?: boolean;
  readonly defines: readonly string[];
  readonly edges: readonly Edge[];
  readonly standing: CellStanding;
}

export function viewOf(known: CellKnowledge): CellView {
  const { record, running, problem } = known;
  const state = stateOf(known);
  const since = record?.end === "running" ? ({ kind: "cut-off" } as const) : known.staleSince;
  return {
    state,
    ...(state === "stale" && since ? { staleSince: since } : {}),
    ...(state === "queued" && known.behind !== undefined ? { behind: known.behind } : {}),
    ...(running ? { startedAt: running.since } : {}),
    ...(running?.progress ? { progress: running.progress } : {}),
    ...known.standing,
    notRunHere: !running && !known.standing.disabled && record?.end === "done" && !known.fresh,
    ...(problem && !running ? { problem } : {}),
    ...(known.canContinue === true && !running && !known.queued ? { canContinue: true } : {}),
    ...(wasCutShort(known) ? { canGoOn: true } : {}),
    defines: known.defines,
    reads: readsOf(known.edges),
    edges: known.edges,
    ...(record ? { output: outputFrom(record) } : {}),
  };
}

function wasCutShort({ record, running, queued, elsewhere, staleSince }: CellKnowledge): boolean {
  if (!record || running || queued || elsewhere || staleSince) return false;
  return record.end !== "done" && record.runs.length > 0;
}

function stateOf(known: CellKnowledge): CellState {
  const { record } = known;
  if (known.running) return "running";
  if (known.queued) return "queued";
  if (known.problem) return "error";
  if (!record) return "not run";
  if (record.end === "running") return known.elsewhere ? "not run" : "stale";
  if (known.staleSince) return "stale";
  return record.end === "done" ? "done" : "error";
}

const reads = new WeakMap<readonly Edge[], CellView["reads"]>();

/** Each name once: from the cell that last changes it above, else from the one that defines it. */
function readsOf(edges: readonly Edge[]): CellView["reads"] {
  const known = reads.get(edges);
  if (known) return known;
  const found = [...new Map(edges.map(({ name, from }) => [name, { name, from }])).values()];
  reads.set(edges, found);
  return found;
}

const outputs = new WeakMap<OutputRecord, CellOutput>();

/** The same object for the same record, so that nothing is drawn again for nothing. */
function outputFrom(record: OutputRecord): CellOutput {
  const known = outputs.get(record);
  if (known) return known;
  const { bundles, error, by, byName, device, at, ms, runs } = record;
  const own = record.inputs.sources.at(-1)?.cell;
  const continued = own === undefined ? 0 : timesContinued(record.inputs, own);
  const output = {
    ...{ bundles, by, byName, device, at, ms, runs },
    ...(error ? { error } : {}),
    ...(continued > 0 ? { continued } : {}),
  };
  outputs.set(record, output);
  return output;
}

export function sameView(a: CellView, b: CellView): boolean {
  if (a.output !== b.output) return false;
  return equalityDeep({ ...a, output: null }, { ...b, output: null });
}
