/** How a delimited text is written, from its beginning: separator, decimal comma, and whether the first row is a header. */
import { isMissing, parseDate, parseNumber, parseTruth } from "./cellValue.ts";
import { NO_DELIMITER, parseRows } from "./delimited.ts";

export interface Dialect {
  readonly delimiter: string;
  readonly decimalComma: boolean;
  readonly header: boolean;
  /** The header names one column less than the rows have: the first one is of row names, as R writes it. */
  readonly rowNames: boolean;
}

const DELIMITERS = [",", ";", "\t", "|"];
const ROWS_LOOKED_AT = 200;
const YEAR = /^(1[89]|20|21)\d\d$/;

/** `sample` is the start of the text, cut anywhere. */
export function sniffDialect(sample: string, whole: boolean): Dialect {
  const delimiter = sniffDelimiter(sample, whole);
  const rows = sampleRows(sample, delimiter, whole);
  const decimalComma = delimiter !== "," && delimiter !== "|" && hasDecimalCommas(rows);
  const header = hasHeader(rows, decimalComma);
  return { delimiter, decimalComma, header, rowNames: header && hasRowNames(rows) };
}

function sampleRows(sample: string, delimiter: string, whole: boolean): string[][] {
  const complete = parseRows(sample, delimiter, whole).rows;
  // One row longer than the sample: better half of it than nothing.
  const rows = complete.length > 0 ? complete : parseRows(sample, delimiter, true).rows;
  return rows.filter((row) => row.length > 1 || row[0] !== "").slice(0, ROWS_LOOKED_AT);
}

/** The separator by which most rows have as many values as the first; of equals, the one that gives more. */
function sniffDelimiter(sample: string, whole: boolean): string {
  let best = { delimiter: NO_DELIMITER, agreeing: 0, width: 1 };
  let ragged = { delimiter: NO_DELIMITER, agreeing: 0 };
  for (const delimiter of DELIMITERS) {
    const widths = sampleRows(sample, delimiter, whole).map((row) => row.length);
    const width = widths[0] ?? 1;
    const share = (wanted: number): number =>
      widths.filter((one) => one === wanted).length / widths.length;
    const agreeing = share(width);
    if (
      width > 1 &&
      (agreeing > best.agreeing || (agreeing === best.agreeing && width > best.width))
    )
      best = { delimiter, agreeing, width };
    // A title above the table: the rows below agree with one another, if not with the first.
    const usual = widths.toSorted((a, b) => a - b)[widths.length >> 1] ?? 1;
    if (usual > 1 && share(usual) > ragged.agreeing) ragged = { delimiter, agreeing: share(usual) };
  }
  if (best.width > 1) return best.delimiter;
  return ragged.agreeing > 0.5 ? ragged.delimiter : NO_DELIMITER;
}

function hasDecimalCommas(rows: readonly (readonly string[])[]): boolean {
  const values = rows.flat();
  return (
    values.some((value) => /^\s*[+-]?\d*,\d+\s*$/.test(value)) &&
    !values.some((value) => /^\s*[+-]?\d*\.\d+\s*$/.test(value) && !/\.\d{3}\s*$/.test(value))
  );
}

function hasRowNames([first, ...rest]: readonly (readonly string[])[]): boolean {
  if (!first || first.length < 2 || rest.length === 0) return false;
  const wanted = first.length + 1;
  return rest.every((row) => row.length === wanted && row.at(-1)?.trim() !== "");
}

/**
 * The first row is data where every column of numbers, dates or truth values has one in the first row too,
 * and there is such a column. Years in a row are names of columns all the same.
 */
function hasHeader(rows: readonly (readonly string[])[], decimalComma: boolean): boolean {
  const [first, ...rest] = rows;
  if (!first || rest.length === 0) return true;
  const typed = (text: string): boolean =>
    !Number.isNaN(parseNumber(text, decimalComma)) ||
    parseTruth(text) !== undefined ||
    !Number.isNaN(parseDate(text));
  const columns = first.map((_, i) =>
    rest.map((row) => (row[i] ?? "").trim()).filter((text) => !isMissing(text)),
  );
  const plain = columns.map((values) => values.length > 0 && values.every(typed));
  const names = first.map((text) => text.trim());
  const inFirst = names.filter((_, i) => plain[i] === true);
  if (inFirst.length === 0 || !inFirst.every((text) => text !== "" && typed(text))) return true;
  return (
    inFirst.length > 1 && inFirst.every((text) => YEAR.test(text)) && inFirst.length < names.length
  );
}
