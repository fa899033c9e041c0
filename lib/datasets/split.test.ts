import { table } from "arquero";
import fc from "fast-check";
import { expect, it } from "vitest";
import { split } from "./guest.ts";
import { ImageSet } from "./imageSet.ts";
import { splitRows } from "./split.ts";

const options = fc.record({
  rows: fc.integer({ min: 2, max: 300 }),
  test: fc.double({ min: 0.2, max: 0.8, noNaN: true }),
  seed: fc.integer(),
});

it("puts every row into one part, and as many aside as asked", () => {
  fc.assert(
    fc.property(options, ({ rows, test, seed }) => {
      const wanted = Math.round(rows * test);
      fc.pre(wanted > 0 && wanted < rows);
      const parts = splitRows(rows, { test, seed });
      expect(parts.test).toHaveLength(wanted);
      const all = [...parts.train, ...parts.test].sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: rows }, (_, i) => i));
    }),
  );
});

it("chooses the same rows for the same seed, and others for another", () => {
  expect(splitRows(20, { test: 0.25, seed: 7 }).test).toEqual(Uint32Array.of(1, 4, 7, 8, 12));
  expect(splitRows(200, { test: 0.25, seed: 7 })).toEqual(splitRows(200, { test: 0.25, seed: 7 }));
  expect(splitRows(200, { test: 0.25, seed: 8 })).not.toEqual(
    splitRows(200, { test: 0.25, seed: 7 }),
  );
});

it("keeps the mixture of strata to within one row of each", () => {
  fc.assert(
    fc.property(options, fc.integer({ min: 1, max: 5 }), ({ rows, test, seed }, groups) => {
      const wanted = Math.round(rows * test);
      fc.pre(wanted > 0 && wanted < rows);
      const strata = Array.from({ length: rows }, (_, row) => `g${(row * row) % groups}`);
      const parts = splitRows(rows, { test, seed, strata });
      expect(parts.test).toHaveLength(wanted);
      for (const group of new Set(strata)) {
        const of = (part: Iterable<number>): number =>
          [...part].filter((row) => strata[row] === group).length;
        const share = (of(strata.keys()) * wanted) / rows;
        expect(Math.abs(of(parts.test) - share)).toBeLessThan(1);
      }
    }),
  );
});

it("refuses shares that leave a part without rows, and says what to give", () => {
  for (const test of [0, 1.5, -0.5, 4, NaN, 0.01])
    expect(() => splitRows(4, { test })).toThrow(/Give test as a share between 0 and 1/);
});

it("parts tables, also filtered ones, by the rows that are left", () => {
  const rows = table({ n: [1, 2, 3, 4, 5, 6], g: ["a", "a", "a", "b", "b", "b"] });
  const kept = rows.filter((row: { n: number }) => row.n > 2);
  const { train, test } = split(kept, { test: 2, seed: 3, stratify: "g" });
  expect(train.numRows() + test.numRows()).toBe(4);
  const numbers = [...train.array("n"), ...test.array("n")].map(Number);
  expect(numbers.sort()).toEqual([3, 4, 5, 6]);
  expect(() => split(rows, { test: 0.5, stratify: "h" })).toThrow(/columns are n, g/);
});

it("parts arrays and images alike", () => {
  expect(split(["a", "b", "c", "d"], { test: 0.5, seed: 1 }).train).toHaveLength(2);
  const images = new ImageSet({
    name: "i",
    width: 2,
    height: 1,
    images: Uint8Array.of(0, 0, 1, 1, 2, 2, 3, 3),
    labels: Uint8Array.of(0, 1, 2, 3),
  });
  const { train, test } = split(images, { test: 0.5, stratify: "label" });
  expect(train.shape).toEqual([2, 1, 2, 1]);
  expect(test.classes).toHaveLength(4);
  for (const part of [train, test])
    expect([...(part.labels ?? [])].flatMap((label) => [label, label])).toEqual([...part.images]);
  expect([...train.slice(1).pixels]).toEqual(
    [...train.image(1)].map((byte) => Math.fround(byte / 255)),
  );
});
