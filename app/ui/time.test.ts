import { expect, it } from "vitest";
import { ago, clock, duration } from "./time.ts";

const now = new Date(2026, 2, 9, 12, 41).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

it("is relative for an hour, then the clock, then the day", () => {
  expect(
    [5_000, 5 * MINUTE, 3 * HOUR, 24 * HOUR, 72 * HOUR].map((ms) => ago(now - ms, now)),
  ).toEqual(["just now", "5 min ago", "09:41", "yesterday", "6 Mar"]);
  expect(ago(new Date(2024, 0, 2).getTime(), now)).toBe("2 Jan 2024");
  expect(clock(now, now)).toBe("12:41");
  expect(clock(now - 48 * HOUR, now)).toBe("7 Mar 12:41");
});

it("says how long in the unit that fits", () => {
  expect([6.2, 240, 1834, 22_300, 60_000, 185_000, 7_800_000].map(duration)).toEqual([
    "6 ms",
    "0.2 s",
    "1.8 s",
    "22 s",
    "1 min",
    "3 min 5 s",
    "2 h 10 min",
  ]);
});
