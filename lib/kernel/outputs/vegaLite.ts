/**
 * A Vega-Lite spec: known by its $schema, made plain with its data in it. Tables may stand where values do.
 * The page draws it; nothing here knows Vega.
 */
import { type Json, asArray, asRecord, asString } from "../../base/json.ts";
import type { MimeBundle } from "../mime.ts";
import { fieldOf, fieldsOf, itemsOf, lengthOf } from "./fields.ts";
import { cellOf } from "./plain.ts";
import { isTyped } from "./text.ts";

const MOST_VALUES = 150_000;
const DEEPEST = 30;

interface ArqueroLike {
  numRows(): number;
  columnNames(): string[];
  objects(): Record<string, unknown>[];
}

/** Undefined where the value is none. Throws where it holds more data than a chart can. */
export function vegaLiteBundle(value: object): MimeBundle | undefined {
  const spec = specOf(value);
  if (!spec) return undefined;
  const own = Object.fromEntries(Object.entries(spec).filter(([key]) => key !== "usermeta"));
  const plain = plainSpec(own, DEEPEST, { left: MOST_VALUES, words: wordsIn(own) });
  return { "application/vnd.vegalite.v6+json": plain, "text/plain": describe(own) };
}

/** The spec itself, or what a builder's object says it is. */
function specOf(value: object): Record<string, unknown> | undefined {
  if (isVegaLite(value)) return value;
  if (!("toSpec" in value) || typeof value.toSpec !== "function") return undefined;
  const built: unknown = (value as { toSpec(): unknown }).toSpec();
  return typeof built === "object" && built !== null && isVegaLite(built) ? built : undefined;
}

function isVegaLite(value: object): value is Record<string, unknown> {
  return asString(fieldOf(value, "$schema"))?.includes("vega-lite") ?? false;
}

interface Budget {
  left: number;
  /** Every word that the spec says: a column that none of them names is not drawn. */
  readonly words: readonly string[];
}

function plainSpec(value: unknown, depth: number, budget: Budget): Json {
  if (typeof value !== "object" || value === null)
    return typeof value === "function" ? null : cellOf(value);
  if (value instanceof Date) return cellOf(value);
  if (depth === 0) throw new Error(`This chart's spec is more than ${DEEPEST} levels deep.`);
  if (isArquero(value)) return plainSpec(rowsOf(value, budget), depth, budget);
  if (isTyped(value) || Array.isArray(value)) {
    if (lengthOf(value) > budget.left) throw tooMuch();
    return itemsOf(value, MOST_VALUES).map((one) =>
      spent(plainSpec(one, depth - 1, budget), budget),
    );
  }
  const entries = Object.entries(value).filter(
    ([, one]) => one !== undefined && typeof one !== "function",
  );
  return Object.fromEntries(
    entries.map(([key, one]) => [key, spent(plainSpec(one, depth - 1, budget), budget)]),
  );
}

function spent(json: Json, budget: Budget): Json {
  if (--budget.left >= 0) return json;
  throw tooMuch();
}

function tooMuch(): Error {
  const most = MOST_VALUES.toLocaleString("en");
  return new Error(
    `this chart holds more than ${most} values. Aggregate or sample its table first`,
  );
}

function rowsOf(table: ArqueroLike, { words, left }: Budget): unknown[] {
  if (table.numRows() > left) throw tooMuch();
  const names = table.columnNames().filter((name) => words.some((word) => word.includes(name)));
  return table.objects().map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
}

function isArquero(value: object): value is ArqueroLike {
  return "numRows" in value && "columnNames" in value && "objects" in value && "derive" in value;
}

/** The strings of the spec outside its data. */
function wordsIn(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || seen.has(value) || isArquero(value)) return [];
  if (seen.size >= MOST_VALUES) return [];
  seen.add(value);
  return fieldsOf(value, MOST_VALUES).shown.flatMap(([key, one]) =>
    key === "values" || key === "datasets" ? [] : wordsIn(one, seen),
  );
}

/** For those who do not see it: its title, its marks and what it draws of which column. */
function describe(spec: Record<string, unknown>): string {
  const title = asString(spec["title"]) ?? asString(asRecord(spec["title"])?.["text"]);
  const said = asString(spec["description"]) ?? title;
  const channels = new Set<string>();
  const marks = new Set<string>();
  const visit = (one: unknown, depth: number): void => {
    const view = asRecord(one);
    if (!view || depth === 0) return;
    const mark = asString(view["mark"]) ?? asString(asRecord(view["mark"])?.["type"]);
    if (mark !== undefined) marks.add(mark);
    for (const [channel, of] of Object.entries(asRecord(view["encoding"]) ?? {})) {
      const field = asString(asRecord(of)?.["field"]) ?? asString(asRecord(of)?.["aggregate"]);
      if (field !== undefined) channels.add(`${channel}: ${field}`);
    }
    for (const key of ["layer", "hconcat", "vconcat", "concat"])
      for (const part of asArray(view[key])) visit(part, depth - 1);
    visit(view["spec"], depth - 1);
  };
  visit(spec, 5);
  const drawn = [[...marks].join(" and "), [...channels].slice(0, 8).join(", ")].filter(Boolean);
  return [said, `chart${drawn.length > 0 ? ` of ${drawn.join("; ")}` : ""}`]
    .filter(Boolean)
    .join(". ")
    .slice(0, 500);
}
