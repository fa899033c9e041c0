/** What is asked before cells run that nobody pressed and that took long when they last ran. */
import type { CellId } from "../base/ids.ts";
import { type Observable, Settable } from "../base/observable.ts";
import type { Graph } from "../kernel/graph.ts";
import { type Holdings, planRun } from "../kernel/plan.ts";

export interface RunQuestion {
  readonly cells: readonly { readonly cell: CellId; readonly ms: number }[];
  readonly answer: (run: boolean) => void;
}

const LONG_MS = 30_000;

/** What would run before the cells that were asked for and took long, each with how long. */
export function longBefore(
  graph: Graph | undefined,
  asked: readonly CellId[],
  holdings: Holdings,
  lastRuns: { get(cell: CellId): { readonly ms: number } | undefined },
): RunQuestion["cells"] {
  if (!graph) return [];
  return planRun(graph, asked, holdings)
    .order.filter((cell) => !asked.includes(cell))
    .map((cell) => ({ cell, ms: lastRuns.get(cell)?.ms ?? 0 }))
    .filter(({ ms }) => ms > LONG_MS);
}

/** The question while it is open. */
export class LongRunQuestion {
  readonly #asked = new Settable<RunQuestion | undefined>(undefined);
  readonly asked: Observable<RunQuestion | undefined> = this.#asked;

  /** Where there is nothing to ask, the answer is yes. */
  ask(cells: RunQuestion["cells"], answer: (run: boolean) => void): void {
    if (cells.length === 0) return answer(true);
    this.#asked.set({
      cells,
      answer: (run) => {
        this.withdraw();
        answer(run);
      },
    });
  }

  withdraw(): void {
    this.#asked.set(undefined);
  }
}
