import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathOf, spread, stepTicks, valueScale, valueTicks } from "./chart.ts";

const points = (...values: number[]): { steps: number[]; values: number[] } => ({
  steps: values.map((_, i) => i + 1),
  values,
});

describe("the scale of a metric", () => {
  it("shows shares of one from 0 to 1, and starts at 0 where nothing is below", () => {
    expect(valueScale([points(0.7, 0.9)], "accuracy")).toEqual({ min: 0, max: 1, log: false });
    expect(valueScale([points(1.9, 0.3)], "loss")).toEqual({ min: 0, max: 2, log: false });
    expect(valueScale([points(-1, 1)], "reward").min).toBeLessThanOrEqual(-1);
  });

  it("is logarithmic for a loss that falls a hundredfold, and sooner where runs are compared", () => {
    expect(valueScale([points(2, 0.01)], "loss").log).toBe(true);
    expect(valueScale([points(2, 0.2)], "loss").log).toBe(false);
    expect(valueScale([points(2, 0.2)], "loss", true).log).toBe(true);
    expect(valueScale([points(2, 0)], "loss").log).toBe(false);
  });

  it("holds every finite value, with ticks inside the picture, whatever was logged", () => {
    fc.assert(
      fc.property(fc.array(fc.float(), { maxLength: 30 }), fc.boolean(), (values, compared) => {
        const scale = valueScale([points(...values)], "loss", compared);
        expect(scale.max).toBeGreaterThan(scale.min);
        for (const value of values.filter(Number.isFinite)) {
          if (scale.log) expect(value).toBeGreaterThan(0);
          expect(value).toBeGreaterThanOrEqual(scale.min);
          expect(value).toBeLessThanOrEqual(scale.max);
        }
        const ticks = valueTicks(scale);
        expect(ticks.length).toBeLessThan(8);
        for (const tick of ticks) expect(tick.at).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("the foot of a figure", () => {
  it("has whole steps and ends with the word for what they count", () => {
    expect(stepTicks(1, 60, "epoch").map((tick) => tick.words)).toEqual([
      "1",
      "20",
      "40",
      "epoch 60",
    ]);
    expect(stepTicks(1, 150, "epoch").map((tick) => tick.words)).toEqual(["1", "50", "epoch 150"]);
    expect(stepTicks(1, 5, "epoch").map((tick) => tick.words)).toEqual(["1", "2", "3", "epoch 5"]);
    expect(stepTicks(0, 1, "epoch").at(-1)?.words).toBe("epoch 1");
    expect(stepTicks(0, 0, "batch")).toEqual([{ at: 0, words: "batch 0" }]);
  });
});

describe("a curve", () => {
  it("has a gap where a value is no number", () => {
    const scale = { min: 0, max: 1, log: false };
    expect(pathOf(points(0, NaN, 1), 1, 3, scale)).toBe("M0 100M100 0");
    expect(pathOf(points(0, 1), 1, 2, scale)).toBe("M0 100L100 0");
  });

  it("has its label clear of the others and within the picture", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 4 }), (heights) => {
        const placed = [...spread(heights, 12)].sort((a, b) => a - b);
        placed.forEach((at, i) => {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(100);
          if (i > 0) expect(at - (placed[i - 1] ?? 0)).toBeGreaterThanOrEqual(11.98);
        });
      }),
    );
  });
});
