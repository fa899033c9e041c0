// @vitest-environment jsdom
// What follows the key that runs a cell, and a key that comes before it.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Settable } from "../../lib/base/observable.ts";
import { afterRun } from "./afterRun.ts";

let did: string[];
const answer = new Settable(0);

beforeEach(() => {
  vi.useFakeTimers();
  did = [];
  document.body.innerHTML = `<button id="editor"></button><button id="cell"></button>`;
  for (const one of document.querySelectorAll("button"))
    one.addEventListener("keydown", ({ key }) => did.push(`${key} in ${one.id}`));
  document.querySelector<HTMLElement>("#editor")?.focus();
});
afterEach(() => vi.useRealTimers());

const act = (): void => {
  did.push("act");
  document.querySelector<HTMLElement>("#cell")?.focus();
};

it("waits for the cell's answer and lets it be shown first", () => {
  afterRun(answer, act);
  answer.set(answer.current + 1);
  expect(did).toEqual([]);
  vi.advanceTimersByTime(0);
  expect(did).toEqual(["act"]);
  answer.set(answer.current + 1);
  vi.advanceTimersByTime(1000);
  expect(did).toEqual(["act"]);
});

it("waits no longer than a moment, and not at all once the page is left", () => {
  afterRun(answer, act);
  vi.advanceTimersByTime(39);
  expect(did).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(did).toEqual(["act"]);
  afterRun(answer, act)();
  answer.set(answer.current + 1);
  vi.advanceTimersByTime(1000);
  expect(did).toEqual(["act"]);
});

it("gives a key that comes before it to what has the focus after it", async () => {
  afterRun(answer, act);
  const key = new KeyboardEvent("keydown", { key: "b", bubbles: true, cancelable: true });
  document.activeElement?.dispatchEvent(key);
  await vi.advanceTimersByTimeAsync(0);
  expect(did).toEqual(["act", "b in cell"]);
  vi.advanceTimersByTime(1000);
  expect(did).toHaveLength(2);
});
