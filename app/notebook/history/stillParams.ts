/** The controls of a version: they show what they stood at, and cannot be moved. */
import type * as Y from "yjs";
import { Settable } from "../../../lib/base/observable.ts";
import { notebookRoots } from "../../../lib/document/notebookDoc.ts";
import {
  type ParamControl,
  type ParamValue,
  valueOf,
  valuesFrom,
} from "../../../lib/kernel/params.ts";
import type { Params } from "../../../lib/notebook/params.ts";

export class StillParams implements Params {
  readonly moves = new Settable(0);
  readonly still = true;
  readonly #shared: ReturnType<typeof valuesFrom>;

  constructor(state: Y.Doc) {
    this.#shared = valuesFrom(notebookRoots.params(state).toJSON());
  }

  value(control: ParamControl): ParamValue {
    return valueOf(control, { shared: this.#shared, private: {} });
  }
  own(): boolean {
    return false;
  }
  move(): void {
    // it stands as it stood
  }
  reset(): void {
    // it stands as it stood
  }
}
