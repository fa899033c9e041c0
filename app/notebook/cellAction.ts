/** What can be done to one cell, by key, by menu or by button. */
import type { EditCommand } from "./editor/editKeys.ts";
import type { CellCommand } from "./keymap.ts";

export type CellAction =
  CellCommand | EditCommand | "duplicate" | "toggle-auto" | "continue" | "go-on";
