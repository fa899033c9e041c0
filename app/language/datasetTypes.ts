/** The workspace's datasets as a declaration: their names, and of tables the columns with their types. */
import type { DatasetColumn } from "../../lib/document/datasetFacts.ts";

/** `columns`: undefined where they are not known yet. */
export interface KnownDataset {
  readonly name: string;
  readonly kind: "table" | "images";
  readonly rows: number;
  readonly columns: readonly DatasetColumn[] | undefined;
}

const MOST_COLUMNS = 1000;
/** Of a text column with few different values these are offered between quotes. */
const MOST_VALUES = 24;
const LONGEST_VALUE = 60;

/** What cell/datasets.d.ts stands for. Names are members' words: they are written as strings, and nothing else. */
export function datasetTypes(datasets: readonly KnownDataset[]): string {
  const byName = new Map<string, KnownDataset[]>();
  for (const one of datasets) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const rows: string[] = [];
  const entries = [...byName].flatMap(([name, [first, ...others]], i) => {
    if (!first) return [];
    const entry = (note: string, type: string): string =>
      `  ${comment(note)}\n  ${JSON.stringify(name)}: ${type};`;
    // Two datasets of one name: which one is meant is not for us to say.
    if (others.length > 0) return [entry("Several datasets bear this name.", "ColumnTable")];
    if (first.kind === "images") return [entry(noteOf(first), "ImageSet")];
    if (!first.columns) return [entry(noteOf(first), "ColumnTable")];
    const row = rowName(name, i);
    rows.push(`export interface ${row} {\n${fieldsOf(first.columns)}\n}`);
    return [entry(noteOf(first), `ColumnTable<${row}>`)];
  });
  return [
    `import type { ImageSet } from "./ensemble.js";`,
    `import type { ColumnTable } from "arquero";`,
    `type Word<Known> = Known | (string & {});`,
    ...rows,
    `export interface Datasets {`,
    ...entries,
    `}`,
    "",
  ].join("\n");
}

/** A name for the rows of a dataset, as people read it in a type: "PenguinsRow". */
function rowName(name: string, nth: number): string {
  const letters = name.replace(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase());
  const word = /^[A-Za-z]/.test(letters) ? letters.slice(0, 40) : `Dataset${nth + 1}`;
  // Two names may have the same letters.
  const own = letters === name ? "" : String(nth + 1);
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}${own}Row`;
}

function fieldsOf(columns: readonly DatasetColumn[]): string {
  return columns
    .slice(0, MOST_COLUMNS)
    .map(
      (column) =>
        `  ${comment(columnNote(column))}\n  ${JSON.stringify(column.name)}: ${valueOf(column)};`,
    )
    .join("\n");
}

/** Missing values are left out of the type: that every sum would have to be guarded helps nobody. */
function valueOf({ type, profile }: DatasetColumn): string {
  switch (type) {
    case "number":
    case "boolean":
      return type;
    case "date":
      return "Date";
    case "text": {
      const words = profile.kind === "values" ? profile.top.map(([word]) => word) : [];
      const all = words.length > 0 && profile.distinct === words.length;
      return all &&
        words.length <= MOST_VALUES &&
        words.every((word) => word.length <= LONGEST_VALUE)
        ? `Word<${words.map((word) => JSON.stringify(word)).join(" | ")}>`
        : "string";
    }
  }
}

function noteOf({ kind, rows, columns }: KnownDataset): string {
  const what = kind === "images" ? "images" : "rows";
  const wide = kind === "table" && columns ? `, ${columns.length} columns` : "";
  return `${rows} ${what}${wide}`;
}

function columnNote({ type, profile }: DatasetColumn): string {
  const range =
    profile.kind !== "range"
      ? `${profile.distinct} different values`
      : type === "date"
        ? `${day(profile.min)} to ${day(profile.max)}`
        : `${short(profile.min)} to ${short(profile.max)}`;
  return profile.missing > 0 ? `${range}, ${profile.missing} missing` : range;
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function day(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "?" : date.toISOString().slice(0, 10);
}

function comment(words: string): string {
  return `/** ${words.replaceAll("*/", "* /")} */`;
}
