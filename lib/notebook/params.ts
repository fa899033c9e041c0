/**
 * The values that people set on a notebook's controls: shared in the document, or in this tab alone. A viewer may
 * not write, and moves shared controls for themselves.
 */
import type * as Y from "yjs";
import { type Observable, Settable } from "../base/observable.ts";
import { edit } from "../document/edit.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import {
  type GivenParams,
  type ParamControl,
  type ParamValue,
  givenOf,
  plainValue,
  takes,
  valueOf,
  valuesFrom,
} from "../kernel/params.ts";
import type { Member } from "../workspace/session.ts";

/** What a control on the page needs. */
export interface Params {
  /** Another value each time that any control has moved. */
  readonly moves: Observable<number>;
  /** They only show what they stood at. */
  readonly still?: boolean;
  value(control: ParamControl): ParamValue;
  /** True where its value stays in this tab. */
  own(control: ParamControl): boolean;
  /** Nothing happens where the control does not take the value. */
  move(control: ParamControl, value: ParamValue): void;
  /** Back to its initial value. */
  reset(control: ParamControl): void;
}

export class NotebookParams implements Params {
  readonly #doc: Y.Doc;
  readonly #mayWrite: () => boolean;
  readonly #private = new Map<string, ParamValue>();
  /** What a viewer moved; null where they put it back. */
  readonly #overlay = new Map<string, ParamValue | null>();
  readonly #moves = new Settable(0);
  readonly #observed = (): void => this.#moved();
  readonly moves: Observable<number> = this.#moves;

  constructor(doc: Y.Doc, me: Observable<Member>) {
    this.#doc = doc;
    this.#mayWrite = () => me.current.role !== "viewer";
    notebookRoots.params(doc).observe(this.#observed);
  }

  /** What is set now, as this person sees it. */
  given(): GivenParams {
    const shared = valuesFrom(notebookRoots.params(this.#doc).toJSON());
    if (!this.#mayWrite())
      for (const [name, value] of this.#overlay)
        if (value === null) Reflect.deleteProperty(shared, name);
        else shared[name] = value;
    return { shared, private: Object.fromEntries(this.#private) };
  }

  value(control: ParamControl): ParamValue {
    return valueOf(control, this.given());
  }

  own(control: ParamControl): boolean {
    return control.private || !this.#mayWrite();
  }

  move(control: ParamControl, value: ParamValue): void {
    if (plainValue(value) === undefined || !takes(control, value)) return;
    if (givenOf(control, this.given()) === value) return;
    const { name } = control;
    if (!this.own(control))
      edit(this.#doc, "moveParam", () => notebookRoots.params(this.#doc).set(name, value));
    else this.#moveHere(control, value);
  }

  reset(control: ParamControl): void {
    if (givenOf(control, this.given()) === undefined) return;
    if (!this.own(control))
      edit(this.#doc, "resetParam", () => notebookRoots.params(this.#doc).delete(control.name));
    else this.#moveHere(control, null);
  }

  close(): void {
    notebookRoots.params(this.#doc).unobserve(this.#observed);
  }

  #moveHere({ name, private: own }: ParamControl, value: ParamValue | null): void {
    if (!own) this.#overlay.set(name, value);
    else if (value === null) this.#private.delete(name);
    else this.#private.set(name, value);
    this.#moved();
  }

  #moved(): void {
    this.#moves.set(this.#moves.current + 1);
  }
}
