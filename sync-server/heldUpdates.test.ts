import fc from "fast-check";
import { expect, it } from "vitest";
import { HeldUpdates } from "./heldUpdates.ts";

it("takes each number once, in whatever order, and knows whether something is missing", () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.nat(4), numbers, (from, seqs) => {
      const held = new HeldUpdates(from);
      const model = new Set(Array.from({ length: from }, (_, i) => i + 1));
      for (const seq of seqs) {
        expect(held.add(seq)).toBe(!model.has(seq));
        model.add(seq);
        let upTo = 0;
        while (model.has(upTo + 1)) upTo++;
        expect([held.upTo, held.behind]).toEqual([upTo, Math.max(...model) > upTo]);
      }
    }),
  );
});

it("is behind what it heard of until that is here", () => {
  const held = new HeldUpdates(3);
  held.hearOf(2);
  expect(held.behind).toBe(false);
  held.hearOf(6);
  held.add(5);
  expect([held.upTo, held.behind]).toEqual([3, true]);
  held.raise(4);
  expect([held.upTo, held.behind]).toEqual([5, true]);
  held.raise(6);
  expect([held.upTo, held.behind, held.add(6)]).toEqual([6, false, false]);
});
