/** Rules of the seeded generator behind Math.random. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "./random.ts";

function first(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
}

describe("a seeded generator", () => {
  it("gives the same numbers for the same seed, all in [0, 1)", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const numbers = first(seed, 20);
        expect(numbers).toEqual(first(seed, 20));
        expect(numbers.every((one) => one >= 0 && one < 1)).toBe(true);
      }),
    );
  });

  it("gives other numbers for another seed", () => {
    const starts = new Set(Array.from({ length: 1_000 }, (_, seed) => first(seed, 1)[0]));
    expect(starts.size).toBe(1_000);
    expect(first(1, 1)).not.toEqual(first(1 + 2 ** 32, 1));
  });

  it("goes on from a state that was taken, in another generator too", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, drawn) => {
        const random = seededRandom(seed);
        for (let i = 0; i < drawn; i++) random();
        const state = random.state();
        const next = Array.from({ length: 10 }, random);
        const other = seededRandom(0);
        other.restore(state);
        expect(Array.from({ length: 10 }, other)).toEqual(next);
        expect(state.every((one) => (one | 0) === one)).toBe(true);
      }),
    );
  });

  it("fills tenths evenly: chi-squared of 100,000 draws under its 99.9th percentile", () => {
    const counts = new Array<number>(10).fill(0);
    for (const one of first(1, 100_000)) counts[Math.floor(one * 10)]!++;
    const chi = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi).toBeLessThan(27.9);
  });
});
