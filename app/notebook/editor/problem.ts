/** The underline where a cell went wrong. It moves with the text as people edit around it. */
import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

/** 1-based, as errors say it; the line may be gone by now. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export const setProblem = StateEffect.define<Place | undefined>();

const squiggle = Decoration.mark({ class: "squiggle" });

export const problemUnderline: Extension = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(setProblem)) {
        const range = effect.value && rangeAt(transaction.state, effect.value);
        next = range ? Decoration.set(squiggle.range(range.from, range.to)) : Decoration.none;
      }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The offset of a place, as near as the text still allows. */
export function offsetAt(state: EditorState, place: Place): number {
  const line = state.doc.line(Math.min(Math.max(1, place.line), state.doc.lines));
  return Math.min(line.from + Math.max(0, place.column - 1), line.to);
}

/** The word at a place, or else the sign there; undefined where nothing is left to underline. */
export function rangeAt(
  state: EditorState,
  place: Place,
): { readonly from: number; readonly to: number } | undefined {
  const at = offsetAt(state, place);
  const word = state.wordAt(at);
  if (word && !word.empty) return { from: word.from, to: word.to };
  const line = state.doc.lineAt(at);
  if (line.length === 0) return undefined;
  return at < line.to ? { from: at, to: at + 1 } : { from: at - 1, to: at };
}
