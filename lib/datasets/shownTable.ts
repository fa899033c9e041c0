/**
 * A long table that a cell showed, as it is kept: what passes between worker and page, how much there may be of
 * it, and how its bytes are read by somebody who does not trust them.
 */
import { type StoredTable, openTable } from "./arrow.ts";

export const TABLES = "tables";

/** Of one table, in bytes of Arrow: what is above keeps its first rows. */
export const MOST_IN_TABLE = 64 * 1024 * 1024;
/** Of all tables that one run of a cell shows. */
export const MOST_IN_RUN = 128 * 1024 * 1024;
export const MOST_ROWS = 20_000_000;
/** Longer texts are cut, in letters. */
export const LONGEST_CELL = 1_000;

export interface KeepRequest {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the document says of it. */
export interface Expected {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The table in bytes that anybody may have written; undefined where they are not what is expected. What its
 * header claims may take for ever to read: have it done first where it can be ended.
 */
export function openShown(bytes: Uint8Array, { rows, columns }: Expected): StoredTable | undefined {
  if (bytes.byteLength > MOST_IN_TABLE || rows > MOST_ROWS) return undefined;
  try {
    const table = openTable(bytes, LONGEST_CELL + 1);
    return table?.rows === rows && table.names.length === columns ? table : undefined;
  } catch {
    return undefined;
  }
}
