import fc from "fast-check";
import { expect, it } from "vitest";
import { layThreads, threadPath } from "./threads.ts";

const cell = (id: string, ...readsFrom: string[]) => ({ id, readsFrom });

it("draws one thread from a definer to each of its readers, once for a pair", () => {
  expect(layThreads([cell("a"), cell("b", "a", "a"), cell("c", "a")])).toEqual([
    { from: "a", to: "b", lane: 0 },
    { from: "a", to: "c", lane: 0 },
  ]);
});

it("gives a definer the innermost lane that is free along its whole stretch", () => {
  const threads = layThreads([
    cell("a"),
    cell("b", "a"),
    cell("c", "a", "b"),
    cell("d", "c"),
    cell("e", "d"),
  ]);
  expect(threads.map(({ from, to, lane }) => [from, to, lane])).toEqual([
    ["a", "b", 0],
    ["a", "c", 0],
    ["b", "c", 1],
    ["c", "d", 2],
    ["d", "e", 0],
  ]);
});

it("draws nothing for a cell that reads itself or a cell that is gone", () => {
  expect(layThreads([cell("a", "a", "gone")])).toEqual([]);
});

it("never lays two definers on one lane where their stretches meet", () => {
  const notebook = fc
    .array(fc.array(fc.nat(14), { maxLength: 4 }), { maxLength: 15 })
    .map((reads) => reads.map((from, i) => cell(`${i}`, ...from.map(String))));
  fc.assert(
    fc.property(notebook, (cells) => {
      const stretch = new Map<string, { lane: number; first: number; last: number }>();
      for (const { from, to, lane } of layThreads(cells)) {
        const known = stretch.get(from) ?? { lane, first: Number(from), last: Number(from) };
        expect(known.lane).toBe(lane);
        stretch.set(from, {
          lane,
          first: Math.min(known.first, Number(to)),
          last: Math.max(known.last, Number(to)),
        });
      }
      const all = [...stretch.values()];
      for (const [i, a] of all.entries())
        for (const b of all.slice(i + 1))
          if (a.lane === b.lane) expect(a.last < b.first || b.last < a.first).toBe(true);
    }),
  );
});

it("stays within the gutter however many lanes there are, and runs up as well as down", () => {
  for (const lanes of [1, 4, 30])
    for (const [start, end] of [
      [10, 200],
      [200, 10],
    ] as const) {
      const path = threadPath(start, end, lanes - 1, lanes);
      const x = Number(/Q(-?[\d.]+)/.exec(path)?.[1]);
      expect(x).toBeGreaterThanOrEqual(4);
      expect(x).toBeLessThanOrEqual(26);
      expect(path).not.toContain("NaN");
    }
});
