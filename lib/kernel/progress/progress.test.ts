/** Rules of `progress`: what a cell's loops tell the page, and when. */
import { describe, expect, it } from "vitest";
import type { CellId } from "../../base/ids.ts";
import { GuestWorkshop } from "../../testing/guestWorld.ts";
import type { CallContext, CellProgress } from "../capability.ts";
import { progressGuest } from "./guest.ts";
import { cellLoops } from "./host.ts";
import { type Loop, loopProgress } from "./loops.ts";
import { PROGRESS, type ProgressRequest } from "./requests.ts";

/** A clock that a cell turns itself, and what it makes the page hear. */
function workshop() {
  const clock = { now: 0, waiting: [] as { at: number; then: () => void }[] };
  const shop = new GuestWorkshop();
  const told: ProgressRequest[] = [];
  shop.runtime.provide({}, [
    progressGuest({
      now: () => clock.now,
      turn: () => shop.world.turn(),
      later(ms, then) {
        const wait = { at: clock.now + ms, then };
        clock.waiting.push(wait);
        return () => (clock.waiting = clock.waiting.filter((one) => one !== wait));
      },
    }),
    () => ({
      pass(ms: number) {
        clock.now += ms;
        for (const one of clock.waiting.filter(({ at }) => at <= clock.now)) one.then();
      },
      batches: (size: number) => ({
        size,
        iterator: () => {
          let at = 0;
          return Promise.resolve({
            next: () => Promise.resolve({ done: at === size, value: at++ }),
          });
        },
      }),
      interrupt: () => shop.runtime.receive({ kind: "interrupt" }),
    }),
  ]);
  return {
    shop,
    async run(source: string) {
      const from = shop.messages.length;
      const ran = await shop.run(
        "a",
        `import { progress, pass, batches, interrupt } from "ensemble"\n${source}`,
      );
      const requests = shop.messages
        .slice(from)
        .flatMap((one) =>
          one.kind === "call" && one.capability === PROGRESS
            ? [one.request as ProgressRequest]
            : [],
        );
      told.push(...requests);
      return {
        ran,
        requests,
        labels: requests.map((one) => (one.kind === "loop" ? one.label : "over")),
      };
    },
  };
}

describe("progress()", () => {
  it("counts a list, and says how long the rest will take", async () => {
    const { requests, labels } = await workshop().run(
      `for (const x of progress([5, 6, 7, 8], "rows")) pass(1000)`,
    );
    expect(labels).toEqual([
      "rows 1 of 4",
      "rows 2 of 4",
      "rows 3 of 4",
      "rows 4 of 4",
      "rows 4 of 4",
      "over",
    ]);
    expect(requests[2]).toMatchObject({ fraction: 0.5, leftMs: 2000 });
    expect(requests[4]).toMatchObject({ fraction: 1, leftMs: 0 });
  });

  it.each([
    ["a set", "new Set([1, 2])", "1 of 2"],
    ["a map", "new Map([[1, 2]])", "1 of 1"],
    ["an array of numbers", "new Float32Array(1500)", "1 of 1,500"],
    ["a generator", "(function* () { yield 1 })()", "0 so far"],
  ])("knows how many are in %s, or that nobody does", async (_, items, words) => {
    const { labels } = await workshop().run(`for (const x of progress(${items})) pass(200)`);
    expect(labels[0]).toBe(words);
  });

  it("gives the same items in the same order, to a loop of either kind", async () => {
    const { ran } = await workshop().run(`const got = [...progress("abc")]
for await (const x of progress(["d"])) got.push(x)
for await (const x of progress((async function* () { yield "e" })())) got.push(x)
for await (const x of progress(batches(2))) got.push(x)
got.join("")`);
    expect(ran.shown.map(({ bundle }) => bundle["text/plain"])).toEqual(["abcde01"]);
  });

  it("tells no more than ten times a second, and the last state even where the loop then waits", async () => {
    const { requests } = await workshop().run(
      `for (const x of progress(new Array(100_000))) pass(0.1)`,
    );
    expect(requests.length).toBeLessThan(105);
    const waits = await workshop().run(
      `let n = 0\nfor (const x of progress([1, 2, 3])) { n++; pass(n < 3 ? 1 : 150); if (n === 3) pass(500) }`,
    );
    expect(waits.labels).toContain("3 of 3");
  });

  it("says nothing at all of a loop that is over before it could be read", async () => {
    const { labels } = await workshop().run(
      `for (let i = 0; i < 1000; i++) for (const x of progress([1, 2])) x`,
    );
    expect(labels.length).toBeLessThan(3);
  });

  it("takes loops within loops as parts of one bar, the innermost in words beside the outermost", async () => {
    const { requests } = await workshop().run(`for (const fold of progress([1, 2], "fold"))
  { for (const step of progress([1, 2, 3, 4])) pass(100); pass(300) }`);
    const loops = requests.flatMap((one) => (one.kind === "loop" ? [one] : []));
    expect(loops.map(({ fraction }) => fraction)).toEqual(
      [...loops.map(({ fraction }) => fraction)].sort((a, b) => a - b),
    );
    expect(loops.map(({ label }) => label)).toContain("fold 2 of 2 · 3 of 4");
    expect(loops.at(-1)?.fraction).toBeGreaterThan(0.8);
  });

  it("is over when its loop is left, or its cell fails", async () => {
    const { labels } = await workshop().run(
      `for (const x of progress([1, 2, 3])) { pass(500); break }`,
    );
    expect(labels.at(-1)).toBe("over");
    const failed = await workshop().run(
      `for (const x of progress([1, 2])) { pass(500); throw new Error("no") }`,
    );
    expect(failed.labels.at(-1)).toBe("over");
    expect(failed.ran.end.kind).toBe("error");
  });

  it("stops between items once the person asked, in a loop that only awaits its items", async () => {
    const { ran } = await workshop().run(
      `let n = 0
for await (const x of progress(new Array(1000))) { pass(20); if (++n === 5) interrupt(); if (n > 6) throw new Error("too far") }`,
    );
    expect(ran.end).toEqual({ kind: "interrupted" });
  });

  it("says what it takes where it cannot go through something", async () => {
    const { ran } = await workshop().run("progress(7)");
    expect(ran.end).toMatchObject({ kind: "error", error: { name: "TypeError", line: 2 } });
  });
});

describe("how far loops are", () => {
  const loop = (done: number, total: number | undefined, label = ""): Loop => ({
    label,
    total,
    done,
    startedAt: 0,
  });

  it("is unknown where the outermost has no end", () => {
    expect(loopProgress([loop(12, undefined, "seen"), loop(1, 2)], 10)).toMatchObject({
      label: "seen 12 so far · 2 of 2",
      open: true,
      leftMs: null,
    });
  });

  it("is whole for a loop over nothing", () => {
    expect(loopProgress([loop(0, 0)], 10)).toMatchObject({ fraction: 1, label: "0 of 0" });
  });
});

describe("the page", () => {
  const shown: CellProgress[] = [];
  const context = {
    cell: "a" as CellId,
    progress: (one: CellProgress) => void shown.push(one),
  } as unknown as CallContext;

  it("shows a training within a loop as a part of the loop", async () => {
    const loops = cellLoops();
    const fit = loops.within({
      name: "fit",
      parse: (value) => value,
      host: (_, within) =>
        Promise.resolve(within.progress({ label: "epoch 3 of 4", fraction: 0.5, leftMs: 70 })),
    });
    await fit.host(null, context);
    expect(shown.at(-1)).toEqual({ label: "epoch 3 of 4", fraction: 0.5, leftMs: 70 });
    const { capability } = loops;
    const said = { kind: "loop", label: "fold 2 of 5", fraction: 0.2, leftMs: 800, step: 0.2 };
    await capability.host(capability.parse(said), context);
    await fit.host(null, context);
    expect(shown.at(-1)).toMatchObject({ label: "fold 2 of 5 · epoch 3 of 4", leftMs: 800 });
    expect(shown.at(-1)?.fraction).toBeCloseTo(0.3);
    await capability.host(capability.parse({ kind: "over" }), context);
    await fit.host(null, context);
    expect(shown.at(-1)?.label).toBe("epoch 3 of 4");
  });

  it("takes from the worker what it can show, and nothing else", () => {
    const { capability } = cellLoops();
    expect(
      capability.parse({
        kind: "loop",
        label: "x".repeat(9999),
        fraction: 7,
        leftMs: "x",
        step: {},
      }),
    ).toEqual({ kind: "loop", label: "x".repeat(200), fraction: 1, leftMs: null, step: 0 });
    for (const one of [null, 7, {}, { kind: "loop" }, { kind: "loop", label: 7 }])
      expect(() => capability.parse(one)).toThrow();
  });
});
