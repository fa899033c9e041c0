// What people read of an import: each sentence agrees with how many it speaks of.
import { expect, it } from "vitest";
import type { DatasetColumn, ImportNote } from "../../lib/document/datasetFacts.ts";
import { wordImportFailure, wordMissing, wordNote } from "./sentences.ts";

const one = { rows: 1, lines: [3] };
const three = { rows: 3, lines: [3, 9, 12] };

const notes: readonly [ImportNote, string][] = [
  [
    { kind: "unnamed-columns", columns: ["column 2"] },
    "The header left 1 column without a name: now column 2.",
  ],
  [
    { kind: "unnamed-columns", columns: ["column 2", "column 5"] },
    "The header left 2 columns without a name: now column 2 and column 5.",
  ],
  [
    { kind: "renamed-columns", columns: ["x_2"] },
    "Two columns cannot share a name: the later one is now x_2.",
  ],
  [
    { kind: "renamed-columns", columns: ["x_2", "x_3"] },
    "Two columns cannot share a name: the later ones are now x_2 and x_3.",
  ],
  [{ kind: "short-rows", ...one }, "1 row ended early (line 3). What it lacks is marked missing."],
  [
    { kind: "short-rows", ...three },
    "3 rows ended early (lines 3, 9 and 12). What they lack is marked missing.",
  ],
  [
    { kind: "long-rows", ...one },
    "1 row had more values than there are columns (line 3). The values beyond the last column were left out.",
  ],
  [{ kind: "blank-lines", ...one }, "1 blank line between the rows was skipped (line 3)."],
  [
    { kind: "blank-lines", ...three, rows: 40 },
    "40 blank lines between the rows were skipped (lines 3, 9, 12 and others).",
  ],
  [
    { kind: "missing-words", cells: 1, words: ["NA"] },
    "1 value written as “NA” is marked missing.",
  ],
  [
    { kind: "missing-words", cells: 7, words: ["NA", "?"] },
    "7 values written as “NA” and “?” are marked missing.",
  ],
  [
    { kind: "words-in-numbers", column: "age", cells: 1, words: ["old"] },
    "age is numbers but for 1 value, “old”: it is marked missing.",
  ],
  [
    { kind: "words-in-numbers", column: "age", cells: 4, words: ["old", "young"] },
    "age is numbers but for 4 values, such as “old” and “young”: they are marked missing.",
  ],
  [
    { kind: "numbers-in-text", column: "ticket", cells: 1, words: ["A/5"] },
    "ticket is mostly numbers, but 1 value is not, “A/5”: it is kept as text.",
  ],
  [
    { kind: "numbers-in-text", column: "ticket", cells: 90, words: ["A/5", "PC"] },
    "ticket is mostly numbers, but 90 values are not, such as “A/5” and “PC”: it is kept as text.",
  ],
  [{ kind: "empty-columns", columns: ["a"] }, "a has no value at all."],
  [{ kind: "empty-columns", columns: ["a", "b"] }, "a and b have no value at all."],
  [
    { kind: "rows-without-numbers", ...one },
    "1 row has no measurement at all (line 3). A model cannot learn from it.",
  ],
  [
    { kind: "rows-without-numbers", ...three },
    "3 rows have no measurement at all (lines 3, 9 and 12). A model cannot learn from them.",
  ],
];

it("speaks of one thing in the singular and of several in the plural", () => {
  for (const [note, sentence] of notes) expect(wordNote(note)).toBe(sentence);
});

it("says of one row that it is kept, and of several that they are", () => {
  const column = (missing: number): DatasetColumn => ({
    name: "sex",
    type: "text",
    profile: { kind: "values", count: 10, distinct: 2, top: [], missing },
  });
  expect(wordMissing(column(1))).toBe("1 row has no sex. It is kept, and marked missing.");
  expect(wordMissing(column(1100))).toBe(
    "1,100 rows have no sex. They are kept, and marked missing.",
  );
});

it("says where the rows are that a header is too short for", () => {
  const failure = { code: "rows-too-long", file: "a.csv", columns: 1, line: 2 } as const;
  expect(wordImportFailure({ ...failure, rows: 1, of: 1 })).toMatch(
    "the first line names 1 column, and 1 row of 1 has more values, on line 2.",
  );
  expect(wordImportFailure({ ...failure, rows: 3, of: 4 })).toMatch(
    "and 3 rows of 4 have more values, first on line 2.",
  );
});
