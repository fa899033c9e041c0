/** What a run's page asks of the notebook that it leads to: to take up the run in the cell that started it. */
import type { CellId, NotebookId } from "../../lib/base/ids.ts";

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
