/** Every failure and every note of an import in a sentence: what happened, to what, what to do. */
import { assertNever } from "../../lib/base/assertNever.ts";
import type { ImportFailure } from "../../lib/datasets/failures.ts";
import type { DatasetColumn, ImportNote } from "../../lib/document/datasetFacts.ts";
import { count, fileSize, listed, onLines } from "./words.ts";

export function wordImportFailure(failure: ImportFailure): string {
  switch (failure.code) {
    case "file-empty":
      return `${failure.file} is empty: it holds no values. Check that it was saved or downloaded whole.`;
    case "only-header":
      return `${failure.file} has a header of ${count(failure.columns, "column")} and no rows below it. Add rows and import it again.`;
    case "not-a-table":
      return failure.format === null
        ? `${failure.file} is not text, whatever its name says. Ensemble imports CSV and other separated text, and images as IDX files.`
        : `${failure.file} is ${failure.format}, not a table. Save the data as CSV and import that.`;
    case "quote-open":
      return `${failure.file}: a quote that opens on line ${failure.line} is never closed. Close it, or double the quotes that belong to the text.`;
    case "rows-too-long":
      return `${failure.file} is no table as it stands: the first line names ${count(failure.columns, "column")}, and ${count(failure.rows, "row")} of ${failure.of} ${failure.rows === 1 ? "has more values, on" : "have more values, first on"} line ${failure.line}. Take away lines above the header, or name every column.`;
    case "too-many-columns":
      return `${failure.file} has ${count(failure.columns, "column")}; Ensemble takes up to ${count(failure.limit, "column")}. Leave out what is not needed, or turn the table on its side.`;
    case "too-many-values":
      return `${failure.file} is too large: after ${count(failure.rows, "row")} of ${count(failure.columns, "column")} it passes ${failure.limit.toLocaleString("en")} values. Split it, or leave out columns.`;
    case "gzip-broken":
      return `${failure.file} cannot be unpacked: it is cut short or damaged. Download or pack it again.`;
    case "file-unreadable":
      return `${failure.file} cannot be read any more: it was moved, changed or closed off while it was being read. Choose it again.`;
    case "idx-length":
      return failure.actual < failure.expected
        ? `${failure.file} is cut short: its header promises ${fileSize(failure.expected)}, and there are ${fileSize(failure.actual)}. Download it again.`
        : `${failure.file} holds ${fileSize(failure.actual)}, and its header says ${fileSize(failure.expected)}: it is damaged, or two files in one. Download it again.`;
    case "idx-unsupported":
      return failure.bytes
        ? `${failure.file} is an IDX file with ${count(failure.dimensions, "dimension")}. Ensemble imports gray images (3 dimensions) and their labels (1).`
        : `${failure.file} is an IDX file whose values are not bytes. Ensemble imports images and labels of one byte a value.`;
    case "idx-too-large":
      return `${failure.file} holds ${fileSize(failure.bytes)} of images; Ensemble takes up to ${fileSize(failure.limit)} at once. Split it.`;
    case "idx-counts-differ":
      return `${failure.imagesFile} has ${count(failure.images, "image")} and ${failure.labelsFile} has ${count(failure.labels, "label")}: they do not belong together. Choose the two files of one set.`;
    case "labels-alone":
      return `${failure.file} holds labels, and the images they belong to are missing. Choose both files together.`;
    case "pairs-unclear":
      return `It is not clear which labels belong to which images among ${listed(failure.files)}. Import one pair at a time.`;
    case "out-of-memory":
      return `${failure.file} does not fit into this browser's memory. Close other tabs, split the file, or leave out columns.`;
    case "not-stored":
      return `${failure.file} was read, but this browser could not keep it (${failure.message}). Make room on the disk, then import it again.`;
    case "import-broke":
      return `${failure.file} could not be imported, and the fault is Ensemble's: ${failure.message}`;
    default:
      return assertNever(failure);
  }
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  ";": "semicolons",
  "\t": "tabs",
  "|": "bars",
};

export function wordNote(note: ImportNote): string {
  switch (note.kind) {
    case "encoding":
      return note.encoding === "windows-1252"
        ? "The text is not UTF-8. It was read as Windows-1252; look whether accents are right."
        : `The text was read as ${note.encoding.toUpperCase()}, as its mark says.`;
    case "delimiter":
      return `Values are separated by ${DELIMITER_NAMES[note.delimiter] ?? note.delimiter}${note.decimalComma ? ", and decimals are written with a comma" : ""}.`;
    case "one-column":
      return "No separator was found: each line is one value.";
    case "no-header":
      return "The first row looks like data, so the columns were given numbers as names.";
    case "unnamed-columns":
      return `The header left ${count(note.columns.length, "column")} without a name: now ${listed(note.columns)}.`;
    case "renamed-columns":
      return `Two columns cannot share a name: the later ${note.columns.length === 1 ? "one is" : "ones are"} now ${listed(note.columns)}.`;
    case "short-rows":
      return `${count(note.rows, "row")} ended early (${onLines(note)}). What ${note.rows === 1 ? "it lacks" : "they lack"} is marked missing.`;
    case "long-rows":
      return `${count(note.rows, "row")} had more values than there are columns (${onLines(note)}). The values beyond the last column were left out.`;
    case "blank-lines":
      return `${count(note.rows, "blank line")} between the rows ${note.rows === 1 ? "was" : "were"} skipped (${onLines(note)}).`;
    case "missing-words":
      return `${count(note.cells, "value")} written as ${listed(note.words.map(quoted))} ${note.cells === 1 ? "is" : "are"} marked missing.`;
    case "words-in-numbers":
      return `${note.column} is numbers but for ${count(note.cells, "value")}, ${examples(note)}: ${note.cells === 1 ? "it is" : "they are"} marked missing.`;
    case "numbers-in-text":
      return `${note.column} is mostly numbers, but ${count(note.cells, "value")} ${note.cells === 1 ? "is" : "are"} not, ${examples(note)}: it is kept as text.`;
    case "kept-as-text":
      return note.why === "zeros"
        ? `${note.column} has values with leading zeros, like codes: it is kept as text, so that they stay.`
        : `${note.column} has more digits than a number can hold: it is kept as text, so that they stay.`;
    case "empty-columns":
      return `${listed(note.columns)} ${note.columns.length === 1 ? "has" : "have"} no value at all.`;
    case "rows-without-numbers":
      return `${count(note.rows, "row")} ${note.rows === 1 ? "has" : "have"} no measurement at all (${onLines(note)}). A model cannot learn from ${note.rows === 1 ? "it" : "them"}.`;
    case "no-labels":
      return "The images came without labels. Import them again together with their labels to train on them.";
    default:
      return assertNever(note);
  }
}

/** "11 rows have no sex. They are kept, and marked missing." */
export function wordMissing({ name, profile }: DatasetColumn): string {
  const { missing } = profile;
  return missing === 1
    ? `1 row has no ${name}. It is kept, and marked missing.`
    : `${missing.toLocaleString("en")} rows have no ${name}. They are kept, and marked missing.`;
}

/** A single value needs no example: it is all there is. */
function examples({ cells, words }: { cells: number; words: readonly string[] }): string {
  return `${cells === 1 ? "" : "such as "}${listed(words.map(quoted))}`;
}

function quoted(word: string): string {
  return `“${word}”`;
}
