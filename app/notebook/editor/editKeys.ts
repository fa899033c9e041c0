/** The cell's own keys while its text is edited, as hands know them from Jupyter. Everything else is the editor's. */
import { completionStatus } from "@codemirror/autocomplete";
import { type EditorState, type Extension, Prec } from "@codemirror/state";
import { type KeyBinding, keymap } from "@codemirror/view";
import { signatureShown } from "./signatureHint.ts";

export type EditCommand =
  "run-and-advance" | "run" | "run-and-insert" | "leave" | "edit-previous" | "edit-next";

export function editKeys(oncommand: (command: EditCommand) => void): Extension {
  const on = (key: string, command: EditCommand): KeyBinding => ({
    key,
    preventDefault: true,
    run: () => {
      oncommand(command);
      return true;
    },
  });
  const unlessChoosing = (key: string, command: EditCommand, edge: typeof atStart): KeyBinding => ({
    key,
    run: ({ state }) => {
      if (completionStatus(state) === "active" || !edge(state)) return false;
      oncommand(command);
      return true;
    },
  });
  // Before the completion's own keys: a list that is open takes them, one that is only on its way does not.
  return Prec.highest(
    keymap.of([
      on("Shift-Enter", "run-and-advance"),
      on("Ctrl-Enter", "run"),
      on("Mod-Enter", "run"),
      on("Alt-Enter", "run-and-insert"),
      { key: "Mod-s", preventDefault: true, run: () => true },
      unlessChoosing("Escape", "leave", (state) => !signatureShown(state)),
      unlessChoosing("ArrowUp", "edit-previous", atStart),
      unlessChoosing("ArrowDown", "edit-next", atEnd),
    ]),
  );
}

function atStart(state: EditorState): boolean {
  const { empty, head } = state.selection.main;
  return empty && head === 0;
}

function atEnd(state: EditorState): boolean {
  const { empty, head } = state.selection.main;
  return empty && head === state.doc.length;
}
