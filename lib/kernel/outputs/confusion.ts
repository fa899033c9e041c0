/** Which class was taken for which: the helper that "ensemble" offers to cells. */
import type { MatrixOutput } from "../mime.ts";
import { isTensor } from "./tensor.ts";

type Classes = ArrayLike<string | number>;

/**
 * Counts, actual class down and predicted class across. Classes are labels, or numbers that count into
 * `labels`; without `labels`, the classes that occur, in order.
 */
export function countConfusion(
  actual: Classes,
  predicted: Classes,
  labels?: readonly (string | number)[],
): MatrixOutput {
  if (isTensor(actual) || isTensor(predicted)) {
    throw new Error("confusionMatrix takes lists: give it await tensor.data()");
  }
  if (actual.length !== predicted.length) {
    throw new Error(
      `confusionMatrix got ${actual.length} actual and ${predicted.length} predicted classes: they must be as many`,
    );
  }
  const seen = [...Array.from(actual), ...Array.from(predicted)];
  const names = (labels ?? [...new Set(seen)].sort(inOrder)).map(String);
  const index = indexOf(names, labels !== undefined);
  const counts = names.map(() => names.map(() => 0));
  for (let i = 0; i < actual.length; i++) {
    const row = counts[index(actual[i])];
    const column = index(predicted[i]);
    if (row) row[column] = (row[column] ?? 0) + 1;
  }
  return { labels: names, counts };
}

function indexOf(names: readonly string[], numbered: boolean): (value: unknown) => number {
  const known = new Map(names.map((name, i) => [name, i]));
  return (value) => {
    const at = known.get(String(value)) ?? (numbered && typeof value === "number" ? value : -1);
    if (Number.isInteger(at) && at >= 0 && at < names.length) return at;
    throw new Error(
      `confusionMatrix has no label for class ${String(value)}; it has ${names.join(", ")}`,
    );
  };
}

function inOrder(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}
