/** What the language service suggests, as the editor's own list shows it. */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  insertCompletionText,
  pickedCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorView } from "@codemirror/view";
import type { Suggestion } from "../../language/answers.ts";
import type { CellHelp } from "./cellHelp.ts";
import { explanationDom } from "./explanation.ts";
import { importLineAt } from "./importLine.ts";

type Apply = Exclude<Completion["apply"], string | undefined>;

const WORD = /[\p{ID_Continue}$]+$/u;
/** After these something can be suggested before a letter of it is there. */
const BEGINNING = /(?:\.|["'`])$/;

/** Null where a person writes what nobody can guess: a number, a comment, the beginning of nothing. */
export async function suggestions(
  context: CompletionContext,
  help: CellHelp,
): Promise<CompletionResult | null> {
  if (!help.ready) {
    if (context.matchBefore(/\.[\p{ID_Continue}$]*$/u)) listWhenReady(context, help);
    return null;
  }
  if (!isAsking(context)) return null;
  const found = await help.suggest(context.pos);
  if (!found || context.aborted || found.list.length === 0) return null;
  const word = context.matchBefore(WORD);
  return {
    from: found.from,
    options: found.list.map((one) => optionOf(one, context.pos, help)),
    // Between quotes anything may stand; a name goes on as long as its letters do.
    ...(found.closed && !word && !context.matchBefore(/\.$/)
      ? { validFor: /^[^"'`\n]*$/ }
      : { validFor: /^[\p{ID_Continue}$]*$/u }),
  };
}

/**
 * Until there is somebody to ask, a list of names is better than none; of members there is none, and it comes as
 * soon as it can, where the person still waits for it.
 */
function listWhenReady({ view, state, pos }: CompletionContext, help: CellHelp): void {
  help.whenReady(() => {
    if (!view?.hasFocus || !view.state.doc.eq(state.doc)) return;
    if (view.state.selection.main.head === pos) startCompletion(view);
  });
}

function isAsking(context: CompletionContext): boolean {
  const { state, pos } = context;
  const inside = syntaxTree(state).resolveInner(pos, -1).name;
  if (inside === "LineComment" || inside === "BlockComment" || inside === "Number") return false;
  if (context.explicit || context.matchBefore(BEGINNING)) return true;
  return (
    context.matchBefore(/(?:^|[^\p{ID_Continue}$])[\p{ID_Start}$_][\p{ID_Continue}$]*$/u) !== null
  );
}

function optionOf(one: Suggestion, offset: number, help: CellHelp): Completion {
  const detail = one.cell === undefined ? one.detail : help.where(one.cell);
  return {
    label: one.label,
    type: one.kind,
    boost: one.boost,
    ...(detail === undefined ? {} : { detail }),
    ...(one.insert || one.line !== undefined ? { apply: applied(one) } : {}),
    info: async () => {
      if (one.line !== undefined) return explanationDom({ code: one.line, words: "" });
      const said = await help.explain(offset, one.label);
      return said ? explanationDom(said) : null;
    },
  };
}

function applied({ label, insert, line }: Suggestion): Apply {
  return (view: EditorView, completion, from, to) => {
    const start = Math.min(insert?.from ?? from, from);
    const change = insertCompletionText(view.state, insert?.text ?? label, start, to);
    view.dispatch({ ...change, annotations: pickedCompletion.of(completion) });
    if (line !== undefined) view.dispatch(importLineAt(view.state, line));
  };
}
