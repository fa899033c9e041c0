/**
 * What a torture is: a rule about people's work, tried hard from a seed. The short form is part of the tests,
 * the long one of `npm run torture`.
 */
export interface Torture<Size> {
  /** The rule, in plain words. */
  readonly title: string;
  readonly short: Size;
  readonly long: Size;
  /** Rejects where the rule is broken, and with a Skipped where this machine lacks what it takes. */
  run(seed: number, size: Size, say: Say): Promise<void>;
}

/** Says what was measured, a line at a time. */
export type Say = (line: string) => void;

/** It could not be tried here, and the message says what is missing. */
export class Skipped extends Error {}

/** What stands in a line of the server's log, or on its stderr, where something went wrong that nobody foresaw. */
export const COMPLAINT = /"level":("error"|"fatal"|[56]0)|Error:|Warning:/;

/** Throws with the sentence where the condition does not hold. */
export function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}
