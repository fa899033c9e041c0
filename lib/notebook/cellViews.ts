/** What is said of each cell of a notebook, put together anew when something changed; what says the same is told to nobody. */
import { equalityDeep } from "lib0/function";
import type { CellId } from "../base/ids.ts";
import { type Observable, Settable } from "../base/observable.ts";
import type { AutoRun } from "./autoRun.ts";
import type { CellStanding, CellView } from "./cellView.ts";
import type { CodeCell, NotebookCode } from "./code.ts";
import type { Held } from "./held.ts";
import { type Inputs, type Now, changedSince, sharedInputs } from "./inputs.ts";
import type { OtherHands } from "./otherHands.ts";
import type { ReadingPace } from "./readingPace.ts";
import type { RunQueue } from "./runQueue.ts";
import type { ShownOutputs } from "./shownOutputs.ts";
import { type CellKnowledge, sameView, viewOf } from "./viewOf.ts";

/** What only this tab set is no reason for what another tab ran. */
function judgedBy(inputs: Inputs, here: Inputs | undefined): Inputs {
  const shared = sharedInputs(inputs);
  return shared === inputs || equalityDeep(inputs, here) ? inputs : shared;
}

interface Parts {
  readonly code: NotebookCode;
  readonly held: Held;
  readonly queue: RunQueue;
  readonly outputs: ShownOutputs;
  readonly auto: AutoRun;
  readonly hands: OtherHands;
  readonly pace: ReadingPace;
  /** Cells that other members' kernels run now. */
  readonly elsewhere: Observable<ReadonlySet<string>>;
}

/** The moment that is looked at. */
interface Moment {
  readonly now: Now;
  readonly running: (CellKnowledge["running"] & { readonly cell: CellId }) | undefined;
}

export class CellViews {
  readonly #parts: Parts;
  readonly #views = new Map<CellId, Settable<CellView>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  cell(id: CellId, moment: Moment): Observable<CellView> {
    const known = this.#views.get(id) ?? new Settable(this.#view(id, moment));
    this.#views.set(id, known);
    return known;
  }

  /** Says everything anew; gives back the stale cells. */
  refresh(moment: Moment): CellId[] {
    const stale: CellId[] = [];
    for (const id of new Set([...this.#parts.code.cells.keys(), ...this.#views.keys()])) {
      const view = this.#view(id, moment);
      if (view.state === "stale") stale.push(id);
      const shown = this.#views.get(id);
      if (shown && !sameView(view, shown.current)) shown.set(view);
    }
    return stale;
  }

  #view(id: CellId, { now, running }: Moment): CellView {
    const { code, held, queue, outputs, pace, elsewhere } = this.#parts;
    const record = outputs.get(id);
    const cell = code.cells.get(id);
    const at = queue.order.indexOf(id);
    const inputs = record && judgedBy(record.inputs, held.get(id)?.inputs);
    return viewOf({
      running: running?.cell === id ? running : undefined,
      queued: at >= 0,
      behind: queue.order[at - 1] ?? running?.cell,
      elsewhere: elsewhere.current.has(id),
      fresh: held.fresh(id),
      problem: queue.problem(id, pace.typing),
      record,
      staleSince: inputs && cell?.disabled !== true ? changedSince(id, inputs, now) : undefined,
      canContinue: held.canContinue(id),
      defines: cell?.names.defines ?? [],
      edges: code.graph?.edges.get(id) ?? [],
      standing: cell ? this.#standing(cell, now) : {},
    });
  }

  #standing({ id, source, disabled, auto }: CodeCell, now: Now): CellStanding {
    const { code } = this.#parts;
    const off = code.someDisabled ? code.upstream(id)?.find((one) => now.disabled(one)) : undefined;
    const waits = this.#parts.auto.waits(id);
    const changed = this.#parts.hands.changed(id, source);
    return {
      ...(disabled ? { disabled } : off === undefined ? {} : { needsDisabled: off }),
      ...(auto ? { auto: waits ? { waits } : {} } : {}),
      ...(changed ? { changed } : {}),
    };
  }
}
