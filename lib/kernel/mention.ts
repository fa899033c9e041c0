/**
 * A cell named in the words of an error by its id, for its number changes when cells are moved: whoever shows the
 * words says the number of that moment, and leads there.
 */

export interface Mention {
  readonly cell: string;
  /** It begins a sentence. */
  readonly capital: boolean;
}

const MENTION = /⟦([cC])ell ([\w-]{1,40})⟧/g;

/** "cell 3", or "Cell 3" at the beginning of a sentence. */
export function mention(cell: string, capital = false): string {
  return `⟦${capital ? "C" : "c"}ell ${cell}⟧`;
}

/** The words in parts, in order. */
export function mentionsIn(text: string): (string | Mention)[] {
  const parts: (string | Mention)[] = [];
  let from = 0;
  for (const { index, 0: whole, 1: first, 2: cell = "" } of text.matchAll(MENTION)) {
    if (index > from) parts.push(text.slice(from, index));
    parts.push({ cell, capital: first === "C" });
    from = index + whole.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** What stands for a mentioned cell; undefined for one that is gone. */
export function mentionWords(capital: boolean, number: number | undefined): string {
  if (number === undefined) return capital ? "A cell that is gone" : "a cell that is gone";
  return `${capital ? "Cell" : "cell"} ${number}`;
}
