/**
 * How much a worker may say: what reading it costs the page, in letters and in messages, over time. A worker that says
 * more than this would freeze the page that listens to it. Knows nothing of what the messages mean.
 */

/** Far above what the kernel's own half sends, which keeps to 20 messages and some millions of letters a second. */
const MOST_MESSAGES = 20_000;
const MESSAGES_A_SECOND = 1_000;
const MOST_LETTERS = 64_000_000;
const LETTERS_A_SECOND = 16_000_000;

/** Walking through an object costs as much as so many letters. */
const LETTERS_AN_OBJECT = 50;
/** Bytes are handed on without being read. */
const BYTES_A_LETTER = 64;

export class Allowance {
  #messages = MOST_MESSAGES;
  #letters = MOST_LETTERS;
  #at: number;

  /** `now`: milliseconds that only go forward, here and below. */
  constructor(now: number) {
    this.#at = now;
  }

  /** False where it is too much: then the worker is not to be listened to any more. */
  takes(message: unknown, now: number): boolean {
    const seconds = (now - this.#at) / 1000;
    this.#at = now;
    this.#messages = Math.min(MOST_MESSAGES, this.#messages + seconds * MESSAGES_A_SECOND) - 1;
    this.#letters = Math.min(MOST_LETTERS, this.#letters + seconds * LETTERS_A_SECOND);
    if (this.#messages < 0) return false;
    this.#letters -= lettersIn(message, this.#letters);
    return this.#letters >= 0;
  }
}

/**
 * The letters of a message as they are met by who walks through it, each value counting as one more, no further than
 * past `most`: what is named twice counts twice, and what holds itself has no end.
 */
function lettersIn(message: unknown, most: number): number {
  let letters = 0;
  const left: unknown[] = [message];
  while (left.length > 0 && letters <= most) {
    const value = left.pop();
    letters += typeof value === "string" ? value.length + 1 : 1;
    if (typeof value !== "object" || value === null) continue;
    letters += LETTERS_AN_OBJECT;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
      letters += value.byteLength / BYTES_A_LETTER;
    else {
      // Counted before it is walked: a list may be empty and four milliards long.
      const names = Array.isArray(value) ? value.length : Object.keys(value).length;
      if (letters + left.length + names > most) return Infinity;
      if (Array.isArray(value)) for (const one of value as unknown[]) left.push(one);
      else
        for (const [name, one] of Object.entries(value)) {
          letters += name.length;
          left.push(one);
        }
    }
  }
  return letters;
}
