/** Fills a table's columns row by row, once their types and the number of rows are known. */
import { assertNever } from "../base/assertNever.ts";
import type { ColumnType } from "../document/datasetFacts.ts";
import { isMissing, parseDate, parseNumber, parseTruth } from "./cellValue.ts";
import { type ColumnData, MISSING_TRUTH } from "./columns.ts";

export interface ColumnBuilder {
  readonly data: ColumnData;
  /** Takes the next text; false where there is no value. */
  set(row: number, text: string): boolean;
}

export function columnBuilder(
  type: ColumnType,
  rows: number,
  decimalComma: boolean,
): ColumnBuilder {
  switch (type) {
    case "number":
    case "date": {
      const values = new Float64Array(rows).fill(NaN);
      const parse = type === "date" ? parseDate : (text: string) => parseNumber(text, decimalComma);
      return {
        data: { type, values },
        set: (row, text) => !Number.isNaN((values[row] = parse(text))),
      };
    }
    case "boolean": {
      const values = new Uint8Array(rows).fill(MISSING_TRUTH);
      return {
        data: { type, values },
        set(row, text) {
          const truth = parseTruth(text);
          if (truth !== undefined) values[row] = truth ? 1 : 0;
          return truth !== undefined;
        },
      };
    }
    case "text": {
      const codes = new Int32Array(rows).fill(-1);
      const words: string[] = [];
      const known = new Map<string, number>();
      return {
        data: { type, codes, words },
        set(row, text) {
          if (isMissing(text)) return false;
          let code = known.get(text);
          if (code === undefined) {
            code = words.push(text) - 1;
            known.set(text, code);
          }
          codes[row] = code;
          return true;
        },
      };
    }
    default:
      return assertNever(type);
  }
}
