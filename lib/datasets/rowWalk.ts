/** One walk through a delimited source, row by row: what both of an import's readings have in common. */
import type { ByteSource } from "./byteSource.ts";
import { type Encoding, readRows } from "./delimited.ts";
import type { Dialect } from "./dialect.ts";

export interface RowVisitor {
  /** The first row that is not blank: names, or undefined where it is data already. `width`: how many columns. */
  first(names: readonly string[] | undefined, width: number): void;
  row(values: readonly string[], line: number): void;
  blank?(line: number): void;
  /** After each batch: how far through the source it is, 0 to 1. May throw to end the walk. */
  progress(fraction: number): void;
}

/** How an import reads a source, as its beginning suggests. */
export interface Reading {
  readonly encoding: Encoding;
  readonly dialect: Dialect;
}

export async function walkRows(
  source: ByteSource,
  { encoding, dialect }: Reading,
  visitor: RowVisitor,
): Promise<void> {
  let begun = false;
  for await (const { rows, lines, bytesRead } of readRows(source, encoding, dialect.delimiter)) {
    for (const [i, row] of rows.entries()) {
      const line = lines[i] ?? 0;
      if (row.length === 1 && row[0]?.trim() === "") {
        if (begun) visitor.blank?.(line);
        continue;
      }
      if (begun) visitor.row(row, line);
      else {
        begun = true;
        const names = dialect.rowNames ? ["", ...row] : row;
        visitor.first(dialect.header ? names : undefined, names.length);
        if (!dialect.header) visitor.row(row, line);
      }
    }
    visitor.progress(Math.min(1, bytesRead / Math.max(1, source.size)));
  }
}
