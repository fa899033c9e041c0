/**
 * Which code this tab has run because this person asked for it, upstream included. Only such code runs without a
 * press: when an input changes, or somebody else moves a control. Opening a notebook, or reloading it, allows nothing.
 */
import type { CellId } from "../base/ids.ts";
import type { CodeDigest } from "./inputs.ts";

export class Consent {
  readonly #ran = new Set<string>();

  /** This person's press runs it now. Params and versions of data do not count. */
  grant(cell: CellId, code: CodeDigest): void {
    this.#ran.add(`${cell} ${code}`);
  }

  covers(cell: CellId, code: CodeDigest | undefined): boolean {
    return code !== undefined && this.#ran.has(`${cell} ${code}`);
  }
}
