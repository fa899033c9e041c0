/** The cell's own keys while its text is edited, as hands know them from Jupyter. Everything else is the editor's. */
import { completionStatus } from "@codemirror/autocomplete";
import { type EditorState, type Extension, Prec } from "@codemirror/state";
import { type KeyBinding, ViewPlugin, keymap } from "@codemirror/view";
import { type RunCommand, runCommand } from "./runCommand.ts";
import { signatureShown } from "./signatureHint.ts";

export type EditCommand = RunCommand | "leave" | "edit-previous" | "edit-next";

export function editKeys(oncommand: (command: EditCommand) => void): Extension {
  const unlessChoosing = (key: string, command: EditCommand, edge: typeof atStart): KeyBinding => ({
    key,
    run: ({ state }) => {
      if (completionStatus(state) === "active" || !edge(state)) return false;
      oncommand(command);
      return true;
    },
  });
  // Before the completion's own keys: a list that is open takes them, one that is only on its way does not.
  const editing = keymap.of([
    unlessChoosing("Escape", "leave", (state) => !signatureShown(state)),
    unlessChoosing("ArrowUp", "edit-previous", atStart),
    unlessChoosing("ArrowDown", "edit-next", atEnd),
  ]);
  return [runKeys(oncommand), Prec.highest(editing)];
}

const COMPOSING = 229;

/**
 * Taken before the editor hears of them: it has the page drawn anew at each key, and what the cell answers would wait
 * for that.
 */
function runKeys(oncommand: (command: EditCommand) => void): Extension {
  const pressed = (event: KeyboardEvent): void => {
    // Safari confirms what was composed with a key that is no key, after it has said that all is composed.
    const composing = event.isComposing || event.keyCode === COMPOSING;
    const command = composing ? undefined : runCommand(event);
    if (!command) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    oncommand(command);
  };
  return ViewPlugin.define(({ dom }) => {
    dom.addEventListener("keydown", pressed, true);
    return { destroy: () => dom.removeEventListener("keydown", pressed, true) };
  });
}

function atStart(state: EditorState): boolean {
  const { empty, head } = state.selection.main;
  return empty && head === 0;
}

function atEnd(state: EditorState): boolean {
  const { empty, head } = state.selection.main;
  return empty && head === state.doc.length;
}
