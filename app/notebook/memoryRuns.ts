/** A notebook that never runs: for tests of the page. It notes what was asked of it, and shows what it is told to. */
import type { CellId } from "../../lib/base/ids.ts";
import { Settable } from "../../lib/base/observable.ts";
import type { Resume } from "../../lib/kernel/capability.ts";
import type { Backend } from "../../lib/kernel/device.ts";
import type { RunQuestion } from "../../lib/notebook/runQuestion.ts";
import {
  type GivenParams,
  type ParamControl,
  type ParamValue,
  valueOf,
} from "../../lib/kernel/params.ts";
import type { Params } from "../../lib/notebook/params.ts";
import { type HeldValues, NOTHING_HELD } from "../../lib/kernel/variables.ts";
import type { CellView, KernelView, NotebookRuns } from "./cellView.ts";

const untouched: CellView = {
  state: "not run",
  notRunHere: false,
  defines: [],
  reads: [],
  edges: [],
};

/** Controls of a page that is nobody else's. */
export class MemoryParams implements Params {
  readonly moves = new Settable(0);
  #given: GivenParams["shared"] = {};

  value(control: ParamControl): ParamValue {
    return valueOf(control, { shared: this.#given, private: this.#given });
  }
  own(control: ParamControl): boolean {
    return control.private;
  }
  move({ name }: ParamControl, value: ParamValue): void {
    this.#given = { ...this.#given, [name]: value };
    this.moves.set(this.moves.current + 1);
  }
  reset({ name }: ParamControl): void {
    this.#given = Object.fromEntries(Object.entries(this.#given).filter(([one]) => one !== name));
    this.moves.set(this.moves.current + 1);
  }
}

export class MemoryRuns implements NotebookRuns {
  readonly asked: string[] = [];
  readonly kernel = new Settable<KernelView>({ state: "off", backend: "auto" });
  readonly held = new Settable<HeldValues>(NOTHING_HELD);
  readonly stale = new Settable<readonly CellId[]>([]);
  readonly gone = new Settable<readonly CellId[]>([]);
  readonly asking = new Settable<RunQuestion | undefined>(undefined);
  readonly params = new MemoryParams();
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
  resume(id: CellId, how: Resume["how"]): void {
    this.asked.push(`${how} ${id}`);
  }
  runAll(): void {
    this.asked.push("run all");
  }
  runStale(): void {
    this.asked.push("run stale");
  }
  dismissChange(id: CellId): void {
    this.asked.push(`dismiss ${id}`);
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
