import fc from "fast-check";
import { expect, it } from "vitest";
import { profileColumn } from "./profile.ts";

const numbers = (...values: number[]) =>
  profileColumn({ type: "number", values: Float64Array.from(values) });

it("gives smallest, median and largest, and counts what is there, missing and different", () => {
  expect(numbers(3, NaN, 1, 2, 2)).toMatchObject({
    count: 4,
    missing: 1,
    distinct: 3,
    min: 1,
    median: 2,
    max: 3,
  });
  expect(numbers(1, 2, 3, 10)).toMatchObject({ median: 2.5 });
});

it("gives whole numbers within few a bin each, and everything else sixteen", () => {
  expect(numbers(0, 1, 1, 1)).toMatchObject({ bins: [1, 3] });
  expect(numbers(5, 5)).toMatchObject({ bins: [2] });
  expect(numbers(0, 0.5, 16)).toMatchObject({ bins: { length: 16, 0: 2, 15: 1 } });
});

it("puts every value that is there into one bin", () => {
  const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(NaN));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (values) => {
      const profile = numbers(...values);
      if (profile.kind !== "range" || profile.count === 0) return;
      expect(profile.bins.reduce((sum, count) => sum + count, 0)).toBe(profile.count);
      expect(profile.count + profile.missing).toBe(values.length);
    }),
  );
});

it("names the most frequent words first, and of equals the first by letter", () => {
  const codes = Int32Array.of(0, 1, 1, 2, -1, 2, 3);
  const profile = profileColumn({ type: "text", words: ["d", "c", "b", "a"], codes });
  expect(profile).toEqual({
    kind: "values",
    count: 6,
    missing: 1,
    distinct: 4,
    top: [
      ["b", 2],
      ["c", 2],
      ["a", 1],
      ["d", 1],
    ],
  });
});
