/**
 * A column of a table that a cell shows, value by value into typed arrays: numbers, truth values, dates, or
 * words for everything else. It pauses now and then, so that whoever drives it can do something else.
 */
import type { TableOutput } from "../kernel/mime.ts";
import { cellOf } from "../kernel/outputs/plain.ts";
import { columnTypeOf } from "../kernel/outputs/table.ts";
import { type ColumnData, MISSING_TRUTH } from "./columns.ts";
import { LONGEST_CELL } from "./shownTable.ts";

export type ShownType = TableOutput["columns"][number]["type"];

export interface GatheredColumn {
  readonly data: ColumnData;
  readonly type: ShownType;
  /** How many letters its longest value takes; of numbers, before the point. */
  readonly longest: number;
}

const PAUSE_EVERY = 4_096;
/** Past this many, words that hardly come back are not looked up any more. */
const LOOKED_UP = 20_000;

type Read = (row: number) => unknown;

/** `mostLetters`: undefined once its different words take more. */
export function* gatherColumn(
  read: Read,
  rows: number,
  mostLetters: number,
): Generator<undefined, GatheredColumn | undefined> {
  const type = yield* firstType(read, rows);
  if (type === "number" || type === "date") {
    const numbers = yield* gatherNumbers(read, rows, type);
    if (numbers) return numbers;
  }
  if (type === "boolean") {
    const truths = yield* gatherTruths(read, rows);
    if (truths) return truths;
  }
  return yield* gatherWords(read, rows, mostLetters);
}

/** Of the first value that is not missing. */
function* firstType(read: Read, rows: number): Generator<undefined, ShownType> {
  for (let row = 0; row < rows; row++) {
    const value = read(row);
    if (!isMissing(value)) return columnTypeOf(value);
    if (row % PAUSE_EVERY === 0) yield undefined;
  }
  return "other";
}

/** Undefined where it holds something else. */
function* gatherNumbers(
  read: Read,
  rows: number,
  type: "number" | "date",
): Generator<undefined, GatheredColumn | undefined> {
  const values = new Float64Array(rows);
  let [least, most] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const value = numberOf(read(row), type);
    if (value === undefined) return undefined;
    values[row] = value;
    if (value < least) least = value;
    else if (value > most) most = value;
    if (row % PAUSE_EVERY === 0) yield undefined;
  }
  const longest = type === "date" ? 19 : Math.max(digits(least), digits(most));
  return { data: { type, values }, type, longest };
}

/** NaN: missing. Undefined: neither a number nor missing, or one that would not be the same. */
function numberOf(value: unknown, type: "number" | "date"): number | undefined {
  if (value === null || value === undefined) return NaN;
  if (type === "date") return value instanceof Date ? value.getTime() : undefined;
  if (typeof value === "number") return value;
  return typeof value === "bigint" && Number.isSafeInteger(Number(value))
    ? Number(value)
    : undefined;
}

function digits(value: number): number {
  return Math.abs(value) < 1e15 ? String(Math.trunc(value)).length : 9;
}

function* gatherTruths(read: Read, rows: number): Generator<undefined, GatheredColumn | undefined> {
  const values = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = read(row);
    if (typeof value === "boolean") values[row] = value ? 1 : 0;
    else if (isMissing(value)) values[row] = MISSING_TRUTH;
    else return undefined;
    if (row % PAUSE_EVERY === 0) yield undefined;
  }
  return { data: { type: "boolean", values }, type: "boolean", longest: 5 };
}

function* gatherWords(
  read: Read,
  rows: number,
  mostLetters: number,
): Generator<undefined, GatheredColumn | undefined> {
  const codes = new Int32Array(rows);
  const words: string[] = [];
  const places = new Map<string, number>();
  const types = new Set<ShownType>();
  let [longest, letters, lookUp] = [1, 0, true];
  for (let row = 0; row < rows; row++) {
    const value = read(row);
    const word = wordOf(value);
    if (row % PAUSE_EVERY === 0) yield undefined;
    if (word === null) {
      codes[row] = -1;
      continue;
    }
    types.add(columnTypeOf(value));
    if (lookUp && places.size > Math.max(LOOKED_UP, row / 2)) {
      lookUp = false;
      places.clear();
    }
    const known = lookUp ? places.get(word) : undefined;
    codes[row] = known ?? words.length;
    if (known !== undefined) continue;
    if (lookUp) places.set(word, words.length);
    words.push(word);
    longest = Math.max(longest, word.length);
    letters += word.length;
    if (letters > mostLetters) return undefined;
  }
  const [only = "other"] = types;
  return { data: { type: "text", codes, words }, type: types.size === 1 ? only : "other", longest };
}

function wordOf(value: unknown): string | null {
  if (isMissing(value)) return null;
  if (typeof value === "string") return cut(value);
  if (typeof value === "bigint") return String(value);
  const cell = cellOf(value);
  if (cell === null) return null;
  return cut(typeof cell === "object" ? JSON.stringify(cell) : String(cell));
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value !== value;
}

function cut(text: string): string {
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
}
