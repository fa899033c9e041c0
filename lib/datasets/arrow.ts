/**
 * Tables as Arrow IPC: how a dataset version's bytes are kept. The same values always give the same bytes, so
 * the digest of the bytes names the content; and every other tool of the field reads them.
 */
import {
  type Column,
  type DataType,
  type Table,
  bool,
  columnFromValues,
  dictionary,
  float64,
  int32,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  TimeUnit,
  timestamp,
  utf8,
} from "@uwdata/flechette";
import { assertNever } from "../base/assertNever.ts";
import { isSound } from "./soundArrow.ts";
import { type ColumnData, type NamedColumn, type Value, columnLength } from "./columns.ts";

/** A column as Arrow has it, to be put together with others. */
export type ArrowColumn = Column<unknown>;

export const ARROW_MIME = "application/vnd.apache.arrow.stream";

/** A table that is read where its bytes are: no value is copied before it is asked for. */
export interface StoredTable {
  readonly rows: number;
  readonly names: readonly string[];
  value(column: number, row: number): Value;
  /** All values of a column, missing as null: a typed array where there are only numbers, without a copy. */
  array(column: number): ArrayLike<Value>;
}

/** `progress` is told how many of the columns are done, 0 to 1. */
export function encodeTable(
  columns: readonly NamedColumn[],
  progress?: (fraction: number) => void,
): Uint8Array<ArrayBuffer> {
  const encoded = columns.map((column, i): [string, ArrowColumn] => {
    const one = arrowColumn(column);
    progress?.((i + 1) / columns.length);
    return [column.name, one];
  });
  return encodeColumns(encoded);
}

/** The bytes of columns that were made one by one. */
export function encodeColumns(
  columns: readonly (readonly [string, ArrowColumn])[],
): Uint8Array<ArrayBuffer> {
  const table = tableFromColumns(
    columns.map(([name, column]): [string, ArrowColumn] => [name, column]),
  );
  const bytes = tableToIPC(table, { format: "stream" });
  if (!bytes) throw new Error("the table came out without bytes");
  // A view into a larger buffer would take the rest along wherever it is sent.
  return bytes.byteLength === bytes.buffer.byteLength
    ? (bytes as Uint8Array<ArrayBuffer>)
    : bytes.slice();
}

export function decodeTable(bytes: Uint8Array): StoredTable {
  return storedTable(tableFromIPC(bytes, { useDate: true }));
}

/** The same of bytes that anybody may have written; undefined where they are no table of values of ours. */
export function openTable(bytes: Uint8Array, longestText: number): StoredTable | undefined {
  const table = tableFromIPC(bytes, { useDate: true });
  return isSound(table, longestText) ? storedTable(table) : undefined;
}

function storedTable(table: Table): StoredTable {
  const columns = table.names.map((_, i): Column<Value> => table.getChildAt(i));
  return {
    rows: table.numRows,
    names: table.names.map(String),
    value: (column, row) => columns[column]?.at(row) ?? null,
    array: (column) => columns[column]?.toArray() ?? [],
  };
}

/** What a column takes of a table's bytes. */
export function byteLengthOf(column: ArrowColumn): number {
  return column.data.reduce((sum, batch) => {
    const { validity, values, offsets } = batch as Partial<typeof batch>;
    const { dictionary: words } = batch as typeof batch & { readonly dictionary?: ArrowColumn };
    const own = [validity, values, offsets].reduce((all, part) => all + (part?.byteLength ?? 0), 0);
    return sum + own + (words ? byteLengthOf(words) : 0);
  }, 0);
}

export function arrowColumn(column: ColumnData): ArrowColumn {
  switch (column.type) {
    case "number":
      return fromNumbers(column.values, isInt32(column.values) ? int32() : float64());
    case "date":
      return fromNumbers(column.values, timestamp(TimeUnit.MILLISECOND, null));
    case "boolean": {
      const { values } = column;
      return columnFromValues((visit) => {
        for (const value of values) visit(value > 1 ? null : value === 1);
      }, bool());
    }
    case "text": {
      const { codes, words } = column;
      // Words that hardly come back are shorter as they are than by their place in a dictionary.
      const repeated = words.length > 0 && words.length <= columnLength(column) / 2;
      const type: DataType = repeated ? dictionary(utf8(), int32()) : utf8();
      return columnFromValues((visit) => {
        for (const code of codes) visit(words[code] ?? null);
      }, type);
    }
    default:
      return assertNever(column);
  }
}

function fromNumbers(values: Float64Array, type: DataType): ArrowColumn {
  return columnFromValues((visit) => {
    for (const value of values) visit(Number.isNaN(value) ? null : value);
  }, type);
}

/** No value is lost as a whole number of 32 bits; a missing one is NaN. */
export function isInt32(values: Float64Array): boolean {
  return values.every((value) => Number.isNaN(value) || (value | 0) === value);
}
