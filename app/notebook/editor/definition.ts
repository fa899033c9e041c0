/** From a name to the cell that declares it: F12, or a click with Ctrl or ⌘. */
import type { Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import type { CellHelp } from "./cellHelp.ts";

export function goToDefinition(help: CellHelp): Extension {
  return [
    keymap.of([
      {
        key: "F12",
        preventDefault: true,
        run: ({ state }) => {
          void help.goToDefinition(state.selection.main.head);
          return true;
        },
      },
    ]),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (event.button !== 0 || !(event.ctrlKey || event.metaKey)) return false;
        const at = view.posAtCoords(event);
        if (at === null || !help.ready) return false;
        void help.goToDefinition(at);
        return true;
      },
    }),
  ];
}
