/** Arquero tables and lists of records, as a table of their first rows. */
import { type Json, asRecord } from "../../base/json.ts";
import type { MimeBundle, TableOutput } from "../mime.ts";
import { cut, fieldsOf, itemsOf } from "./fields.ts";
import { cellOf } from "./plain.ts";
import { textOf } from "./text.ts";

const MOST_ROWS = 50;
const MOST_COLUMNS = 100;
const MOST_HEAD = 500;
const LONGEST_NAME = 200;

type ColumnType = TableOutput["columns"][number]["type"];

interface ArqueroLike {
  numRows(): number;
  columnNames(): string[];
  objects(options: { limit: number }): Record<string, unknown>[];
}

/** Undefined where the value is neither. */
export function tableBundle(value: object): MimeBundle | undefined {
  if (isArquero(value)) {
    return rowsBundle(value.columnNames(), value.objects({ limit: MOST_ROWS }), value.numRows());
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const head = itemsOf(value, MOST_ROWS).map(plainRecord);
  if (!head.every((row) => row !== undefined)) return undefined;
  const names = new Set(head.flatMap((row) => Object.keys(row)));
  return names.size === 0 ? undefined : rowsBundle([...names], head, value.length);
}

/** The table of these rows; for modules that have something tabular to show. */
export function rowsBundle(
  names: readonly string[],
  all: readonly Readonly<Record<string, unknown>>[],
  rows: number,
): MimeBundle {
  const head = all.slice(0, MOST_HEAD);
  const shown = names.slice(0, MOST_COLUMNS);
  const output: TableOutput = {
    columns: shown.map((name) => ({
      name: cut(name, LONGEST_NAME),
      type: typeOf(head.map((row) => row[name])),
    })),
    head: head.map((row) => shown.map((name) => cellOf(row[name]))),
    rows,
  };
  const line = (cells: readonly Json[]): string =>
    cells.map((one) => (one === null ? "" : textOf(one))).join("\t");
  return {
    "application/vnd.ensemble.table+json": output,
    "text/plain": textOf([line(shown), ...output.head.map(line), `${rows} rows`].join("\n")),
  };
}

function isArquero(value: object): value is ArqueroLike {
  return "numRows" in value && "columnNames" in value && "objects" in value && "derive" in value;
}

function plainRecord(value: unknown): Record<string, unknown> | undefined {
  const record = asRecord(value);
  if (!record) return undefined;
  const prototype: unknown = Object.getPrototypeOf(record);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return Object.fromEntries(fieldsOf(record, MOST_COLUMNS).shown);
}

function typeOf(values: readonly unknown[]): ColumnType {
  const types = new Set(values.filter((one) => one != null && one === one).map(typeOfOne));
  const [only = "other"] = types;
  return types.size === 1 ? only : "other";
}

function typeOfOne(value: unknown): ColumnType {
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
