// How often a kernel looks at what it holds.
import { expect, it } from "vitest";
import { NOTHING_HELD } from "../variables.ts";
import { HeldNews } from "./heldNews.ts";

function bench(cost: number) {
  let now = 0;
  let looks = 0;
  let timer: { readonly at: number; readonly then: () => void } | undefined;
  const news = new HeldNews(
    {
      now: () => now,
      post: () => undefined,
      later(ms, then) {
        timer = { at: now + ms, then };
        return () => (timer = undefined);
      },
    },
    () => {
      looks++;
      now += cost;
      return NOTHING_HELD;
    },
  );
  return {
    news,
    looks: () => looks,
    pass: (ms: number): void => {
      now += ms;
      const due = timer && timer.at <= now ? timer : undefined;
      if (!due) return;
      timer = undefined;
      due.then();
    },
  };
}

it("is told at once of a cell that ends, and takes a tenth of the time where many end in a row", () => {
  const { news, looks, pass } = bench(20);
  news.due();
  expect(looks()).toBe(1);
  for (let ms = 0; ms < 2000; ms++) {
    news.due();
    pass(1);
  }
  expect(looks()).toBeGreaterThan(8);
  expect(looks()).toBeLessThanOrEqual(12);
});

it("is told of the last of them, and then of nothing more", () => {
  const { news, looks, pass } = bench(20);
  news.due();
  news.due();
  expect(looks()).toBe(1);
  pass(179);
  expect(looks()).toBe(1);
  pass(1);
  expect(looks()).toBe(2);
  pass(10_000);
  expect(looks()).toBe(2);
});
