/** The examples that the home page offers. The lessons themselves load when one is opened. */
import type { Lesson } from "./lesson.ts";

export type ExampleKey = "two-moons" | "drawn-digits" | "table-with-gaps";

export interface Example {
  readonly key: ExampleKey;
  readonly title: string;
  readonly about: string;
  readonly load: () => Promise<Lesson>;
}

export const examples: readonly Example[] = [
  {
    key: "two-moons",
    title: "Two moons",
    about:
      "Two classes that no straight line parts. A small network bends one around them. Trains in seconds.",
    load: async () => (await import("./twoMoons.ts")).twoMoons,
  },
  {
    key: "drawn-digits",
    title: "Drawn digits",
    about:
      "Digits drawn by chance, a small convolution that learns to read them, and the ones it gets wrong.",
    load: async () => (await import("./drawnDigits.ts")).drawnDigits,
  },
  {
    key: "table-with-gaps",
    title: "A table with gaps",
    about:
      "Flats with missing values, words and numbers. Fill the gaps, encode the words, predict the rent.",
    load: async () => (await import("./tableWithGaps.ts")).tableWithGaps,
  },
];
