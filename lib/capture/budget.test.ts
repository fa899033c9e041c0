import { expect, it } from "vitest";
import { Budget } from "./budget.ts";

it("makes room by what ran longest ago, and by no more than need be", () => {
  const budget = new Budget(100);
  const gone: string[] = [];
  const holder = (name: string, bytes: number) => {
    const one = {
      bytes,
      dispose: () => {
        gone.push(name);
        budget.gone(one);
      },
    };
    budget.room(bytes);
    budget.used(one);
    return one;
  };
  const first = holder("first", 40);
  holder("second", 30);
  holder("third", 30);
  expect(gone).toEqual([]);
  budget.used(first);
  holder("fourth", 20);
  expect(gone).toEqual(["second"]);
  holder("fifth", 60);
  expect(gone).toEqual(["second", "third", "first"]);
});
