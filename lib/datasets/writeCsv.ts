/** A table as CSV (RFC 4180), in parts that can be written one after another. Missing values are empty. */
import type { StoredTable } from "./arrow.ts";
import type { Value } from "./columns.ts";

const ROWS_A_PART = 5000;

export function* writeCsv(table: StoredTable): Generator<string> {
  yield csvLine(table.names);
  for (let start = 0; start < table.rows; start += ROWS_A_PART) {
    const end = Math.min(table.rows, start + ROWS_A_PART);
    let part = "";
    for (let row = start; row < end; row++)
      part += csvLine(table.names.map((_, column) => textOf(table.value(column, row))));
    yield part;
  }
}

function csvLine(values: readonly string[]): string {
  // A line of one empty value would read as a blank line.
  const line = values.length === 1 && values[0] === "" ? '""' : values.map(quoted).join(",");
  return `${line}\r\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function textOf(value: Value): string {
  if (value === null) return "";
  return value instanceof Date ? value.toISOString() : String(value);
}
