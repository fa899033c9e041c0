/** The rows of a table that are shown, sorted and looked through a slice at a time, so that the page stays alive. */
import type { StoredTable } from "../../../lib/datasets/arrow.ts";
import { type SortedBy, rowsWith, sortRows } from "../../../lib/datasets/selectRows.ts";

const SLICE_MS = 12;
/** Somebody who types is not answered letter by letter. */
const PAUSE_MS = 150;

export interface ChosenRows {
  /** Undefined: all of them, as they are. */
  readonly rows: Uint32Array | undefined;
  readonly working: boolean;
}

export function chosenRows(
  table: () => StoredTable | undefined,
  sorted: () => SortedBy | undefined,
  words: () => string,
): ChosenRows {
  let order = $state.raw<Uint32Array>();
  let rows = $state.raw<Uint32Array>();
  let sorting = $state(false);
  let looking = $state(false);

  $effect(() => {
    const [all, by] = [table(), sorted()];
    order = undefined;
    sorting = all !== undefined && by !== undefined;
    if (!all || !by) return;
    return inSlices(sortRows(all, by), 0, (result) => {
      order = result;
      sorting = false;
    });
  });

  $effect(() => {
    const [all, text, sortedRows] = [table(), words().trim(), order];
    looking = all !== undefined && text !== "";
    if (!all || text === "") {
      rows = sortedRows;
      return;
    }
    return inSlices(rowsWith(all, text, sortedRows), PAUSE_MS, (result) => {
      rows = result;
      looking = false;
    });
  });

  return {
    get rows() {
      return rows;
    },
    get working() {
      return sorting || looking;
    },
  };
}

/** Gives back how to give up. */
function inSlices<Result>(
  steps: Generator<undefined, Result>,
  pauseMs: number,
  done: (result: Result) => void,
): () => void {
  let timer = setTimeout(work, pauseMs);
  function work(): void {
    const until = performance.now() + SLICE_MS;
    let step = steps.next();
    while (step.done !== true && performance.now() < until) step = steps.next();
    if (step.done === true) done(step.value);
    else timer = setTimeout(work);
  }
  return () => clearTimeout(timer);
}
