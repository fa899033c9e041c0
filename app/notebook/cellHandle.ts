/** How the page puts the caret into a cell and takes it out again, whatever the cell is made of. */
import type { Entry } from "./editor/editor.ts";

export interface CellHandle {
  enter(entry: Entry): void;
  /** Ends editing: a text cell shows what it says. */
  leave(): void;
}
