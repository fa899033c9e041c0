/** The cells whose next run goes on from an earlier one, because this person asked for that and not for a fresh run. */
import type { CellId } from "../base/ids.ts";
import type { Resume } from "../kernel/capability.ts";
import type { Held } from "./held.ts";

export class Resumes {
  readonly #held: Pick<Held, "letContinue">;
  readonly #wanted = new Map<CellId, Resume>();

  constructor(held: Pick<Held, "letContinue">) {
    this.#held = held;
  }

  want(cell: CellId, resume: Resume): void {
    this.#wanted.set(cell, resume);
    this.#held.letContinue(cell, resume.how === "continue");
  }

  get(cell: CellId): Resume | undefined {
    return this.#wanted.get(cell);
  }

  /** It has run, or is to run from the beginning. */
  drop(...cells: readonly CellId[]): void {
    for (const cell of cells) {
      this.#wanted.delete(cell);
      this.#held.letContinue(cell, false);
    }
  }

  dropAll(): void {
    this.drop(...this.#wanted.keys());
  }
}
