/** Rules of how much a worker may say before the page stops listening. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Allowance } from "./allowance.ts";

describe("an allowance", () => {
  it("takes what a kernel sends in an hour of training, twenty messages a second", () => {
    const allowance = new Allowance(0);
    const message = {
      kind: "call",
      request: { blocks: [{ steps: [1, 2, 3], values: [1, 2, 3] }] },
    };
    for (let now = 0; now < 3_600_000; now += 50) expect(allowance.takes(message, now)).toBe(true);
  });

  it("takes the weights of a large model now and then", () => {
    const allowance = new Allowance(0);
    const weights = { kind: "call", request: new ArrayBuffer(200_000_000) };
    for (let now = 0; now < 10; now++) expect(allowance.takes(weights, now * 1000)).toBe(true);
  });

  it("runs out under a flood of small messages, and comes back with time", () => {
    const allowance = new Allowance(0);
    let taken = 0;
    while (allowance.takes("again", 0)) taken++;
    expect(taken).toBe(20_000);
    expect(allowance.takes("again", 10_000)).toBe(true);
  });

  const shared = { "application/json": new Array<number>(200_000).fill(0) };
  const around: unknown[] = [];
  around.push(around, around);
  let deep: unknown = 0;
  for (let i = 0; i < 300_000; i++) deep = { deep };
  it.each([
    ["a text of 100 MB", "a".repeat(100_000_000)],
    ["a list that is empty and four milliards long", { shown: new Array(2 ** 32 - 1) }],
    ["one big thing named a thousand times", { shown: new Array(1_000).fill(shared) }],
    ["something that holds itself", around],
    ["ten gigabytes of bytes", new Array(100).fill(new ArrayBuffer(100_000_000))],
  ])("refuses %s, soon", (_, message) => {
    const began = performance.now();
    expect(new Allowance(0).takes(message, 0)).toBe(false);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("walks through what is nested ever so deep", () => {
    expect(new Allowance(0).takes(deep, 0)).toBe(true);
  });

  it("takes anything of an ordinary size, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withTypedArray: true }), (value) => {
        expect(new Allowance(0).takes(value, 0)).toBe(true);
      }),
    );
  });
});
