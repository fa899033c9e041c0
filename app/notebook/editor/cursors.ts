/**
 * Other people's carets and selections in one cell, and this person's for them. What peers announce is
 * parsed; a caret's colour comes from its member, never from the wire.
 */
import { type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { asRecord } from "../../../lib/base/json.ts";
import { parsePresence } from "../../../lib/workspace/presence.ts";
import { memberClass } from "../../ui/member.ts";

const FLAG_RESTS_MS = 2000;

interface RemoteCaret {
  readonly client: number;
  readonly name: string;
  readonly colour: string;
  readonly anchor: number;
  readonly head: number;
  /** Changes when the person moved, and not when others' edits moved the caret. */
  readonly beat: string;
}

/** Shows the carets of `awareness` that stand in `text`, and announces this editor's. */
export function sharedCursors(text: Y.Text, awareness: Awareness): Extension {
  const plugin = ViewPlugin.define((view) => new SharedCursors(view, text, awareness));
  return [carets, plugin];
}

const setCarets = StateEffect.define<readonly RemoteCaret[]>();

const carets = StateField.define<DecorationSet>({
  create: () => RangeSet.empty,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(setCarets)) next = draw(effect.value, transaction.state.doc.length);
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function draw(all: readonly RemoteCaret[], length: number): DecorationSet {
  const ranges = all.flatMap((one) => {
    const head = Math.min(one.head, length);
    const anchor = Math.min(one.anchor, length);
    const caret = Decoration.widget({
      widget: new CaretWidget(one),
      side: head > anchor ? -1 : 1,
    }).range(head);
    if (head === anchor) return [caret];
    const picked = Decoration.mark({ class: `picked ${one.colour}` });
    return [caret, picked.range(Math.min(head, anchor), Math.max(head, anchor))];
  });
  return Decoration.set(ranges, true);
}

class CaretWidget extends WidgetType {
  readonly #caret: RemoteCaret;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(caret: RemoteCaret) {
    super();
    this.#caret = caret;
  }

  override eq(other: CaretWidget): boolean {
    const [a, b] = [this.#caret, other.#caret];
    return a.client === b.client && a.name === b.name && a.beat === b.beat;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `caret ${this.#caret.colour}`;
    const flag = document.createElement("span");
    flag.className = "flag";
    // Drawn by the style: a name that is text would be read, found and copied as the cell's own.
    flag.dataset["name"] = this.#caret.name;
    caret.append(flag);
    this.#timer = setTimeout(() => caret.classList.add("rested"), FLAG_RESTS_MS);
    return caret;
  }

  override destroy(): void {
    clearTimeout(this.#timer);
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

class SharedCursors {
  readonly #view: EditorView;
  readonly #text: Y.Text;
  readonly #awareness: Awareness;
  #shown = "";
  #gone = false;

  constructor(view: EditorView, text: Y.Text, awareness: Awareness) {
    this.#view = view;
    this.#text = text;
    this.#awareness = awareness;
    awareness.on("change", this.#look);
    queueMicrotask(this.#look);
  }

  update(update: ViewUpdate): void {
    if (update.selectionSet || update.focusChanged || update.docChanged) this.#announce();
  }

  destroy(): void {
    this.#gone = true;
    this.#awareness.off("change", this.#look);
    this.#withdraw();
  }

  #look = (): void => {
    if (this.#gone) return;
    const found = readCarets(this.#text, this.#awareness);
    const key = found.map((one) => `${one.client} ${one.name} ${one.beat}`).join();
    if (key === this.#shown) return;
    this.#shown = key;
    this.#view.dispatch({ effects: setCarets.of(found) });
  };

  #announce(): void {
    if (!this.#view.hasFocus) {
      this.#withdraw();
      return;
    }
    const { anchor, head } = this.#view.state.selection.main;
    // The editor may be ahead of its text for the length of this update.
    const at = (offset: number): Y.RelativePosition =>
      Y.createRelativePositionFromTypeIndex(this.#text, Math.min(offset, this.#text.length));
    const next = { anchor: at(anchor), head: at(head) };
    const known = this.#announced();
    if (known && same(known.anchor, next.anchor) && same(known.head, next.head)) return;
    this.#awareness.setLocalStateField("cursor", next);
  }

  #withdraw(): void {
    const known = this.#announced();
    const place = known && absolute(known.head, this.#text);
    if (place !== undefined) this.#awareness.setLocalStateField("cursor", null);
  }

  #announced(): { anchor: unknown; head: unknown } | undefined {
    const cursor = asRecord(this.#awareness.getLocalState()?.["cursor"]);
    return cursor && { anchor: cursor["anchor"], head: cursor["head"] };
  }
}

function same(a: unknown, b: Y.RelativePosition): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function readCarets(text: Y.Text, awareness: Awareness): RemoteCaret[] {
  const found: RemoteCaret[] = [];
  for (const [client, state] of awareness.getStates()) {
    if (client === awareness.clientID) continue;
    const cursor = asRecord(asRecord(state)?.["cursor"]);
    const presence = cursor && parsePresence(state);
    if (!cursor || !presence) continue;
    const anchor = absolute(cursor["anchor"], text);
    const head = absolute(cursor["head"], text);
    if (anchor === undefined || head === undefined) continue;
    found.push({
      client,
      name: presence.name,
      colour: memberClass(presence.member),
      anchor,
      head,
      beat: JSON.stringify(cursor),
    });
  }
  return found.sort((a, b) => a.client - b.client);
}

/** Where a position from the wire stands in this text; undefined where it stands elsewhere or is none. */
function absolute(position: unknown, text: Y.Text): number | undefined {
  if (!text.doc || !asRecord(position)) return undefined;
  try {
    const relative = Y.createRelativePositionFromJSON(position);
    const found = Y.createAbsolutePositionFromRelativePosition(relative, text.doc);
    return found?.type === text ? found.index : undefined;
  } catch {
    return undefined; // not a position at all
  }
}
