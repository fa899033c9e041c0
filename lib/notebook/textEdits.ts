/**
 * How one text becomes another with little taken away: lines that both have stay, and of lines that differ what
 * stands before and behind the difference. So a caret in what stays stays where it is. Pure, but for applying it.
 */
import type * as Y from "yjs";
import { alignLines } from "./lineDiff.ts";

/** At `at`, in UTF-16 units of the text before all edits, `remove` units give way to `insert`. */
export interface TextEdit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** In ascending order, never overlapping. */
export function textEdits(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const edits: TextEdit[] = [];
  let at = 0;
  let [removed, added] = ["", ""];
  const settle = (): void => {
    const edit = within(trimmed({ at, removed, added }), before.length);
    if (edit.removed !== "" || edit.added !== "")
      edits.push({ at: edit.at, remove: edit.removed.length, insert: edit.added });
    at += removed.length;
    [removed, added] = ["", ""];
  };
  // Every line ends here, the last one as well: `within` puts that right.
  for (const { kind, text } of alignLines(before, after)) {
    const line = `${text}\n`;
    if (kind === "removed") removed += line;
    else if (kind === "added") added += line;
    else {
      settle();
      at += line.length;
    }
  }
  settle();
  return edits;
}

/** Makes a shared text say `wanted`. */
export function rewriteText(text: Y.Text, wanted: string): void {
  const before = text.toJSON();
  // What is no text, put there by a peer, has a length and no letters.
  if (before.length !== text.length) {
    text.delete(0, text.length);
    text.insert(0, wanted);
    return;
  }
  for (const { at, remove, insert } of textEdits(before, wanted).reverse()) {
    if (remove > 0) text.delete(at, remove);
    if (insert !== "") text.insert(at, insert);
  }
}

interface Hunk {
  readonly at: number;
  readonly removed: string;
  readonly added: string;
}

/** Without what both sides begin and end with; a letter of two units is never cut in half. */
function trimmed({ at, removed, added }: Hunk): Hunk {
  const most = Math.min(removed.length, added.length);
  let head = 0;
  while (head < most && removed[head] === added[head]) head++;
  if (isHigh(removed, head - 1)) head--;
  let tail = 0;
  while (tail < most - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++;
  if (isLow(removed, removed.length - tail)) tail--;
  return {
    at: at + head,
    removed: removed.slice(head, removed.length - tail),
    added: added.slice(head, added.length - tail),
  };
}

/** A difference that takes in the line end behind the last line takes the one before it instead: it is the same. */
function within({ at, removed, added }: Hunk, length: number): Hunk {
  if (at + removed.length <= length) return { at, removed, added };
  const turned = (lines: string): string => (lines === "" ? "" : `\n${lines.slice(0, -1)}`);
  return { at: at - 1, removed: turned(removed), added: turned(added) };
}

function isHigh(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000;
}
