/** Rules of sorting and looking through a long table. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { StoredTable } from "./arrow.ts";
import type { Value } from "./columns.ts";
import { rowsWith, sortRows, withRows } from "./selectRows.ts";

function tableOf(...columns: readonly (readonly Value[])[]): StoredTable {
  return {
    rows: columns[0]?.length ?? 0,
    names: columns.map((_, i) => `c${i}`),
    value: (column, row) => columns[column]?.[row] ?? null,
    array: (column) => columns[column] ?? [],
  };
}

function finish<Result>(steps: Generator<undefined, Result>): { result: Result; pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done === true) return { result: step.value, pauses };
  }
}

it("sorts as a slow, obvious sort does, missing values last and equal ones in their order", () => {
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 50 })), {
    maxLength: 9_000,
    size: "max",
  });
  fc.assert(
    fc.property(values, fc.boolean(), (column, descending) => {
      const sorted = finish(sortRows(tableOf(column), { column: 0, descending })).result;
      const rows = column.map((_, row) => row);
      const present = rows.filter((row) => column[row] !== null);
      present.sort((a, b) => (descending ? -1 : 1) * ((column[a] ?? 0) - (column[b] ?? 0)));
      expect([...sorted]).toEqual([...present, ...rows.filter((row) => column[row] === null)]);
    }),
    { numRuns: 30 },
  );
});

it("sorts words and dates", () => {
  const table = tableOf(["b", "a", "c"], [new Date(3), new Date(2), new Date(1)]);
  expect([...finish(sortRows(table, { column: 0, descending: false })).result]).toEqual([1, 0, 2]);
  expect([...finish(sortRows(table, { column: 1, descending: false })).result]).toEqual([2, 1, 0]);
});

it("finds words in any column, in capitals or not, in the order that was chosen", () => {
  const table = tableOf(["Adelie", "Gentoo", null], [1, 20, 2.25]);
  expect([...finish(rowsWith(table, "ADEL", undefined)).result]).toEqual([0]);
  expect([...finish(rowsWith(table, "2", Uint32Array.of(2, 1, 0))).result]).toEqual([2, 1]);
  expect(withRows(table, Uint32Array.of(2, 0)).value(1, 0)).toBe(2.25);
});

it("pauses often on the way through a million rows", () => {
  const table = tableOf(Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1_000_003));
  const { result, pauses } = finish(sortRows(table, { column: 0, descending: true }));
  expect(pauses).toBeGreaterThan(1_000);
  expect(table.value(0, result[0] ?? -1)).toBeGreaterThan(999_990);
}, 60_000);
