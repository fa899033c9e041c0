import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { appendChunk, runRoots } from "../document/runDoc.ts";
import { type Block, decodeChunk, downsample, encodeChunk } from "./series.ts";

const points = fc.array(
  fc.tuple(fc.nat({ max: 2 ** 40 }), fc.oneof(fc.double(), fc.float(), fc.constant(NaN))),
  { minLength: 1, maxLength: 80 },
);
const block = fc
  .tuple(fc.string({ maxLength: 40 }), fc.constantFrom("batch", "epoch", "step"), points)
  .map(([name, by, pairs]): Block => {
    return {
      name,
      by,
      steps: pairs.map(([step]) => step),
      values: pairs.map(([, value]) => value),
    };
  });

describe("a chunk", () => {
  it("comes back as it was written, with NaN, infinities and negative zero", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.array(block, { maxLength: 5 }), (attempt, at, blocks) => {
        const back = decodeChunk(encodeChunk({ attempt, at, blocks }));
        expect(back).toEqual({ attempt, at, blocks });
      }),
    );
  });

  it("is refused, never thrown at, when its bytes are cut, changed or made up", () => {
    const bytes = encodeChunk({
      attempt: 1,
      at: 5,
      blocks: [{ name: "loss", by: "batch", steps: [1, 2, 5], values: [0.5, 0.1, NaN] }],
    });
    for (let length = 4; length < bytes.length; length++)
      expect(decodeChunk(bytes.slice(0, length))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const chunk = decodeChunk(noise);
        for (const one of chunk?.blocks ?? []) expect(one.steps).toHaveLength(one.values.length);
      }),
    );
  });
});

describe("a run's log", () => {
  const each = 25;
  const count = 100_000;
  const value = (i: number): number => Math.fround(Math.exp(-i / 20_000));

  it("takes 100,000 points in under a second and at most 9 bytes a point, however the steps go", () => {
    for (const stepAt of [(i: number) => i, (i: number) => i + (i % 3)]) {
      const doc = new Y.Doc();
      const began = process.cpuUsage();
      for (let from = 0; from < count; from += each) {
        const at = Array.from({ length: each }, (_, i) => from + i);
        const loss: Block = {
          name: "loss",
          by: "batch",
          steps: at.map(stepAt),
          values: at.map(value),
        };
        appendChunk(doc, encodeChunk({ attempt: 1, at: from, blocks: [loss] }));
      }
      // The processor's time, not the clock's: other tests run beside this one.
      const { user } = process.cpuUsage(began);
      expect(user / 1000).toBeLessThan(1000);
      expect(runRoots.chunks(doc).length).toBe(count / each);
      expect(Y.encodeStateAsUpdate(doc).length / count).toBeLessThan(9);
    }
  });
});

describe("downsampling", () => {
  it("keeps the smallest, the largest and the last of every bucket, in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double(), fc.constant(NaN)), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 20 }),
        (values, buckets) => {
          const steps = values.map((_, i) => i * 3);
          const kept = downsample({ steps, values }, buckets);
          expect(kept.steps.length).toBeLessThanOrEqual(Math.max(buckets * 3, buckets * 4 + 1));
          expect([...kept.steps].sort((a, b) => a - b)).toEqual(kept.steps);
          expect(kept.steps.at(-1)).toBe(steps.at(-1));
          kept.steps.forEach((step, i) => expect(kept.values[i]).toBe(values[step / 3]));
          const real = (all: readonly number[]): number[] =>
            all.filter((one) => !Number.isNaN(one));
          expect(Math.max(...real(kept.values))).toBe(Math.max(...real(values)));
          expect(Math.min(...real(kept.values))).toBe(Math.min(...real(values)));
        },
      ),
    );
  });

  it("leaves a short series alone", () => {
    const short = { steps: [1, 2], values: [3, 4] };
    expect(downsample(short, 1)).toBe(short);
  });
});
