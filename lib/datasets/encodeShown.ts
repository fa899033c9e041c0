/**
 * A table that a cell shows as Arrow IPC: all of its rows, or where they take more bytes than they may, the first
 * ones that fit. One column after another, so that little is in memory at a time; it pauses now and then.
 */
import type { TableOutput } from "../kernel/mime.ts";
import { MOST_COLUMNS } from "../kernel/outputs/table.ts";
import type { TableSource } from "../kernel/outputs/tableSource.ts";
import { type ArrowColumn, byteLengthOf, encodeColumns } from "./arrow.ts";
import { directColumn } from "./directColumn.ts";
import { gatherColumn } from "./gatherColumn.ts";
import { LONGEST_CELL, MOST_ROWS } from "./shownTable.ts";

export interface EncodedTable {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  readonly columns: TableOutput["columns"];
  readonly width: number;
}

const LOOKED_AT = 500;
/** What stands around the columns, and the rounding of each. */
const AROUND = 16_384;
const LEAST_CUT = 0.9;

/** Undefined where not even one row fits. */
export function* encodeShown(
  source: TableSource,
  mostBytes: number,
): Generator<undefined, EncodedTable | undefined> {
  const all = [...source.names, ...(yield* source.laterNames())];
  const names = all.slice(0, MOST_COLUMNS);
  const room = mostBytes - AROUND;
  let rows = Math.min(source.rows, MOST_ROWS, Math.floor(room / bytesOfRow(source, names)));
  while (rows > 0) {
    const tried = yield* encodeRows(source, names, rows, room);
    if (tried.fits)
      return {
        bytes: encodeColumns(tried.columns),
        rows,
        columns: tried.described,
        width: all.length,
      };
    rows = Math.floor(rows * Math.min(LEAST_CUT, tried.share));
  }
  return undefined;
}

/** About how many bytes the rows take, for what is to be known before they are gathered. */
export function estimateBytes(source: TableSource): number {
  const names = source.names.slice(0, MOST_COLUMNS);
  return Math.min(source.rows, MOST_ROWS) * bytesOfRow(source, names) + AROUND;
}

type Tried =
  | {
      readonly fits: true;
      readonly columns: readonly (readonly [string, ArrowColumn])[];
      readonly described: TableOutput["columns"];
    }
  /** About which share of the rows would. */
  | { readonly fits: false; readonly share: number };

function* encodeRows(
  source: TableSource,
  names: readonly string[],
  rows: number,
  room: number,
): Generator<undefined, Tried> {
  const columns: (readonly [string, ArrowColumn])[] = [];
  const described: TableOutput["columns"][number][] = [];
  let bytes = 0;
  for (const name of names) {
    const gathered = yield* gatherColumn(source.column(name), rows, room);
    if (!gathered) return { fits: false, share: 0.5 };
    const column = yield* directColumn(gathered.data);
    bytes += byteLengthOf(column);
    columns.push([name, column]);
    if (bytes > room)
      return { fits: false, share: (room / bytes) * (columns.length / names.length) };
    described.push({
      name: name.slice(0, LONGEST_CELL),
      type: gathered.type,
      longest: gathered.longest,
    });
    yield undefined;
  }
  return { fits: true, columns, described };
}

/** On average, from rows all over the table. */
function bytesOfRow(source: TableSource, names: readonly string[]): number {
  const looked = Math.min(LOOKED_AT, source.rows);
  const step = source.rows / Math.max(1, looked);
  let bytes = 0;
  for (const name of names) {
    const read = source.column(name);
    for (let i = 0; i < looked; i++) bytes += bytesOf(read(Math.floor(i * step)));
  }
  return Math.max(1 / 8, bytes / Math.max(1, looked));
}

function bytesOf(value: unknown): number {
  if (typeof value === "string") return 4 + Math.min(value.length, LONGEST_CELL);
  if (typeof value === "boolean") return 1 / 4;
  return typeof value === "object" && value !== null && !(value instanceof Date) ? 40 : 8;
}
