/** A notebook that never runs: for tests of the page. It notes what was asked of it, and shows what it is told to. */
import type { CellId } from "../../lib/base/ids.ts";
import type { Observable } from "../../lib/workspace/session.ts";
import type { Backend, CellView, KernelView, NotebookRuns } from "./cellView.ts";

class Value<T> implements Observable<T> {
  current: T;
  readonly #changed = new Set<() => void>();

  constructor(current: T) {
    this.current = current;
  }

  set(next: T): void {
    this.current = next;
    for (const changed of this.#changed) changed();
  }

  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => void this.#changed.delete(changed);
  }
}

const untouched: CellView = { state: "not run", notRunHere: false, defines: [], reads: [] };

export class MemoryRuns implements NotebookRuns {
  readonly asked: string[] = [];
  readonly kernel = new Value<KernelView>({ state: "off", backend: "auto" });
  readonly stale = new Value<readonly CellId[]>([]);
  readonly #cells = new Map<CellId, Value<CellView>>();

  cell(id: CellId): Value<CellView> {
    const known = this.#cells.get(id) ?? new Value(untouched);
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
  close(): void {
    this.asked.push("close");
  }
}
