/** The cell's own keys while its text is edited, as hands know them from Jupyter. Everything else is the editor's. */
import { completionStatus } from "@codemirror/autocomplete";
import { type EditorState, type Extension, Prec } from "@codemirror/state";
import { type KeyBinding, keymap } from "@codemirror/view";

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
  const atEdge = (key: string, command: EditCommand, edge: typeof onFirstLine): KeyBinding => ({
    key,
    run: ({ state }) => {
      if (completionStatus(state) === "active" || !edge(state)) return false;
      oncommand(command);
      return true;
    },
  });
  return [
    Prec.highest(
      keymap.of([
        on("Shift-Enter", "run-and-advance"),
        on("Ctrl-Enter", "run"),
        on("Mod-Enter", "run"),
        on("Alt-Enter", "run-and-insert"),
        { key: "Mod-s", preventDefault: true, run: () => true },
      ]),
    ),
    Prec.high(
      keymap.of([
        {
          key: "Escape",
          run: ({ state }) => {
            if (completionStatus(state) === "active") return false;
            oncommand("leave");
            return true;
          },
        },
        atEdge("ArrowUp", "edit-previous", onFirstLine),
        atEdge("ArrowDown", "edit-next", onLastLine),
      ]),
    ),
  ];
}

function onFirstLine(state: EditorState): boolean {
  const { empty, head } = state.selection.main;
  return empty && head === 0;
}

function onLastLine(state: EditorState): boolean {
  const { empty, head } = state.selection.main;
  return empty && head === state.doc.length;
}
