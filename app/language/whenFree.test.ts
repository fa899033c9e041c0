// The language service begins a while after an editor has focus, and not beside a kernel that starts.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Settable } from "../../lib/base/observable.ts";
import { whenFree } from "./whenFree.ts";

let begun: number;
beforeEach(() => {
  vi.useFakeTimers();
  begun = 0;
});
afterEach(() => vi.useRealTimers());
const begin = (): void => void begun++;

it("begins after a while where nothing starts", () => {
  whenFree(new Settable({ state: "off" }), begin);
  vi.advanceTimersByTime(299);
  expect(begun).toBe(0);
  vi.advanceTimersByTime(1);
  expect(begun).toBe(1);
});

it("waits for a kernel that starts, and begins once", () => {
  const kernel = new Settable({ state: "off" });
  whenFree(kernel, begin);
  kernel.set({ state: "starting" });
  vi.advanceTimersByTime(10_000);
  expect(begun).toBe(0);
  kernel.set({ state: "running" });
  expect(begun).toBe(1);
  for (const state of ["idle", "off", "starting", "idle"]) kernel.set({ state });
  expect(begun).toBe(1);
});

it("does not begin where the notebook is left before", () => {
  const kernel = new Settable({ state: "starting" });
  const leave = [whenFree(kernel, begin), whenFree(kernel, begin)];
  leave[0]?.();
  vi.advanceTimersByTime(10_000);
  leave[1]?.();
  kernel.set({ state: "idle" });
  expect(begun).toBe(0);
});
