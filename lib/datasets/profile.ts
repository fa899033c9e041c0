/** The statistics of a column: how many, how many missing, the spread as bins or the most frequent values. */
import { assertNever } from "../base/assertNever.ts";
import type { ColumnProfile } from "../document/datasetFacts.ts";
import { type ColumnData, MISSING_TRUTH } from "./columns.ts";

const BINS = 16;
const TOP = 12;
/** A frequent value is a word in a table's head, not an essay. */
const LONGEST_WORD = 80;

export function profileColumn(column: ColumnData): ColumnProfile {
  switch (column.type) {
    case "number":
    case "date":
      return profileRange(column.values);
    case "boolean": {
      const counts = [0, 0, 0];
      for (const value of column.values) counts[value] = (counts[value] ?? 0) + 1;
      return profileValues(["false", "true"], counts.slice(0, 2), counts[MISSING_TRUTH] ?? 0);
    }
    case "text": {
      const counts = new Array<number>(column.words.length).fill(0);
      let missing = 0;
      for (const code of column.codes) {
        if (code < 0) missing += 1;
        else counts[code] = (counts[code] ?? 0) + 1;
      }
      return profileValues(column.words, counts, missing);
    }
    default:
      return assertNever(column);
  }
}

/**
 * How many values lie in each of `bins` equal widths from `min` to `max`, the last one closed. Whole numbers
 * within few get a bin each, so that 0 and 1 are two bars and not sixteen.
 */
export function histogram(sorted: Float64Array): number[] {
  const min = sorted[0] ?? 0;
  const max = sorted.at(-1) ?? 0;
  if (min === max) return [sorted.length];
  const whole = max - min < BINS && sorted.every(Number.isInteger);
  const count = whole ? max - min + 1 : BINS;
  const bins = new Array<number>(count).fill(0);
  // Halved where the range itself would be too large for a number.
  const scale = Number.isFinite(max - min) ? 1 : 0.5;
  const range = max * scale - min * scale;
  for (const value of sorted) {
    const far = value * scale - min * scale;
    const bin = whole ? far : Math.min(count - 1, Math.floor((far / range) * count));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

function profileRange(values: Float64Array): ColumnProfile {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const count = present.length;
  const middle = count >> 1;
  const upper = present[middle] ?? 0;
  const median = count % 2 === 1 ? upper : (present[middle - 1] ?? 0) / 2 + upper / 2;
  let distinct = 0;
  for (let i = 0; i < count; i++) if (i === 0 || present[i] !== present[i - 1]) distinct += 1;
  return {
    kind: "range",
    count,
    missing: values.length - count,
    distinct,
    min: present[0] ?? 0,
    median,
    max: present.at(-1) ?? 0,
    bins: histogram(present),
  };
}

function profileValues(
  words: readonly string[],
  counts: readonly number[],
  missing: number,
): ColumnProfile {
  let count = 0;
  let distinct = 0;
  // The few most frequent so far, by place in `words`: sorting all of a million different words takes seconds.
  const top: number[] = [];
  const before = (a: number, b: number): boolean => {
    const difference = (counts[a] ?? 0) - (counts[b] ?? 0);
    return difference !== 0 ? difference > 0 : (words[a] ?? "") < (words[b] ?? "");
  };
  counts.forEach((many, word) => {
    if (many === 0) return;
    count += many;
    distinct += 1;
    const last = top.at(-1);
    if (top.length === TOP && last !== undefined && !before(word, last)) return;
    const place = top.findIndex((one) => before(word, one));
    top.splice(place < 0 ? top.length : place, 0, word);
    if (top.length > TOP) top.pop();
  });
  const named = top.map((word): [string, number] => [
    (words[word] ?? "").slice(0, LONGEST_WORD),
    counts[word] ?? 0,
  ]);
  return { kind: "values", count, missing, distinct, top: named };
}
