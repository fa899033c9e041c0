/**
 * Tables as outputs: their first rows, which travel in the document, and where there are more the place at which
 * all of them are kept. What keeps them is handed in.
 */
import type { Json } from "../../base/json.ts";
import type { MimeBundle, TableOutput } from "../mime.ts";
import { cut as shorten } from "./fields.ts";
import { cellOf } from "./plain.ts";
import { type TableSource, tableSource } from "./tableSource.ts";
import { textOf } from "./text.ts";

const MOST_ROWS = 50;
const MOST_HEAD = 500;
const LONGEST_NAME = 200;
/** Of a table's columns these are shown and kept. */
export const MOST_COLUMNS = 100;
/** What the first rows may take of a document, in letters. */
const HEAD_LETTERS = 12_000;
const LONGEST_CELL = 400;
const PLAIN_LETTERS = 2_000;

type ColumnType = TableOutput["columns"][number]["type"];

/** All rows of a table, or its first ones, as they were kept. `columns` are those of all its rows. */
export type KeptTable = Required<Pick<TableOutput, "columns" | "whole">> &
  Pick<TableOutput, "width">;

/** Keeps the rows of a table; or says why it does not. */
export type KeepTable = (
  source: TableSource,
) => Promise<KeptTable | NonNullable<TableOutput["missing"]>>;

interface Head {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  readonly types: readonly ColumnType[];
  /** Nothing of the table is left out of it. */
  readonly whole: boolean;
}

/** Undefined where the value is no table; a promise where its rows are being kept. */
export function tableBundle(
  value: object,
  keep?: KeepTable,
): MimeBundle | Promise<MimeBundle> | undefined {
  const source = tableSource(value);
  if (!source) return undefined;
  const head = headOf(source);
  if (!keep || head.whole) return bundleOfTable(outputOf(source, head));
  return keep(source).then((kept) =>
    bundleOfTable(
      typeof kept === "string"
        ? { ...outputOf(source, head), missing: kept }
        : {
            ...outputOf(source, head),
            ...kept,
            head: head.rows.map((row) => kept.columns.map((_, i) => row[i] ?? null)),
          },
    ),
  );
}

/** The table of these rows; for modules that have something tabular to show. */
export function rowsBundle(
  names: readonly string[],
  all: readonly Readonly<Record<string, unknown>>[],
  rows: number,
): MimeBundle {
  const head = all.slice(0, MOST_HEAD);
  const shown = names.slice(0, MOST_COLUMNS);
  return bundleOfTable({
    columns: shown.map((name) => ({
      name: shorten(name, LONGEST_NAME),
      type: typeOf(head.map((row) => row[name])),
    })),
    head: head.map((row) => shown.map((name) => shortCell(row[name]).cell)),
    rows,
  });
}

function headOf(source: TableSource): Head {
  const names = source.names.slice(0, MOST_COLUMNS);
  const columns = names.map((name) => source.column(name));
  const values: unknown[][] = [];
  const rows: Json[][] = [];
  let letters = 0;
  let cut = false;
  for (let row = 0; row < Math.min(source.rows, MOST_ROWS); row++) {
    const read = columns.map((column) => column(row));
    const cells = read.map(shortCell);
    letters += cells.reduce((sum, { letters: some }) => sum + some, 0);
    if (row > 0 && letters > HEAD_LETTERS) break;
    cut ||= cells.some((cell) => cell.cut);
    values.push(read);
    rows.push(cells.map(({ cell }) => cell));
  }
  const types = names.map((_, i) => typeOf(values.map((row) => row[i])));
  return { names, rows, types, whole: rows.length === source.rows && !cut };
}

function outputOf(source: TableSource, { names, rows, types }: Head): TableOutput {
  const all = source.names.length;
  return {
    columns: names.map((name, i) => ({ name, type: types[i] ?? "other" })),
    head: rows,
    rows: source.rows,
    ...(all > names.length && { width: all }),
  };
}

function bundleOfTable(output: TableOutput): MimeBundle {
  const line = (cells: readonly Json[]): string =>
    cells.map((one) => (one === null ? "" : textOf(one))).join("\t");
  let plain = line(output.columns.map(({ name }) => name));
  for (const row of output.head) {
    if (plain.length > PLAIN_LETTERS) break;
    plain += `\n${line(row)}`;
  }
  return {
    "application/vnd.ensemble.table+json": output,
    "text/plain": `${plain}\n${output.rows} rows`,
  };
}

/** A value as it stands in a document: what is long or deep is told by its beginning. */
function shortCell(value: unknown): { cell: Json; letters: number; cut: boolean } {
  const cell = cellOf(value);
  const long = typeof cell === "object" && cell !== null ? JSON.stringify(cell) : cell;
  const text = typeof long === "string" ? long : String(long);
  if (text.length <= LONGEST_CELL) return { cell, letters: text.length + 3, cut: false };
  return { cell: `${text.slice(0, LONGEST_CELL)}…`, letters: LONGEST_CELL + 3, cut: true };
}

function typeOf(values: readonly unknown[]): ColumnType {
  const types = new Set(values.filter((one) => one != null && one === one).map(columnTypeOf));
  const [only = "other"] = types;
  return types.size === 1 ? only : "other";
}

/** What a column is called in which every value is like this one. */
export function columnTypeOf(value: unknown): ColumnType {
  if (value instanceof Date) return "date";
  switch (typeof value) {
    case "number":
    case "bigint":
      return "number";
    case "string":
      return "text";
    case "boolean":
      return "boolean";
    default:
      return "other";
  }
}
