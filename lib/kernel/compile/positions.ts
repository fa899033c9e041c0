/**
 * Where a place in compiled code stood in the cell's source. Lines never change; columns do, where types
 * were taken out or a call was put in. Knows nothing of how code is compiled.
 */
import { asArray, asNumber } from "../../base/json.ts";

/** From this column of the code on, text comes from that column of the source. Both count from 0. */
export type Segment = readonly [code: number, source: number];
/** Segments by line (from 0), ascending by column; a line that is not there is as it was. */
export type Positions = ReadonlyMap<number, readonly Segment[]>;

/** Text put into a line of code. */
export interface Insertion {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export function sourceColumn(positions: Positions, line: number, column: number): number {
  const segments = positions.get(line);
  if (!segments) return column;
  let found: Segment | undefined;
  let next: Segment | undefined;
  for (const segment of segments) {
    if (segment[0] > column) {
      next = segment;
      break;
    }
    found = segment;
  }
  if (!found) return 0;
  const at = found[1] + column - found[0];
  return next ? Math.min(at, Math.max(found[1], next[1])) : at;
}

/** The positions after more text was put into the code. Insertions in one place keep their order. */
export function shiftPositions(positions: Positions, insertions: readonly Insertion[]): Positions {
  const shifted = new Map(positions);
  for (const line of new Set(insertions.map((one) => one.line))) {
    const here = insertions.filter((one) => one.line === line);
    const before = positions.get(line) ?? [[0, 0]];
    const cuts = here.map(({ column }): Segment => [column, sourceColumn(positions, line, column)]);
    const all = [...before, ...cuts].sort((a, b) => a[0] - b[0]);
    const moved = all.map(([code, source]): Segment => {
      const added = here.filter((one) => one.column <= code);
      return [code + added.reduce((sum, one) => sum + one.text.length, 0), source];
    });
    shifted.set(line, unique(moved));
  }
  return shifted;
}

/** As plain JSON, for lines that are not as they were. */
export function encodePositions(positions: Positions): string {
  return JSON.stringify([...positions]);
}

/** What `encodePositions` wrote; anything else is no change at all. */
export function decodePositions(text: string): Positions {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Map();
  }
  return new Map(
    asArray(value).map((entry) => {
      const [line, segments] = asArray(entry);
      return [asNumber(line) ?? -1, asArray(segments).map(parseSegment)] as const;
    }),
  );
}

function parseSegment(value: unknown): Segment {
  const [code, source] = asArray(value);
  return [asNumber(code) ?? 0, asNumber(source) ?? 0];
}

function unique(segments: readonly Segment[]): Segment[] {
  return segments.filter(
    (one, i) =>
      !segments.slice(0, i).some((before) => before[0] === one[0] && before[1] === one[1]),
  );
}
