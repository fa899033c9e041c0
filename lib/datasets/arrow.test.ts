import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeTable, encodeTable } from "./arrow.ts";
import { MISSING_TRUTH, type NamedColumn, valueAt } from "./columns.ts";

const day = fc.date({ noInvalidDate: true }).map((date) => date.getTime());
const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constant(NaN));

/** A table of each type of column, with missing values anywhere. */
const tables = fc.nat({ max: 40 }).chain((rows) => {
  const many = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(of, { minLength: rows, maxLength: rows });
  return fc
    .record({
      numbers: many(number),
      whole: many(fc.oneof(fc.integer(), fc.constant(NaN))),
      days: many(fc.oneof(day, fc.constant(NaN))),
      truths: many(fc.constantFrom(0, 1, MISSING_TRUTH)),
      words: fc.uniqueArray(fc.string({ unit: "grapheme" }), { maxLength: 50 }),
      codes: many(fc.integer({ min: -1, max: 49 })),
    })
    .map(({ numbers, whole, days, truths, words, codes }): NamedColumn[] => [
      { name: "numbers", type: "number", values: Float64Array.from(numbers) },
      { name: "whole", type: "number", values: Float64Array.from(whole) },
      { name: "days", type: "date", values: Float64Array.from(days) },
      { name: "truths", type: "boolean", values: Uint8Array.from(truths) },
      {
        name: "__proto__",
        type: "text",
        words,
        codes: Int32Array.from(codes, (code) => (code < words.length ? code : -1)),
      },
    ]);
});

it("gives back every value of every column, missing ones as null, from the same bytes each time", () => {
  fc.assert(
    fc.property(tables, (columns) => {
      const bytes = encodeTable(columns);
      expect(encodeTable(columns)).toEqual(bytes);
      const stored = decodeTable(bytes);
      const rows = columns[0]?.type === "number" ? columns[0].values.length : 0;
      expect(stored.rows).toBe(rows);
      expect(stored.names).toEqual(columns.map(({ name }) => name));
      columns.forEach((column, c) => {
        const wanted = Array.from({ length: rows }, (_, row) => valueAt(column, row));
        const plain = wanted.map((value) => (value === 0 ? 0 : value)); // -0 is 0 here
        const read = (value: unknown): unknown => (value === 0 ? 0 : value);
        expect(plain.map((_, row) => read(stored.value(c, row)))).toEqual(plain);
        expect(Array.from(stored.array(c), read)).toEqual(plain);
      });
    }),
    { numRuns: 60 },
  );
});
