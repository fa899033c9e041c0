/** The cells of a page by their ids, to be entered and left; a cell that is not there yet is entered when it comes. */
import type { CellId } from "../../lib/base/ids.ts";
import type { CellHandle } from "./cellHandle.ts";
import type { Entry } from "./editor/editor.ts";

export class CellHandles {
  readonly #handles = new Map<CellId, CellHandle>();
  #entering: { readonly id: CellId; readonly entry: Entry } | undefined;

  /** What a cell calls when it stands on the page; gives back how to forget it. */
  readonly ready =
    (id: CellId) =>
    (handle: CellHandle): (() => void) => {
      this.#handles.set(id, handle);
      if (this.#entering?.id === id) {
        handle.enter(this.#entering.entry);
        this.#entering = undefined;
      }
      return () => {
        if (this.#handles.get(id) === handle) this.#handles.delete(id);
      };
    };

  enter(id: CellId, entry: Entry): void {
    const handle = this.#handles.get(id);
    if (handle) handle.enter(entry);
    else this.#entering = { id, entry };
  }

  leave(id: CellId): void {
    this.#handles.get(id)?.leave();
  }
}
