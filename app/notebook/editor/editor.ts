/**
 * One cell's editor: CodeMirror on a Y.Text, shared with everybody in the room. Made anew at each mount from
 * what the text holds then. Loaded when the first cell comes near the window, and not with the page.
 */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import type { CellHelp } from "./cellHelp.ts";
import { type Names, completion } from "./completion.ts";
import { sharedCursors } from "./cursors.ts";
import { goToDefinition } from "./definition.ts";
import { type EditCommand, editKeys } from "./editKeys.ts";
import { findings } from "./findings.ts";
import { type Language, inks, languageOf } from "./highlight.ts";
import { hoverType } from "./hoverType.ts";
import { type Place, offsetAt, problemUnderline, setProblem } from "./problem.ts";
import { signatureHint } from "./signatureHint.ts";
import { theme } from "./theme.ts";

export { stillText } from "./highlight.ts";

/** Where the caret goes when an editor is entered. */
export type Entry = "start" | "end" | "keep" | Place | { readonly x: number; readonly y: number };

export interface EditorSetup {
  readonly text: Y.Text;
  readonly awareness: Awareness;
  readonly undoManager: Y.UndoManager;
  readonly language: Language;
  /** What the cell's own keys mean; Enter with a modifier, Escape, arrows at the edge. */
  readonly oncommand: (command: EditCommand) => void;
  readonly onfocus: () => void;
  /** Names that the code may use, for completion. */
  readonly names: Names;
  /** What knows the types of the code. */
  readonly help?: CellHelp | undefined;
}

/** What may change while an editor stands. */
export interface EditorFacts {
  /** The accessible name. */
  readonly label: string;
  readonly editable: boolean;
  readonly problem: Place | undefined;
  readonly hint: string;
  /** It is in the tab order. */
  readonly reachable: boolean;
}

export interface CellEditor {
  readonly view: EditorView;
  show(facts: EditorFacts): void;
  enter(entry: Entry): void;
  destroy(): void;
}

export function openEditor(
  parent: HTMLElement,
  setup: EditorSetup,
  facts: EditorFacts,
): CellEditor {
  const changing = new Compartment();
  const { text } = setup;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text.toJSON(),
      extensions: [
        editKeys(setup.oncommand),
        yCollab(text, null, { undoManager: setup.undoManager }), // carets are ours: sharedCursors
        sharedCursors(text, setup.awareness),
        setup.language === "code" ? codeOnly(setup.names, setup.help) : EditorView.lineWrapping,
        languageOf(setup.language),
        syntaxHighlighting(inks),
        problemUnderline,
        theme,
        changing.of(changeable(facts)),
        keymap.of([...yUndoManagerKeymap, indentWithTab, ...defaultKeymap]),
        EditorState.tabSize.of(2),
        EditorView.domEventHandlers({
          focus() {
            setup.onfocus();
            if (setup.language === "code") setup.help?.wake();
          },
        }),
      ],
    }),
  });
  if (facts.problem) view.dispatch({ effects: setProblem.of(facts.problem) });
  let shown = facts;

  return {
    view,
    show(next) {
      const effects = [];
      if (
        next.label !== shown.label ||
        next.editable !== shown.editable ||
        next.hint !== shown.hint ||
        next.reachable !== shown.reachable ||
        (next.problem === undefined) !== (shown.problem === undefined)
      )
        effects.push(changing.reconfigure(changeable(next)));
      if (next.problem !== shown.problem) effects.push(setProblem.of(next.problem));
      shown = next;
      if (effects.length > 0) view.dispatch({ effects });
    },
    enter(entry) {
      view.focus();
      const at = offsetOf(view, entry);
      if (at !== undefined)
        view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at) });
    },
    destroy: () => view.destroy(),
  };
}

function codeOnly(names: Names, help: CellHelp | undefined): Extension {
  return [
    completion(names, help),
    help ? [hoverType(help), signatureHint(help), findings(help), goToDefinition(help)] : [],
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    Prec.high(keymap.of(closeBracketsKeymap)),
  ];
}

function changeable(facts: EditorFacts): Extension {
  return [
    EditorState.readOnly.of(!facts.editable),
    EditorView.editable.of(facts.editable),
    placeholder(facts.hint),
    EditorView.contentAttributes.of({
      class: "source",
      "aria-label": facts.label,
      tabindex: facts.reachable ? "0" : "-1",
      ...(facts.editable ? {} : { "aria-readonly": "true" }),
      ...(facts.problem ? { "aria-invalid": "true" } : {}),
    }),
  ];
}

function offsetOf(view: EditorView, entry: Entry): number | undefined {
  if (entry === "keep") return undefined;
  if (entry === "start") return 0;
  if (entry === "end") return view.state.doc.length;
  if ("line" in entry) return offsetAt(view.state, entry);
  return view.posAtCoords(entry) ?? undefined;
}
