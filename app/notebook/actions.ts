/**
 * Does what keys, menus and buttons ask of a cell: the document's edits, the kernel's runs, and where the
 * caret and the focus go afterwards. Knows no component; the page lends it what it needs.
 */
import type * as Y from "yjs";
import type { CellId } from "../../lib/base/ids.ts";
import {
  type After,
  type CellKind,
  type CellPlace,
  cellText,
  deleteCell,
  hasCellFlag,
  listCellPlaces,
  moveCell,
  restoreCell,
  setCellFlag,
  setCellKind,
} from "../../lib/notebook/notebook.ts";
import type { Resume } from "../../lib/kernel/capability.ts";
import type { CellAction } from "./cellAction.ts";
import type { Entry } from "./editor/editor.ts";
import { insertCell } from "./insertCell.ts";

export interface ActionWorld {
  readonly doc: Y.Doc;
  readonly undoManager: Pick<Y.UndoManager, "undo" | "redo">;
  readonly runs: {
    runCell(id: CellId): void;
    resume(id: CellId, how: Resume["how"]): void;
    interrupt(): void;
    restart(): void;
  };
  readonly editable: () => boolean;
  /** Gives the cell itself the focus: command mode. */
  readonly focus: (id: CellId) => void;
  /** Puts the caret into the cell: edit mode. */
  readonly enter: (id: CellId, entry: Entry) => void;
  /** Ends editing; a text cell is rendered. */
  readonly leave: (id: CellId) => void;
  /** Says what was done, with a way back. */
  readonly told: (words: string, undo: () => void) => void;
  /** Does what follows, soon (afterRun.ts). */
  readonly afterRun: (id: CellId, act: () => void) => void;
  readonly confirmRestart: () => void;
}

export function actOn(world: ActionWorld, id: CellId, action: CellAction): void {
  const places = listCellPlaces(world.doc);
  const at = places.findIndex((cell) => cell.id === id);
  const cell = places[at];
  if (!cell) return;
  const step = new Step(world, places, at, cell);
  switch (action) {
    case "run":
      return step.run(() => world.focus(id));
    case "run-and-advance":
      return step.run(() => step.advance());
    case "run-and-insert":
      return step.run(() => step.insert("code", id));
    case "continue":
      world.runs.resume(id, "continue");
      return world.focus(id);
    case "go-on":
      world.runs.resume(id, "restore");
      return world.focus(id);
    case "edit":
      return world.enter(id, "keep");
    case "leave":
      world.leave(id);
      return world.focus(id);
    case "edit-previous":
      return step.editNeighbour(-1, "end");
    case "edit-next":
      return step.editNeighbour(1, "start");
    case "next":
      return step.focusNeighbour(1);
    case "previous":
      return step.focusNeighbour(-1);
    case "first":
      return step.focusAt(0);
    case "last":
      return step.focusAt(places.length - 1);
    case "interrupt":
      return world.runs.interrupt();
    case "restart":
      return world.confirmRestart();
    case "nothing":
      return;
    case "insert-above":
    case "insert-below":
    case "delete":
    case "make-text":
    case "make-code":
    case "move-up":
    case "move-down":
    case "toggle-disabled":
    case "toggle-auto":
    case "duplicate":
    case "undo":
    case "redo":
      if (world.editable()) step.change(action);
  }
}

type Change =
  | "insert-above"
  | "insert-below"
  | "delete"
  | "make-text"
  | "make-code"
  | "move-up"
  | "move-down"
  | "toggle-disabled"
  | "toggle-auto"
  | "duplicate"
  | "undo"
  | "redo";

/** One action on one cell, with the order of the page as it was when it began. */
class Step {
  readonly #world: ActionWorld;
  readonly #places: readonly CellPlace[];
  readonly #at: number;
  readonly #cell: CellPlace;

  constructor(world: ActionWorld, places: readonly CellPlace[], at: number, cell: CellPlace) {
    this.#world = world;
    this.#places = places;
    this.#at = at;
    this.#cell = cell;
  }

  run(then: () => void): void {
    const { id, kind } = this.#cell;
    if (kind === "text") {
      this.#world.leave(id);
      return then();
    }
    this.#world.runs.runCell(id);
    this.#world.afterRun(id, then);
  }

  /** To the next cell; below the last one to a new cell, as in Jupyter. */
  advance(): void {
    const next = this.#places[this.#at + 1];
    if (next) this.#world.focus(next.id);
    else if (this.#world.editable()) this.insert("code", this.#cell.id);
    else this.#world.focus(this.#cell.id);
  }

  insert(kind: CellKind, after: After): void {
    if (!this.#world.editable()) return;
    this.#world.enter(insertCell(this.#world.doc, kind, { after }), "start");
  }

  editNeighbour(by: number, entry: Entry): void {
    const other = this.#places[this.#at + by];
    if (!other) return;
    if (other.kind === "code") this.#world.enter(other.id, entry);
    else this.#world.focus(other.id);
  }

  focusNeighbour(by: number): void {
    this.focusAt(this.#at + by);
  }

  focusAt(at: number): void {
    const other = this.#places[at];
    if (other) this.#world.focus(other.id);
  }

  change(action: Change): void {
    const { doc, focus, undoManager } = this.#world;
    const { id, kind } = this.#cell;
    const above = this.#places[this.#at - 1]?.id ?? null;
    const below = this.#places[this.#at + 1]?.id;
    switch (action) {
      case "insert-above":
        return focus(insertCell(doc, "code", { after: above }));
      case "insert-below":
        return focus(insertCell(doc, "code", { after: id }));
      case "delete":
        deleteCell(doc, id);
        this.#world.told(`Cell ${this.#at + 1} was deleted.`, () => {
          restoreCell(doc, id);
          focus(id);
        });
        if (below !== undefined) focus(below);
        else if (above !== null) focus(above);
        return;
      case "make-text":
        if (kind === "text") return;
        setCellKind(doc, id, "text");
        return focus(id);
      case "make-code":
        if (kind === "code") return;
        setCellKind(doc, id, "code");
        return focus(id);
      case "move-up":
        if (above === null) return;
        moveCell(doc, id, this.#places[this.#at - 2]?.id ?? null);
        return focus(id);
      case "move-down":
        if (below === undefined) return;
        moveCell(doc, id, below);
        return focus(id);
      case "toggle-disabled":
      case "toggle-auto": {
        if (kind !== "code") return;
        const flag = action === "toggle-auto" ? "auto" : "disabled";
        setCellFlag(doc, id, flag, !hasCellFlag(doc, id, flag));
        return focus(id);
      }
      case "duplicate":
        return focus(
          insertCell(doc, kind, { after: id, source: cellText(doc, id)?.toJSON() ?? "" }),
        );
      case "undo":
        undoManager.undo();
        return;
      case "redo":
        undoManager.redo();
    }
  }
}
