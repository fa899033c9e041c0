/** The name that somebody probably meant: the one with the fewest letters to change. */

/** The closest of `names`, or undefined where none is close. Whole parts count: "plot" means "@observablehq/plot". */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const one of names) {
    const parts = [one, ...one.split("/")].map((part) => part.toLowerCase());
    const cost = Math.min(...parts.map((part) => distance(wanted, part)));
    if (cost < least) [best, least] = [one, cost];
  }
  return best;
}

/** Levenshtein distance: letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
