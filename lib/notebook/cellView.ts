/** What can be said of one cell of a notebook that can run: its state here, and what its last run showed. */
import type { CellId, MemberId } from "../base/ids.ts";
import type { CellProgress } from "../kernel/capability.ts";
import type { ErrorOutput, MimeBundle } from "../kernel/mime.ts";
import type { Edge } from "../kernel/plan.ts";
import type { StaleSince } from "./inputs.ts";

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
  /** All that it has from other cells, for the picture of the graph. */
  readonly edges: readonly Edge[];
  readonly output?: CellOutput;
}

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
