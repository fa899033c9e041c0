/** What differs between two texts, line by line: the longest lines in common stay, and a little of them around. */

export interface DiffLine {
  readonly kind: "same" | "removed" | "added" | "gap";
  readonly text: string;
}

const AROUND = 2;
/** Beyond so many comparisons the middle is taken as replaced whole. */
const MOST_COMPARED = 1_000_000;

/** Lines with up to two the same around them; "gap" stands for the others that are the same. */
export function diffLines(before: string, after: string): DiffLine[] {
  return withGaps(alignLines(before, after));
}

/** All lines of both: those before are "same" and "removed", those after "same" and "added", each in order. */
export function alignLines(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  const left = Math.min(a.length, b.length) - head;
  while (tail < left && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const same = (lines: readonly string[]): DiffLine[] =>
    lines.map((text) => ({ kind: "same", text }));
  return [
    ...same(a.slice(0, head)),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...same(a.slice(a.length - tail)),
  ];
}

function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: "removed", text });
  const added = (text: string): DiffLine => ({ kind: "added", text });
  if (a.length * b.length > MOST_COMPARED) return [...a.map(removed), ...b.map(added)];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    const [mine, theirs] = [a[i], b[j]];
    if (mine !== undefined && mine === theirs) {
      lines.push({ kind: "same", text: mine });
      i++;
      j++;
    } else if (mine !== undefined && (theirs === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(mine));
      i++;
    } else {
      lines.push(added(theirs ?? ""));
      j++;
    }
  }
  return lines;
}

function withGaps(lines: readonly DiffLine[]): DiffLine[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - AROUND), i + AROUND + 1).some((one) => one.kind !== "same"),
  );
  return lines.flatMap((line, i): DiffLine[] => {
    if (near[i]) return [line];
    return i === 0 || near[i - 1] ? [{ kind: "gap", text: "" }] : [];
  });
}
