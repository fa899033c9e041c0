/** What the cells of a page read and define, followed live: the threads in the gutter and the names for completion. */
import type { CellId } from "../../lib/base/ids.ts";
import type { CellPlace } from "../../lib/notebook/notebook.ts";
import { type Live, follow } from "../live.ts";
import { numberCells } from "./cellNumbers.ts";
import type { CellView, NotebookRuns } from "./cellView.ts";
import type { ThreadCell } from "./threads.ts";
import { unchanged } from "./unchanged.ts";

export interface GraphCell {
  readonly id: CellId;
  /** Its place on the page, from 1. */
  readonly number: number;
  readonly view: CellView;
}

export class CellGraph {
  readonly #places: () => readonly CellPlace[];
  readonly #runs: NotebookRuns;
  readonly #views = $derived.by(() => this.#followed());
  readonly #readThreads = unchanged(() => this.#readsFrom());

  /** The number of each cell on the page, from 1. */
  readonly numbers: ReadonlyMap<string, number> = $derived.by(() => numberCells(this.#places()));
  readonly threads: readonly ThreadCell[] = $derived.by(() => this.#readThreads());

  /** The code cells with what can be said of them now. */
  readonly cells: readonly GraphCell[] = $derived.by(() => this.#viewed());

  constructor(places: () => readonly CellPlace[], runs: NotebookRuns) {
    this.#places = places;
    this.#runs = runs;
  }

  /** The names that cells other than this one define, and where. */
  namesFor(cell: CellId): { readonly name: string; readonly where: string }[] {
    return this.#views.flatMap(({ id, view }) =>
      id === cell || !view
        ? []
        : view.current.defines.map((name) => ({ name, where: `cell ${this.numbers.get(id)}` })),
    );
  }

  /** As many as there are places; a text cell has none. */
  #followed(): readonly { readonly id: CellId; readonly view: Live<CellView> | undefined }[] {
    return this.#places().map(({ id, kind }) => ({
      id,
      view: kind === "code" ? follow(this.#runs.cell(id)) : undefined,
    }));
  }

  #viewed(): GraphCell[] {
    return this.#views.flatMap(({ id, view }) =>
      view ? [{ id, number: this.numbers.get(id) ?? 0, view: view.current }] : [],
    );
  }

  #readsFrom(): ThreadCell[] {
    return this.#views.map(({ id, view }) => ({
      id,
      readsFrom: view?.current.reads.map((one) => one.from) ?? [],
    }));
  }
}
