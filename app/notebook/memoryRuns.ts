/** A notebook that never runs: for tests of the page. It notes what was asked of it, and shows what it is told to. */
import type { CellId } from "../../lib/base/ids.ts";
import { Settable } from "../../lib/base/observable.ts";
import type { Backend } from "../../lib/kernel/device.ts";
import { type HeldValues, NOTHING_HELD } from "../../lib/kernel/variables.ts";
import type { RunQuestion } from "../../lib/notebook/execution.ts";
import type { CellView, KernelView, NotebookRuns } from "./cellView.ts";

const untouched: CellView = {
  state: "not run",
  notRunHere: false,
  defines: [],
  reads: [],
  edges: [],
};

export class MemoryRuns implements NotebookRuns {
  readonly asked: string[] = [];
  readonly kernel = new Settable<KernelView>({ state: "off", backend: "auto" });
  readonly held = new Settable<HeldValues>(NOTHING_HELD);
  readonly stale = new Settable<readonly CellId[]>([]);
  readonly asking = new Settable<RunQuestion | undefined>(undefined);
  readonly #cells = new Map<CellId, Settable<CellView>>();

  cell(id: CellId): Settable<CellView> {
    const known = this.#cells.get(id) ?? new Settable(untouched);
    this.#cells.set(id, known);
    return known;
  }

  show(id: CellId, view: Partial<CellView>): void {
    this.cell(id).set({ ...this.cell(id).current, ...view });
  }

  runCell(id: CellId): void {
    this.asked.push(`run ${id}`);
  }
  runAll(): void {
    this.asked.push("run all");
  }
  runStale(): void {
    this.asked.push("run stale");
  }
  interrupt(): void {
    this.asked.push("interrupt");
  }
  restart(): void {
    this.asked.push("restart");
  }
  setBackend(backend: Backend): void {
    this.asked.push(`backend ${backend}`);
  }
  freeLeft(): void {
    this.asked.push("free what was left");
  }
  close(): void {
    this.asked.push("close");
  }
}
