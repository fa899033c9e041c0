/**
 * What the page shows of a notebook that can run: a port, so that the page knows nothing of workers, plans
 * or documents behind it. Everything here is for reading; doing is in `NotebookRuns`.
 */
import type { CellId, MemberId } from "../../lib/base/ids.ts";
import type { Observable } from "../../lib/base/observable.ts";
import type { CellProgress } from "../../lib/kernel/capability.ts";
import type { ErrorOutput, MimeBundle } from "../../lib/kernel/mime.ts";
import type { Backend, Device } from "../../lib/kernel/device.ts";
import type { MarkState } from "../ui/stateMark.ts";

/** The words of the status "Cell 1 state". */
export type CellState = "not run" | "stale" | "queued" | "running" | "done" | "error";

export interface CellView {
  readonly state: CellState;
  /** Why it is stale: what has changed since. */
  readonly staleSince?: StaleSince;
  /** The cell that runs before this one, while it is queued. */
  readonly behind?: CellId;
  /** When this tab began to run it. */
  readonly startedAt?: number;
  readonly progress?: CellProgress;
  /** Its output is here, its values are not: this tab's kernel has not run it. */
  readonly notRunHere: boolean;
  /** What is wrong before it has run: syntax, two cells that define one name, a circle. */
  readonly problem?: ErrorOutput;
  readonly defines: readonly string[];
  readonly reads: readonly { readonly name: string; readonly from: CellId }[];
  readonly output?: CellOutput;
}

export type StaleSince =
  | { readonly kind: "code" }
  | { readonly kind: "cell"; readonly cell: CellId }
  | { readonly kind: "data"; readonly dataset: string };

/** What the last run of a cell showed, and who ran it, on what, when, for how long. */
export interface CellOutput {
  readonly bundles: readonly MimeBundle[];
  /** Where it went wrong, for the underline; the words are among the bundles. */
  readonly error?: ErrorOutput;
  readonly by: MemberId;
  readonly byName: string;
  readonly device: string;
  readonly at: number;
  readonly ms: number;
  readonly runs: readonly string[];
}

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
  cell(id: CellId): Observable<CellView>;
  /** The cells that "Run stale" would run. */
  readonly stale: Observable<readonly CellId[]>;
  runCell(id: CellId): void;
  runAll(): void;
  runStale(): void;
  interrupt(): void;
  restart(): void;
  setBackend(backend: Backend): void;
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
