/**
 * Where the threads in the gutter run: from the cell that defines a name to the cells that read it.
 * One lane for each defining cell, the innermost that is free. Pure: heights are measured elsewhere.
 */
export interface ThreadCell {
  readonly id: string;
  /** The cells whose names this one reads. */
  readonly readsFrom: readonly string[];
}

export interface Thread {
  readonly from: string;
  readonly to: string;
  /** 0 is next to the cells. */
  readonly lane: number;
}

const KNOT = 36; // x where a thread meets its cell
const INNERMOST = 26;
const OUTERMOST = 4;
const APART = 7;
const BEND = 9;

/** One thread for each pair of cells, with the lanes chosen so that no two definers share a stretch. */
export function layThreads(cells: readonly ThreadCell[]): Thread[] {
  const place = new Map(cells.map((cell, index) => [cell.id, index]));
  const readers = new Map<string, string[]>();
  for (const cell of cells)
    for (const from of new Set(cell.readsFrom)) {
      if (from === cell.id || !place.has(from)) continue;
      readers.set(from, [...(readers.get(from) ?? []), cell.id]);
    }
  const index = (id: string): number => place.get(id) ?? 0;
  const spans = [...readers].map(([from, to]) => {
    const all = [from, ...to].map(index);
    return { from, to, first: Math.min(...all), last: Math.max(...all) };
  });
  spans.sort((a, b) => a.first - b.first || index(a.from) - index(b.from));
  const busyUntil: number[] = [];
  return spans.flatMap(({ from, to, first, last }) => {
    let lane = busyUntil.findIndex((until) => until < first);
    if (lane < 0) lane = busyUntil.length;
    busyUntil[lane] = last;
    return to.map((reader) => ({ from, to: reader, lane }));
  });
}

/** The path of a thread between two heights; lanes move closer where there are many of them. */
export function threadPath(start: number, end: number, lane: number, lanes: number): string {
  const apart = lanes < 2 ? APART : Math.min(APART, (INNERMOST - OUTERMOST) / (lanes - 1));
  const x = INNERMOST - lane * apart;
  const bend = Math.min(BEND, Math.abs(end - start) / 2, KNOT - x);
  const down = end >= start ? bend : -bend;
  return (
    `M${KNOT} ${start}H${x + bend}Q${x} ${start} ${x} ${start + down}` +
    `V${end - down}Q${x} ${end} ${x + bend} ${end}H${KNOT}`
  );
}
