/**
 * Which cells run by themselves, and what the others wait for. Pure.
 *
 * 1. A cell runs by itself only where it is set to, ran in this kernel, and an input has changed since.
 * 2. All code that leads to it, its own included, was run by this tab at its person's press.
 * 3. What has to run first is set to run by itself as well, or was quick and left nothing behind.
 * 4. What went wrong or was stopped is not tried again with what it was made from.
 */
import type { CellId } from "../base/ids.ts";
import { type Graph, upstreamOf } from "../kernel/graph.ts";
import { type Holdings, planRun } from "../kernel/plan.ts";

export interface AutoFacts {
  /** It is set to run when an input changes. */
  auto(cell: CellId): boolean;
  /** It was run in this kernel, with whatever outcome, and is made from something else now. */
  changed(cell: CellId): boolean;
  /** This tab has run the code that it has now, by hand. */
  allowed(cell: CellId): boolean;
  /** It went wrong when it was last run, and would be made from the same now. */
  failed(cell: CellId): boolean;
  /** Nobody minds if it runs on the way. */
  cheap(cell: CellId): boolean;
}

/** Why a cell that is set to run by itself does not: `cell` has to be run by hand, for its code, its failure or its cost. */
export interface AutoWait {
  readonly why: "code" | "failure" | "cost";
  readonly cell: CellId;
}

export interface AutoPlan {
  readonly run: readonly CellId[];
  readonly waits: ReadonlyMap<CellId, AutoWait>;
}

export function planAuto(graph: Graph, facts: AutoFacts, holdings: Holdings): AutoPlan {
  const run: CellId[] = [];
  const waits = new Map<CellId, AutoWait>();
  for (const cell of graph.cells.keys()) {
    if (!facts.auto(cell) || !facts.changed(cell)) continue;
    const closure = [...upstreamOf(graph, cell), cell];
    if (closure.some((one) => graph.problems.has(one))) continue;
    const unknown = closure.find((one) => !facts.allowed(one));
    if (unknown !== undefined) {
      waits.set(cell, { why: "code", cell: unknown });
      continue;
    }
    const first = planRun(graph, [cell], holdings).order.filter((one) => one !== cell);
    const failed = first.find((one) => facts.failed(one));
    const dear = first.find((one) => !facts.auto(one) && !facts.cheap(one));
    if (failed !== undefined) waits.set(cell, { why: "failure", cell: failed });
    else if (dear !== undefined) waits.set(cell, { why: "cost", cell: dear });
    else run.push(cell);
  }
  return { run, waits };
}
