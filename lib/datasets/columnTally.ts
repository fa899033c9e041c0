/**
 * What a column's values could be, counted one after another, and the type that follows: a column is numbers
 * where at least 95 of 100 values that are there are numbers, and truth values or dates only where all are.
 */
import type { ColumnType, ImportNote } from "../document/datasetFacts.ts";
import { isMissing, lostAsNumber, parseDate, parseNumber, parseTruth } from "./cellValue.ts";

const NUMBERS_AT_LEAST = 0.95;
const WORTH_A_NOTE = 0.5;
const WORDS_NAMED = 8;

export class ColumnTally {
  /** Values that are there. */
  present = 0;
  /** Missing values that somebody wrote a word for. */
  missingWritten = 0;
  readonly missingWords = new Set<string>();
  #numbers = 0;
  #truths = 0;
  #dates = 0;
  #lost: "zeros" | "long" | undefined;
  /** The first few different values that are no numbers. */
  readonly #words = new Set<string>();

  add(text: string, decimalComma: boolean): void {
    if (isMissing(text)) {
      if (text === "") return;
      this.missingWritten += 1;
      this.missingWords.add(text);
      return;
    }
    this.present += 1;
    if (!Number.isNaN(parseNumber(text, decimalComma))) {
      this.#numbers += 1;
      this.#lost ??= lostAsNumber(text);
      return;
    }
    if (this.#words.size < WORDS_NAMED) this.#words.add(text.slice(0, 40));
    if (parseTruth(text) !== undefined) this.#truths += 1;
    else if (!Number.isNaN(parseDate(text))) this.#dates += 1;
  }

  /** The type, and what has to be said about it. */
  decide(column: string): { type: ColumnType; note?: ImportNote } {
    const present = this.present;
    const numbers = this.#numbers;
    if (present === 0) return { type: "text" };
    if (this.#truths === present) return { type: "boolean" };
    if (this.#dates === present) return { type: "date" };
    const share = numbers / present;
    const words = { column, cells: present - numbers, words: [...this.#words] };
    if (share >= NUMBERS_AT_LEAST) {
      if (this.#lost)
        return { type: "text", note: { kind: "kept-as-text", column, why: this.#lost } };
      if (numbers === present) return { type: "number" };
      return { type: "number", note: { kind: "words-in-numbers", ...words } };
    }
    if (share < WORTH_A_NOTE) return { type: "text" };
    return { type: "text", note: { kind: "numbers-in-text", ...words } };
  }
}
