/**
 * What a document says of a dataset version besides its bytes: the columns with their profiles, and what the
 * import had to assume. Plain values; parsed, since they come from other members.
 */
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";

export type ColumnType = "number" | "boolean" | "date" | "text";

export interface DatasetColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly profile: ColumnProfile;
}

/**
 * A column's statistics. `count` is of the values that are there. Dates are milliseconds since 1970, UTC.
 * `bins` are counts of equal widths from `min` to `max`; `top` are the most frequent values, first ones first.
 */
export type ColumnProfile = {
  readonly count: number;
  readonly missing: number;
  readonly distinct: number;
} & (
  | {
      readonly kind: "range";
      readonly min: number;
      readonly median: number;
      readonly max: number;
      readonly bins: readonly number[];
    }
  | { readonly kind: "values"; readonly top: readonly (readonly [string, number])[] }
);

/** Something the import assumed or changed. Lines are counted from 1 and name only the first few. */
export type ImportNote =
  | { readonly kind: "encoding"; readonly encoding: string }
  | { readonly kind: "delimiter"; readonly delimiter: string; readonly decimalComma: boolean }
  | { readonly kind: "one-column" }
  | { readonly kind: "no-header" }
  | { readonly kind: "unnamed-columns"; readonly columns: readonly string[] }
  | { readonly kind: "renamed-columns"; readonly columns: readonly string[] }
  | { readonly kind: "short-rows"; readonly rows: number; readonly lines: readonly number[] }
  | { readonly kind: "long-rows"; readonly rows: number; readonly lines: readonly number[] }
  | { readonly kind: "blank-lines"; readonly rows: number; readonly lines: readonly number[] }
  | { readonly kind: "missing-words"; readonly cells: number; readonly words: readonly string[] }
  | {
      /** A number column with a few words in it: they became missing. */
      readonly kind: "words-in-numbers";
      readonly column: string;
      readonly cells: number;
      readonly words: readonly string[];
    }
  | {
      /** A text column of which at least half could be numbers. */
      readonly kind: "numbers-in-text";
      readonly column: string;
      readonly cells: number;
      readonly words: readonly string[];
    }
  | { readonly kind: "kept-as-text"; readonly column: string; readonly why: "zeros" | "long" }
  | { readonly kind: "empty-columns"; readonly columns: readonly string[] }
  | {
      readonly kind: "rows-without-numbers";
      readonly rows: number;
      readonly lines: readonly number[];
    }
  | { readonly kind: "no-labels" };

const types: readonly ColumnType[] = ["number", "boolean", "date", "text"];

export function parseDatasetColumn(value: unknown): DatasetColumn | undefined {
  const record = asRecord(value);
  const name = asString(record?.["name"]);
  const type = types.find((one) => one === record?.["type"]);
  const profile = parseProfile(asRecord(record?.["profile"]));
  return name === undefined || !type || !profile ? undefined : { name, type, profile };
}

function parseProfile(record: Record<string, unknown> | undefined): ColumnProfile | undefined {
  if (!record) return undefined;
  const number = (key: string): number => asNumber(record[key]) ?? 0;
  const counts = {
    count: number("count"),
    missing: number("missing"),
    distinct: number("distinct"),
  };
  if (record["kind"] === "range")
    return {
      ...counts,
      kind: "range",
      min: number("min"),
      median: number("median"),
      max: number("max"),
      bins: numbers(record["bins"]),
    };
  if (record["kind"] !== "values") return undefined;
  const top = asArray(record["top"]).flatMap((pair): (readonly [string, number])[] => {
    const word = asString(asArray(pair)[0]);
    const count = asNumber(asArray(pair)[1]);
    return word === undefined || count === undefined ? [] : [[word, count]];
  });
  return { ...counts, kind: "values", top };
}

export function parseImportNote(value: unknown): ImportNote | undefined {
  const record = asRecord(value);
  if (!record) return undefined;
  const kind = record["kind"] as ImportNote["kind"];
  const text = (key: string): string => asString(record[key]) ?? "";
  const count = (key: string): number => asNumber(record[key]) ?? 0;
  switch (kind) {
    case "encoding":
      return { kind, encoding: text("encoding") };
    case "delimiter":
      return { kind, delimiter: text("delimiter"), decimalComma: record["decimalComma"] === true };
    case "one-column":
    case "no-header":
    case "no-labels":
      return { kind };
    case "unnamed-columns":
    case "renamed-columns":
    case "empty-columns":
      return { kind, columns: strings(record["columns"]) };
    case "short-rows":
    case "long-rows":
    case "blank-lines":
    case "rows-without-numbers":
      return { kind, rows: count("rows"), lines: numbers(record["lines"]) };
    case "missing-words":
      return { kind, cells: count("cells"), words: strings(record["words"]) };
    case "words-in-numbers":
    case "numbers-in-text":
      return {
        kind,
        column: text("column"),
        cells: count("cells"),
        words: strings(record["words"]),
      };
    case "kept-as-text":
      return { kind, column: text("column"), why: record["why"] === "long" ? "long" : "zeros" };
    default:
      return undefined; // of a newer app
  }
}

function strings(value: unknown): string[] {
  return asArray(value).flatMap((one) => asString(one) ?? []);
}

function numbers(value: unknown): number[] {
  return asArray(value).flatMap((one) => asNumber(one) ?? []);
}
