/** Rows of a table that something is said about, to be shown alone. */
import type { StoredTable } from "../../lib/datasets/arrow.ts";

/** The rows in which all of these columns are missing. */
export function rowsMissing(table: StoredTable, columns: readonly number[]): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++)
    if (columns.every((column) => table.value(column, row) === null)) rows.push(row);
  return Uint32Array.from(rows);
}
