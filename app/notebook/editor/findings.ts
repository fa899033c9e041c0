/** What is wrong with the text, underlined, with the words where the pointer or the caret's key asks for them. */
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import { type EditorView, ViewPlugin, keymap } from "@codemirror/view";
import type { Finding } from "../../language/answers.ts";
import type { Findings } from "../../language/notebookLanguage.ts";
import type { CellHelp } from "./cellHelp.ts";
import { importLineAt } from "./importLine.ts";

export function findings(help: CellHelp): Extension {
  return [
    ViewPlugin.define((view) => {
      let gone = false;
      const show = ({ source, findings }: Findings): void => {
        // Said of a text that is no more: it will be said anew.
        if (gone || view.state.doc.toString() !== source) return;
        view.dispatch(setDiagnostics(view.state, findings.map(diagnosticOf)));
      };
      // An editor is not told anything while it is being made.
      const stop = help.watch((found) => queueMicrotask(() => show(found)));
      return {
        destroy() {
          gone = true;
          stop();
        },
      };
    }),
    keymap.of(lintKeymap.filter(({ key }) => key === "F8")),
  ];
}

function diagnosticOf({ from, to, severity, message, line }: Finding): Diagnostic {
  const actions =
    line === undefined
      ? []
      : [
          {
            name: "Import it",
            apply: (view: EditorView) => view.dispatch(importLineAt(view.state, line)),
          },
        ];
  return { from, to, severity, message, actions };
}
