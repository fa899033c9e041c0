/** What a call takes, above it while its arguments are written. Escape puts it away until the next call. */
import { type EditorState, type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  keymap,
  showTooltip,
} from "@codemirror/view";
import type { SignatureHelp } from "../../language/answers.ts";
import type { CellHelp } from "./cellHelp.ts";
import { codeBlock, prose } from "./explanation.ts";

/** The caret moves often; what is asked about it may wait for the hand to rest. */
const CALM_MS = 80;

const setHint = StateEffect.define<SignatureHelp | undefined>();

const hint = StateField.define<SignatureHelp | undefined>({
  create: () => undefined,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setHint)) return effect.value;
    // Of the text before the call nothing may be left.
    if (!shown || !transaction.docChanged) return shown;
    return { ...shown, from: transaction.changes.mapPos(shown.from, -1) };
  },
  provide: (field) =>
    showTooltip.from(field, (shown) =>
      shown
        ? {
            pos: shown.from,
            above: true,
            strictSide: false,
            create: () => ({ dom: hintDom(shown) }),
          }
        : null,
    ),
});

export function signatureShown(state: EditorState): boolean {
  return state.field(hint, false) !== undefined;
}

export function signatureHint(help: CellHelp): Extension {
  return [
    hint,
    ViewPlugin.define((view) => new SignatureWatch(view, help)),
    Prec.high(
      keymap.of([
        {
          key: "Escape",
          run: (view) => {
            if (!signatureShown(view.state)) return false;
            view.dispatch({ effects: setHint.of(undefined) });
            return true;
          },
        },
      ]),
    ),
  ];
}

class SignatureWatch {
  readonly #view: EditorView;
  readonly #help: CellHelp;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(view: EditorView, help: CellHelp) {
    this.#view = view;
    this.#help = help;
  }

  update(update: ViewUpdate): void {
    const shown = signatureShown(update.state);
    if (update.focusChanged && !this.#view.hasFocus) {
      this.#stop();
      if (shown) queueMicrotask(() => this.#show(undefined));
      return;
    }
    const opens = update.transactions.some(
      (one) => one.isUserEvent("input") && insertsOpening(one.changes),
    );
    if (opens || (shown && (update.docChanged || update.selectionSet))) this.#askSoon();
  }

  destroy(): void {
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#asked++;
  }

  #askSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), CALM_MS);
  }

  async #ask(): Promise<void> {
    const asked = ++this.#asked;
    const { state } = this.#view;
    const found = this.#help.ready
      ? await this.#help.signature(state.selection.main.head)
      : undefined;
    // What has changed since will be asked about anew.
    if (asked === this.#asked && this.#view.state.doc.eq(state.doc)) this.#show(found);
  }

  #show(found: SignatureHelp | undefined): void {
    if (found || signatureShown(this.#view.state))
      this.#view.dispatch({ effects: setHint.of(found) });
  }
}

function insertsOpening(changes: ViewUpdate["changes"]): boolean {
  let opens = false;
  changes.iterChanges((_a, _b, _c, _d, inserted) => {
    const text = inserted.sliceString(0);
    opens ||= text.length < 80 && /[(,<]/.test(text);
  });
  return opens;
}

function hintDom({ code, argument, words, overloads }: SignatureHelp): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "explained signature";
  dom.append(codeBlock(code, argument));
  if (overloads.of > 1) {
    const count = document.createElement("p");
    count.className = "overloads";
    count.textContent = `${overloads.nth} of ${overloads.of} ways to call it`;
    dom.append(count);
  }
  // Its first words: the whole of it would hide what is written before the call.
  const [first = ""] = words.split(/\n\s*\n/);
  if (first !== "") dom.append(prose(first));
  return dom;
}
