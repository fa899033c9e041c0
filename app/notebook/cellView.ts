/**
 * What the page shows of a notebook that can run: a port, so that the page knows nothing of workers, plans
 * or documents behind it. Everything here is for reading; doing is in `NotebookRuns`.
 */
import type { CellId } from "../../lib/base/ids.ts";
import type { Observable } from "../../lib/base/observable.ts";
import type { Resume } from "../../lib/kernel/capability.ts";
import type { Backend, Device } from "../../lib/kernel/device.ts";
import type { HeldValues } from "../../lib/kernel/variables.ts";
import type { CellState, CellView } from "../../lib/notebook/cellView.ts";
import type { Params } from "../../lib/notebook/params.ts";
import type { RunQuestion } from "../../lib/notebook/runQuestion.ts";
import type { MarkState } from "../ui/stateMark.ts";

export type { CellState, CellView } from "../../lib/notebook/cellView.ts";

export interface KernelView {
  readonly state: "off" | "starting" | "idle" | "running";
  /** What was asked for. */
  readonly backend: Backend;
  /** What is in use. */
  readonly using?: Pick<Device, "backend" | "adapter">;
  /** Why the kernel is not what it was: it was ended, or what was asked for is not to be had. */
  readonly notice?: string;
}

export interface NotebookRuns {
  readonly kernel: Observable<KernelView>;
  /** What this tab's kernel holds since its last cell ended. */
  readonly held: Observable<HeldValues>;
  cell(id: CellId): Observable<CellView>;
  /** The cells that "Run stale" would run. */
  readonly stale: Observable<readonly CellId[]>;
  /** What it asks before it runs something that took long; undefined most of the time. */
  readonly asking: Observable<RunQuestion | undefined>;
  /** The values of the notebook's controls. */
  readonly params: Params;
  /** The cells whose values went with the kernel that ended last; none once another one runs. */
  readonly gone: Observable<readonly CellId[]>;
  runCell(id: CellId): void;
  /** Lets a cell go on from its last run: `continue` trains on, `restore` takes up what was kept of it. */
  resume(id: CellId, how: Resume["how"]): void;
  runAll(): void;
  runStale(): void;
  /** The person has seen that others changed the cell. */
  dismissChange(id: CellId): void;
  interrupt(): void;
  restart(): void;
  setBackend(backend: Backend): void;
  /** Disposes the tensors that earlier runs left behind. */
  freeLeft(): void;
  close(): void;
}

const marks: { readonly [state in CellState]: MarkState } = {
  "not run": "idle",
  stale: "stale",
  queued: "queued",
  running: "running",
  done: "done",
  error: "error",
};

export function markOf(state: CellState): MarkState {
  return marks[state];
}
