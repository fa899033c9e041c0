import { flushSync } from "svelte";
import { expect, it, vi } from "vitest";
import { toast } from "./toast.ts";

const shown = (): string[] =>
  [...document.querySelectorAll(".toast span")].map((span) => span.textContent);

it("says what was done, offers the way back once, and takes itself away", () => {
  vi.useFakeTimers();
  const undo = vi.fn();
  toast("Cell 2 was deleted.", { words: "Undo", act: undo });
  flushSync();
  expect(shown()).toEqual(["Cell 2 was deleted."]);
  [...document.querySelectorAll("button")].find((one) => one.textContent === "Undo")?.click();
  flushSync();
  expect(undo).toHaveBeenCalledOnce();
  expect(shown()).toEqual([]);
  for (const words of ["1", "2", "3", "4"]) toast(words);
  flushSync();
  expect(shown()).toEqual(["2", "3", "4"]);
  vi.runAllTimers();
  flushSync();
  expect(shown()).toEqual([]);
  vi.useRealTimers();
});
