/**
 * The first reading of a delimited source: what its columns are, how many rows there are, and everything that
 * has to be said about them. Rows that are too short are filled up with missing values; of rows that are too
 * long what goes beyond the last column is left out, unless that is more than half of the rows: then it is no table.
 */
import { AppError } from "../base/errors.ts";
import type { ColumnType, ImportNote } from "../document/datasetFacts.ts";
import { type ByteSource, firstBytes } from "./byteSource.ts";
import { ColumnTally } from "./columnTally.ts";
import { type Encoding, NO_DELIMITER, NotInThisEncoding, readText } from "./delimited.ts";
import { type Dialect, sniffDialect } from "./dialect.ts";
import type { ImportFailure } from "./failures.ts";
import { nameColumns } from "./header.ts";
import { type Reading, type RowVisitor, walkRows } from "./rowWalk.ts";
import { SomeLines } from "./someLines.ts";

export interface Survey {
  readonly reading: Reading;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly rows: number;
  readonly notes: readonly ImportNote[];
}

/** What a browser's memory holds with room to work: 50 million numbers are 400 MB. */
export const tableLimits = { columns: 1000, values: 50_000_000 } as const;

const SAMPLE_CHARACTERS = 1 << 18;
const MISSING_WORDS_NAMED = 8;

/** Reads as UTF-8, or as its mark says; and where the bytes are not that, as windows-1252. */
export async function surveySource(
  source: ByteSource,
  progress: (fraction: number) => void,
): Promise<Survey> {
  const marked = markedEncoding(await firstBytes(source, 2));
  try {
    return await surveyAs(source, marked ?? "utf-8", progress);
  } catch (error) {
    if (!(error instanceof NotInThisEncoding)) throw error;
    return await surveyAs(source, "windows-1252", progress);
  }
}

function markedEncoding(head: Uint8Array): Encoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : undefined;
}

async function surveyAs(
  source: ByteSource,
  encoding: Encoding,
  progress: (fraction: number) => void,
): Promise<Survey> {
  const reading = { encoding, dialect: await sniffSource(source, encoding) };
  const surveyor = new Surveyor(source.name, reading.dialect, progress);
  await walkRows(source, reading, surveyor);
  return { reading, ...surveyor.result(encoding) };
}

async function sniffSource(source: ByteSource, encoding: Encoding): Promise<Dialect> {
  let sample = "";
  for await (const { text } of readText(source, encoding)) {
    sample += text;
    if (sample.length >= SAMPLE_CHARACTERS) return sniffDialect(sample, false);
  }
  if (sample.trim() === "") throw new AppError<ImportFailure>(empty(source.name));
  return sniffDialect(sample, true);
}

function empty(file: string): ImportFailure {
  return { code: "file-empty", file };
}

class Surveyor implements RowVisitor {
  readonly #file: string;
  readonly #dialect: Dialect;
  readonly #progress: (fraction: number) => void;
  #names: readonly string[] = [];
  #notes: ImportNote[] = [];
  #tallies: readonly ColumnTally[] = [];
  #rows = 0;
  readonly #short = new SomeLines();
  readonly #long = new SomeLines();
  readonly #blank = new SomeLines();
  #blankSoFar: number[] = [];

  constructor(file: string, dialect: Dialect, progress: (fraction: number) => void) {
    this.#file = file;
    this.#dialect = dialect;
    this.#progress = progress;
  }

  first(written: readonly string[] | undefined, width: number): void {
    if (width > tableLimits.columns) {
      const limit = tableLimits.columns;
      this.#fail({ code: "too-many-columns", file: this.#file, columns: width, limit });
    }
    const { names, notes } = nameColumns(written, width);
    this.#names = names;
    this.#notes = notes;
    this.#tallies = names.map(() => new ColumnTally());
  }

  row(values: readonly string[], line: number): void {
    // Blank lines at the end are how editors end a file; only those between rows are worth a word.
    if (this.#blankSoFar.length > 0) {
      for (const blank of this.#blankSoFar) this.#blank.add(blank);
      this.#blankSoFar = [];
    }
    const width = this.#names.length;
    if (values.length < width) this.#short.add(line);
    else if (values.length > width && values.slice(width).some((text) => text.trim() !== ""))
      this.#long.add(line);
    const { decimalComma } = this.#dialect;
    for (let c = 0; c < width; c++) this.#tallies[c]?.add((values[c] ?? "").trim(), decimalComma);
    this.#rows += 1;
  }

  blank(line: number): void {
    this.#blankSoFar.push(line);
  }

  progress(fraction: number): void {
    const { values: limit } = tableLimits;
    const columns = this.#names.length;
    if (this.#rows * columns > limit)
      this.#fail({ code: "too-many-values", file: this.#file, rows: this.#rows, columns, limit });
    this.#progress(fraction);
  }

  result(encoding: Encoding): Omit<Survey, "reading"> {
    const [file, columns, rows] = [this.#file, this.#names.length, this.#rows];
    if (columns === 0) this.#fail(empty(file));
    if (rows === 0) this.#fail({ code: "only-header", file, columns });
    const long = this.#long;
    if (long.rows > rows / 2) {
      const line = long.lines[0] ?? 0;
      this.#fail({ code: "rows-too-long", file, columns, rows: long.rows, of: rows, line });
    }
    const decided = this.#names.map((name, i) => ({ name, ...this.#tallies[i]!.decide(name) }));
    return {
      columns: decided.map(({ name, type }) => ({ name, type })),
      rows,
      notes: [
        ...dialectNotes(encoding, this.#dialect),
        ...this.#notes,
        ...someRows("short-rows", this.#short),
        ...someRows("long-rows", long),
        ...someRows("blank-lines", this.#blank),
        ...this.#missingNotes(),
        ...decided.flatMap(({ note }) => note ?? []),
      ],
    };
  }

  #missingNotes(): ImportNote[] {
    const notes: ImportNote[] = [];
    const words = new Set(this.#tallies.flatMap((tally) => [...tally.missingWords]));
    const cells = this.#tallies.reduce((sum, tally) => sum + tally.missingWritten, 0);
    if (cells > 0)
      notes.push({ kind: "missing-words", cells, words: [...words].slice(0, MISSING_WORDS_NAMED) });
    const columns = this.#names.filter((_, i) => this.#tallies[i]?.present === 0);
    if (columns.length > 0) notes.push({ kind: "empty-columns", columns });
    return notes;
  }

  #fail(failure: ImportFailure): never {
    throw new AppError(failure);
  }
}

/** What is said of some rows, where there are any. */
export function someRows(
  kind: "short-rows" | "long-rows" | "blank-lines" | "rows-without-numbers",
  { rows, lines }: SomeLines,
): ImportNote[] {
  return rows > 0 ? [{ kind, rows, lines }] : [];
}

function dialectNotes(encoding: Encoding, { delimiter, decimalComma }: Dialect): ImportNote[] {
  const notes: ImportNote[] = [];
  if (encoding !== "utf-8") notes.push({ kind: "encoding", encoding });
  if (delimiter === NO_DELIMITER) notes.push({ kind: "one-column" });
  else if (delimiter !== ",") notes.push({ kind: "delimiter", delimiter, decimalComma });
  return notes;
}
