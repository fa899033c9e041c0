/** A table in memory, column by column, in arrays that hold millions of values. */
import { assertNever } from "../base/assertNever.ts";

/** One value of a table; null is missing. */
export type Value = number | string | boolean | Date | null;

export type ColumnData =
  /** NaN is missing. */
  | { readonly type: "number"; readonly values: Float64Array }
  /** Milliseconds since 1970, UTC; NaN is missing. */
  | { readonly type: "date"; readonly values: Float64Array }
  /** 0, 1, or MISSING_TRUTH. */
  | { readonly type: "boolean"; readonly values: Uint8Array }
  /** `codes` are places in `words`; -1 is missing. */
  | { readonly type: "text"; readonly codes: Int32Array; readonly words: readonly string[] };

export type NamedColumn = ColumnData & { readonly name: string };

export const MISSING_TRUTH = 2;

export function columnLength(column: ColumnData): number {
  return column.type === "text" ? column.codes.length : column.values.length;
}

export function valueAt(column: ColumnData, row: number): Value {
  switch (column.type) {
    case "number":
    case "date": {
      const value = column.values[row] ?? NaN;
      if (Number.isNaN(value)) return null;
      return column.type === "date" ? new Date(value) : value;
    }
    case "boolean": {
      const value = column.values[row] ?? MISSING_TRUTH;
      return value === MISSING_TRUTH ? null : value === 1;
    }
    case "text":
      return column.words[column.codes[row] ?? -1] ?? null;
    default:
      return assertNever(column);
  }
}
