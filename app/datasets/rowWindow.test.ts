/** Which rows of a long table are drawn, wherever it is scrolled to. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { rowWindow, scrollTopOf } from "./rowWindow.ts";

const HEIGHT = 30;
const VIEW = 600;

test("a table without rows draws none", () => {
  const drawn = rowWindow(0, HEIGHT, 0, VIEW);
  expect([drawn.start, drawn.end, drawn.above, drawn.below]).toEqual([0, 0, 0, 0]);
});

test("the end of ten million rows is the last row, though no browser scrolls that far", () => {
  const rows = 10_000_000;
  const drawn = rowWindow(rows, HEIGHT, 15_000_000 - VIEW, VIEW);
  expect(drawn.end).toBe(rows);
  expect(drawn.lastSeen).toBe(rows - 1);
});

test("scrolling to a row makes it the first seen, to within one row", () => {
  const room = VIEW / HEIGHT;
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 5_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rows, at) => {
        const row = Math.floor(at * (rows - room));
        const { firstSeen } = rowWindow(rows, HEIGHT, scrollTopOf(row, rows, HEIGHT, VIEW), VIEW);
        expect(Math.abs(firstSeen - row)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test("few rows are drawn, however many there are, and what is seen is among them", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rows, far) => {
        const way = Math.max(0, Math.min(rows * HEIGHT, 15_000_000) - VIEW);
        const drawn = rowWindow(rows, HEIGHT, far * way, VIEW);
        expect(drawn.end - drawn.start).toBeLessThan(50);
        expect(drawn.start).toBeLessThanOrEqual(drawn.firstSeen);
        expect(drawn.end).toBeGreaterThan(drawn.lastSeen);
      },
    ),
  );
});
