/**
 * Which code this tab has run because this person asked for it, upstream included. Only such code runs without a
 * press: when an input changes, or somebody else moves a control. Opening a notebook, or reloading it, allows nothing.
 */
import type { CellId } from "../base/ids.ts";

export class Consent {
  /** Whole texts, since whoever writes both of two can choose them so that short digests agree. */
  readonly #ran = new Map<CellId, Set<string>>();

  /** This person's press runs it now. Params and versions of data do not count. */
  grant(cell: CellId, source: string): void {
    const known = this.#ran.get(cell) ?? new Set();
    this.#ran.set(cell, known.add(source.trim()));
  }

  covers(cell: CellId, source: string | undefined): boolean {
    return source !== undefined && this.#ran.get(cell)?.has(source.trim()) === true;
  }
}
