/** What stands in and under a table: values as a reader wants them, widths, and how much of it there is. */
import type { Json } from "../../../lib/base/json.ts";
import type { StoredTable } from "../../../lib/datasets/arrow.ts";
import type { Value } from "../../../lib/datasets/columns.ts";
import type { TableOutput } from "../../../lib/kernel/mime.ts";
import { writtenDate } from "../../datasets/columnWords.ts";
import { count } from "../../datasets/words.ts";
import { columnFormat, formatNumber } from "./numbers.ts";
import { textOf } from "./parse.ts";

type Column = TableOutput["columns"][number];
export type Write = (value: Json | Value) => string;

const NARROWEST = 5;
const WIDEST = 34;
const LONGEST_SHOWN = 200;
const PADDING = 2;
const ICON = 3;

/** How a column's values are written: by its first rows, so that nothing moves when the others come. */
export function writerOf(column: Column, head: readonly (Json | undefined)[]): Write {
  const format = columnFormat(head);
  const whole = head.every((value) => typeof value !== "number" || Number.isInteger(value));
  return (value) => {
    if (typeof value === "number")
      // What the first rows did not tell must not be rounded away.
      return whole && !Number.isInteger(value) ? formatNumber(value) : format(value);
    if (value instanceof Date) return writtenDate(value);
    if (column.type === "date" && typeof value === "string") return writtenDate(new Date(value));
    const text = textOf(value);
    return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  };
}

/** In widths of a digit. */
export function widthOf(column: Column, head: readonly (Json | undefined)[], write: Write): number {
  const written = head.map((value) => (value == null ? 1 : write(value).length));
  const decimals = Math.max(0, ...head.map((value) => decimalsOf(value, write)));
  const longest = (column.longest ?? 0) + (column.type === "number" ? decimals : 0);
  const needed = Math.max(longest, column.name.length + ICON, ...written);
  return Math.min(WIDEST, Math.max(NARROWEST, needed + PADDING));
}

function decimalsOf(value: Json | undefined, write: Write): number {
  if (typeof value !== "number") return 0;
  const text = write(value);
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point;
}

/** Which rows can be seen, before how many there are. */
export function rowWords([first, last]: readonly [first: number, last: number]): string {
  return `Rows ${first.toLocaleString("en")} to ${last.toLocaleString("en")} · `;
}

/** "1,000,000 rows", "50 of 344 rows", "first 812,000 of 2,300,000 rows"; then how many columns. */
export function sizeWords({ columns, head, rows, whole, width }: TableOutput): string {
  const here = whole?.rows ?? head.length;
  const some = here < rows ? `${whole ? "first " : ""}${here.toLocaleString("en")} of ` : "";
  const wide = width === undefined || width <= columns.length ? "" : `${columns.length} of `;
  return `${some}${count(rows, "row")} · ${wide}${count(width ?? columns.length, "column")}`;
}

/** Why some rows are not kept; undefined where all are, or nobody knows. */
export function whyMissing({ rows, whole, missing }: TableOutput): string | undefined {
  if (whole && whole.rows < rows) return "A table keeps the rows that fit in 64 MiB.";
  switch (missing) {
    case "too-much":
      return "One run keeps 128 MiB of tables: of this one only the first rows are here. Show fewer tables in the cell to keep it.";
    case "stopped":
      return "The cell was stopped before the other rows were kept.";
    case "not-kept":
      return "The other rows could not be kept. Run the cell again to try once more.";
    default:
      return undefined;
  }
}

/** The first rows as a table that can be sorted and exported. */
export function headTable({ columns, head }: TableOutput): StoredTable {
  const value = (column: number, row: number): Value => {
    const one = head[row]?.[column] ?? null;
    if (columns[column]?.type === "date" && typeof one === "string") return new Date(one);
    return typeof one === "object" && one !== null ? textOf(one) : one;
  };
  return {
    rows: head.length,
    names: columns.map(({ name }) => name),
    value,
    array: (column) => head.map((_, row) => value(column, row)),
  };
}
