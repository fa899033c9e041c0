/**
 * Reads delimited text into columns. Twice through the source: first to see what the columns are and how many
 * rows there are, then to fill arrays of just that size. So a file of hundreds of megabytes takes little more
 * memory than its values, and a column's type is decided by all of it.
 */
import type { DatasetColumn, ImportNote } from "../document/datasetFacts.ts";
import type { ByteSource } from "./byteSource.ts";
import type { NamedColumn } from "./columns.ts";
import { profileColumn } from "./profile.ts";
import { type RowVisitor, walkRows } from "./rowWalk.ts";
import { SomeLines } from "./someLines.ts";
import { type Survey, someRows, surveySource } from "./survey.ts";
import { type ColumnBuilder, columnBuilder } from "./tableBuilder.ts";

export interface ReadTable {
  readonly columns: readonly NamedColumn[];
  /** Each column's type and profile, in the same order. */
  readonly facts: readonly DatasetColumn[];
  readonly rows: number;
  readonly notes: readonly ImportNote[];
}

/** The share of the time that each of the two readings takes; the rest goes into the columns' profiles. */
const READ = 0.42;

/** Throws AppError<ImportFailure>. `progress` is told how far it is, 0 to 1; what it throws ends the reading. */
export async function readTable(
  source: ByteSource,
  progress: (fraction: number) => void,
): Promise<ReadTable> {
  const survey = await surveySource(source, (part) => progress(part * READ));
  const filler = new Filler(survey, (part) => progress((1 + part) * READ));
  await walkRows(source, survey.reading, filler);
  const columns = filler.columns();
  const facts = columns.map((column, i) => {
    const profile = profileColumn(column);
    progress(2 * READ + (1 - 2 * READ) * ((i + 1) / columns.length));
    return { name: column.name, type: column.type, profile };
  });
  const notes = [...survey.notes, ...someRows("rows-without-numbers", filler.withoutNumbers)];
  return { columns, facts, rows: survey.rows, notes };
}

class Filler implements RowVisitor {
  readonly progress: (fraction: number) => void;
  readonly withoutNumbers = new SomeLines();
  readonly #survey: Survey;
  readonly #builders: readonly ColumnBuilder[];
  /** Whether a column measures something; empty where hardly one does, and nothing is worth saying. */
  readonly #measures: readonly boolean[];
  #next = 0;

  constructor(survey: Survey, progress: (fraction: number) => void) {
    this.#survey = survey;
    this.progress = progress;
    const { decimalComma } = survey.reading.dialect;
    this.#builders = survey.columns.map(({ type }) =>
      columnBuilder(type, survey.rows, decimalComma),
    );
    const measures = survey.columns.map(({ type }) => type === "number");
    this.#measures = measures.filter(Boolean).length > 1 ? measures : [];
  }

  first(): void {
    // the survey has named the columns
  }

  row(values: readonly string[], line: number): void {
    let measured = this.#measures.length === 0;
    for (let c = 0; c < this.#builders.length; c++) {
      const there = this.#builders[c]?.set(this.#next, (values[c] ?? "").trim()) === true;
      if (there && this.#measures[c] === true) measured = true;
    }
    if (!measured) this.withoutNumbers.add(line);
    this.#next += 1;
  }

  columns(): NamedColumn[] {
    return this.#survey.columns.map(({ name }, i) => ({ ...this.#builders[i]!.data, name }));
  }
}
