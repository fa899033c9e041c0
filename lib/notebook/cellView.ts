/** What can be said of one cell of a notebook that can run: its state here, and what its last run showed. */
import type { CellId, MemberId } from "../base/ids.ts";
import type { CellProgress } from "../kernel/capability.ts";
import type { ErrorOutput, MimeBundle } from "../kernel/mime.ts";
import type { AutoWait } from "./autoPlan.ts";
import type { Edge } from "../kernel/graph.ts";
import type { StaleSince } from "./inputs.ts";
import type { ChangedByOthers } from "./otherHands.ts";

/** The words of the status "Cell 1 state". */
export type CellState = "not run" | "stale" | "queued" | "running" | "done" | "error";

/** What decides whether it runs, beside its code. */
export interface CellStanding {
  /** It defines nothing and does not run. */
  readonly disabled?: boolean;
  /** A cell that it needs and that is disabled. */
  readonly needsDisabled?: CellId;
  /** It is set to run when an input changes; `waits`: why it does not by itself, now. */
  readonly auto?: { readonly waits?: AutoWait };
  /** Others changed its code since this tab ran it. */
  readonly changed?: ChangedByOthers;
}

export interface CellView extends CellStanding {
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
  /** It can train on with what this tab's kernel holds. */
  readonly canContinue?: boolean;
  /** Its last run did not come to its end, and its code and data are as they were: what was kept of it can be taken up. */
  readonly canGoOn?: boolean;
  readonly defines: readonly string[];
  readonly reads: readonly { readonly name: string; readonly from: CellId }[];
  /** All that it has from other cells, for the picture of the graph. */
  readonly edges: readonly Edge[];
  readonly output?: CellOutput;
}

/** What this tab's kernel runs now. */
export interface RunningCell {
  readonly cell: CellId;
  readonly since: number;
  readonly progress?: CellProgress;
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
  /** How often it has trained on since it trained from the beginning. */
  readonly continued?: number;
}
