/** What a run's page asks of the notebook that it leads to: to take up the run in the cell that started it. */
import type { CellId, NotebookId } from "../../lib/base/ids.ts";
import { toast } from "../ui/toast.ts";
import type { NotebookRuns } from "./cellView.ts";

interface Wanted {
  readonly cell: CellId;
  readonly run: string;
}

const wanted = new Map<NotebookId, Wanted>();

export function askToGoOn(notebook: NotebookId, what: Wanted): void {
  wanted.set(notebook, what);
}

/** Once: whoever takes it does it. */
export function takeGoOn(notebook: NotebookId): Wanted | undefined {
  const what = wanted.get(notebook);
  wanted.delete(notebook);
  return what;
}

/** Goes on where that was asked for and can still be done, or says why not. */
export function goOnIfAsked(
  notebook: NotebookId,
  runs: Pick<NotebookRuns, "cell">,
  goOn: (cell: CellId) => void,
): void {
  const what = takeGoOn(notebook);
  if (!what) return;
  const { canGoOn, output } = runs.cell(what.cell).current;
  if (canGoOn === true && output?.runs.includes(what.run) === true) goOn(what.cell);
  else void toast("Its cell has changed or has run again since: it can only run anew.");
}
