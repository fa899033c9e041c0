/** Puts a table on the clipboard as CSV: as many of its rows as a clipboard bears. Gives back what to say of it. */
import type { StoredTable } from "../../../lib/datasets/arrow.ts";
import { withRows } from "../../../lib/datasets/selectRows.ts";
import { writeCsv } from "../../../lib/datasets/writeCsv.ts";
import { count } from "../../datasets/words.ts";

const MOST_ROWS = 50_000;

export async function copyCsv(table: StoredTable): Promise<string> {
  const few = Math.min(MOST_ROWS, table.rows);
  const rows = withRows(
    table,
    few < table.rows ? Uint32Array.from({ length: few }, (_, row) => row) : undefined,
  );
  try {
    await navigator.clipboard.writeText([...writeCsv(rows)].join(""));
  } catch {
    return "The browser did not let the page copy. Download the table as CSV instead.";
  }
  return few < table.rows
    ? `The first ${count(few, "row")} are copied as CSV. Download the table to have all ${table.rows.toLocaleString("en")}.`
    : `${count(few, "row")} copied as CSV.`;
}
