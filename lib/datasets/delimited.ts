/**
 * Rows out of delimited text that arrives in pieces: never more than a few megabytes of it in memory,
 * with line breaks in quotes, in whatever encoding, and with the line on which each row begins.
 */
import Papa from "papaparse";
import { AppError } from "../base/errors.ts";
import { type ByteSource, pieces } from "./byteSource.ts";
import type { ImportFailure } from "./failures.ts";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Rows that were read together. `lines[i]` is the line, from 1, on which `rows[i]` begins. */
export interface RowBatch {
  readonly rows: readonly (readonly string[])[];
  readonly lines: Int32Array;
  /** How many of the source's bytes have been read. */
  readonly bytesRead: number;
}

/** A separator that no text has: each line is one value. */
export const NO_DELIMITER = "\u001f";

/** Parsed together: large enough to be fast, small enough to show progress. */
const PARSE_CHARACTERS = 1 << 20;
/** One row this long is a quote that was opened and never closed. */
const LONGEST_ROW = 1 << 24;

/** Thrown by readText where the bytes are not what the encoding says; another one is tried. */
export class NotInThisEncoding extends Error {
  override readonly name = "NotInThisEncoding";
}

/** The text piece by piece, every line ending as "\n", without a mark at its start. */
export async function* readText(
  source: ByteSource,
  encoding: Encoding,
): AsyncGenerator<{ text: string; bytesRead: number }> {
  const decoder = new TextDecoder(encoding, { fatal: encoding !== "windows-1252" });
  let bytesRead = 0;
  let held = ""; // a "\r" whose "\n" may come with the next piece
  for await (const piece of pieces(source)) {
    bytesRead += piece.length;
    const text = held + decode(decoder, piece);
    held = text.endsWith("\r") ? "\r" : "";
    const lines = withLineFeeds(held ? text.slice(0, -1) : text);
    yield { text: lines, bytesRead: source.taken?.() ?? bytesRead };
  }
  yield { text: withLineFeeds(held + decode(decoder)), bytesRead: source.size };
}

/** Every row of the source, blank lines included as rows of one empty text. */
export async function* readRows(
  source: ByteSource,
  encoding: Encoding,
  delimiter: string,
): AsyncGenerator<RowBatch> {
  let waiting = "";
  let line = 1;
  let read = 0;
  const parse = (text: string, last: boolean): RowBatch & { rest: string } => {
    const { rows, rest, open } = parseRows(text, delimiter, last);
    const lines = new Int32Array(rows.length);
    const quoted = text.includes('"');
    rows.forEach((row, i) => {
      lines[i] = line;
      line += 1 + (quoted ? lineBreaksIn(row) : 0);
    });
    if (open || rest.length > LONGEST_ROW)
      throw new AppError<ImportFailure>({
        code: "quote-open",
        file: source.name,
        line: open ? lines[rows.length - 1]! : line,
      });
    return { rows, lines, bytesRead: read, rest };
  };
  for await (const { text, bytesRead } of readText(source, encoding)) {
    waiting += text;
    read = bytesRead;
    if (waiting.length < PARSE_CHARACTERS) continue;
    const batch = parse(waiting, false);
    waiting = batch.rest;
    if (batch.rows.length > 0) yield batch;
  }
  if (waiting !== "") yield parse(waiting.endsWith("\n") ? waiting.slice(0, -1) : waiting, true);
}

/** The rows of a text. Not `last`: the row at its end may go on, and is given back as `rest`. */
export function parseRows(
  text: string,
  delimiter: string,
  last: boolean,
): { rows: string[][]; rest: string; open: boolean } {
  const parser = new Papa.Parser({ delimiter, newline: "\n" });
  const result = parser.parse(text, 0, !last) as {
    data: string[][];
    errors: readonly { code: string }[];
    meta: { cursor: number };
  };
  return {
    rows: result.data,
    rest: last ? "" : text.slice(result.meta.cursor),
    open: result.errors.some((error) => error.code === "MissingQuotes"),
  };
}

function decode(decoder: TextDecoder, piece?: Uint8Array<ArrayBuffer>): string {
  try {
    return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
  } catch (cause) {
    throw new NotInThisEncoding(decoder.encoding, { cause });
  }
}

function withLineFeeds(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n").replaceAll("\r", "\n") : text;
}

function lineBreaksIn(row: readonly string[]): number {
  let count = 0;
  for (const value of row)
    for (let at = value.indexOf("\n"); at >= 0; at = value.indexOf("\n", at + 1)) count++;
  return count;
}
