/**
 * Which rows of a long table are shown, in which order: sorted by a column, or those in which some words occur.
 * Both pause now and then, so that a page stays alive over a million rows.
 */
import type { StoredTable } from "./arrow.ts";
import type { Value } from "./columns.ts";

export interface SortedBy {
  readonly column: number;
  readonly descending: boolean;
}

const PAUSE_EVERY = 4_096;

/** Rows with the same value stay in their order; those without one come last, whichever way. */
export function* sortRows(
  table: StoredTable,
  { column, descending }: SortedBy,
): Generator<undefined, Uint32Array> {
  const keys: (number | string)[] = new Array<number | string>(table.rows);
  const present: number[] = [];
  const missing: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const value = table.value(column, row);
    if (value === null) missing.push(row);
    else {
      keys[row] = keyOf(value);
      present.push(row);
    }
    if (row % PAUSE_EVERY === 0) yield undefined;
  }
  const sign = descending ? -1 : 1;
  const sorted = yield* mergeSort(
    Uint32Array.from(present),
    (a, b) => sign * compare(keys[a] ?? 0, keys[b] ?? 0),
  );
  const all = new Uint32Array(table.rows);
  all.set(sorted);
  all.set(missing, sorted.length);
  return all;
}

/** Of `rows`, or of all, those in which the words stand in some column, in capitals or not. */
export function* rowsWith(
  table: StoredTable,
  words: string,
  rows: Uint32Array | undefined,
): Generator<undefined, Uint32Array> {
  const wanted = words.toLowerCase();
  const found: number[] = [];
  const columns = table.names.map((_, column) => column);
  for (let place = 0; place < (rows?.length ?? table.rows); place++) {
    const row = rows?.[place] ?? place;
    if (columns.some((column) => textOf(table.value(column, row)).includes(wanted)))
      found.push(row);
    if (place % PAUSE_EVERY === 0) yield undefined;
  }
  return Uint32Array.from(found);
}

/** The table as these rows of it. */
export function withRows(table: StoredTable, rows: Uint32Array | undefined): StoredTable {
  if (!rows) return table;
  return {
    rows: rows.length,
    names: table.names,
    value: (column, row) => table.value(column, rows[row] ?? -1),
    array: (column) => Array.from(rows, (row) => table.value(column, row)),
  };
}

function textOf(value: Value): string {
  if (value === null) return "";
  return (value instanceof Date ? isoOf(value) : String(value)).toLowerCase();
}

function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

function keyOf(value: NonNullable<Value>): number | string {
  return typeof value === "string" ? value : Number(value);
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Short stretches by the engine, then two at a time into one. */
function* mergeSort(
  rows: Uint32Array<ArrayBuffer>,
  order: (a: number, b: number) => number,
): Generator<undefined, Uint32Array> {
  const count = rows.length;
  for (let start = 0; start < count; start += PAUSE_EVERY) {
    rows.subarray(start, start + PAUSE_EVERY).sort(order);
    yield undefined;
  }
  let [from, to] = [rows, new Uint32Array(count)];
  for (let width = PAUSE_EVERY; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(count, start + width);
      const end = Math.min(count, start + 2 * width);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        const first = left < middle ? (from[left] ?? 0) : undefined;
        const second = right < end ? (from[right] ?? 0) : undefined;
        const takesFirst =
          second === undefined || (first !== undefined && order(first, second) <= 0);
        to[at] = (takesFirst ? first : second) ?? 0;
        if (takesFirst) left++;
        else right++;
        if (at % PAUSE_EVERY === 0) yield undefined;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
