/** Rules of what values look like under a cell. */
import * as arquero from "arquero";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../base/json.ts";
import type { MimeBundle } from "./mime.ts";
import { bundleOf } from "./outputs.ts";
import { countConfusion } from "./outputs/confusion.ts";
import { parseBundle } from "./bundle.ts";
import { textOf } from "./outputs/text.ts";

async function form(value: unknown, mime: keyof MimeBundle): Promise<Json | undefined> {
  return (await bundleOf(value))?.[mime];
}

describe("a value", () => {
  it("of nothing shows nothing", () => {
    expect(bundleOf(undefined)).toBeUndefined();
  });

  it.each([
    [3, "3"],
    ["words", "words"],
    [null, "null"],
    [-0, "-0"],
    [10n, "10n"],
    [{ a: [1, { b: "x" }] }, '{ a: [1, { b: "x" }] }'],
    [new Map([["a", new Set([1])]]), 'Map(1) { "a" => Set(1) { 1 } }'],
    [new Float32Array([1, 2]), "Float32Array(2) [1, 2]"],
    [new TypeError("no"), "TypeError: no"],
    [function named() {}, "function named"],
    [
      new (class Point {
        x = 1;
      })(),
      "Point { x: 1 }",
    ],
  ])("%s has words", async (value, words) => {
    expect(await form(value, "text/plain")).toBe(words);
  });

  it("that holds itself can be shown", async () => {
    const around: unknown[] = [];
    around.push(around);
    expect(textOf(around)).toBe("[(circular)]");
    expect(await form({ around }, "application/vnd.ensemble.tree+json")).toBeDefined();
  });

  it("of any kind becomes a bundle that a document can bear", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (value) => {
        const bundle = await bundleOf(value);
        if (bundle) expect(parseBundle(bundle)).toBeDefined();
      }),
    );
  });

  it("that is long is cut, and says so", async () => {
    expect(textOf("a".repeat(50_000))).toHaveLength(20_001);
    expect(textOf(new Array(500).fill(0))).toMatch(/… 400 more\]$/);
    const tree = await form(
      new Map(Array.from({ length: 300 }, (_, i) => [i, i])),
      "application/vnd.ensemble.tree+json",
    );
    expect(tree).toMatchObject({ is: "Map", count: 300 });
    expect((tree as { of: unknown[] }).of).toHaveLength(200);
  });

  it("of later is waited for", async () => {
    expect(await form(Promise.resolve(4), "text/plain")).toBe("4");
  });
});

describe("a table", () => {
  const table = "application/vnd.ensemble.table+json";

  it("of arquero shows its first rows and counts all", async () => {
    const made = arquero.table({
      a: Array.from({ length: 120 }, (_, i) => i),
      b: new Array(120).fill(null),
    });
    const output = (await form(made, table)) as {
      head: unknown[][];
      rows: number;
      columns: unknown;
    };
    expect(output.rows).toBe(120);
    expect(output.head).toHaveLength(50);
    expect(output.head[1]).toEqual([1, null]);
    expect(output.columns).toEqual([
      { name: "a", type: "number" },
      { name: "b", type: "other" },
    ]);
  });

  it("is what a list of records is, with null where one lacks a column or has no number", async () => {
    const rows = [{ a: 1, b: "x" }, { a: NaN }, { b: new Date(0), c: true }];
    expect(await form(rows, table)).toEqual({
      columns: [
        { name: "a", type: "number" },
        { name: "b", type: "other" },
        { name: "c", type: "boolean" },
      ],
      head: [
        [1, "x", null],
        [null, null, null],
        [null, "1970-01-01T00:00:00.000Z", true],
      ],
      rows: 3,
    });
  });

  it("is not what a list of numbers is", async () => {
    expect(await form([1, 2], table)).toBeUndefined();
    expect(await form([], table)).toBeUndefined();
  });
});

describe("a tensor", () => {
  it("shows shape, type and its first values, once they have been read", async () => {
    const tensor = {
      dataId: {},
      shape: [2, 1],
      dtype: "float32",
      data: () => Promise.resolve([1, NaN]),
    };
    expect(await form(tensor, "application/vnd.ensemble.tensor+json")).toEqual({
      shape: [2, 1],
      dtype: "float32",
      values: [1, "NaN"],
      columns: 1,
      range: { min: 1, max: 1, odd: 1 },
    });
  });
});

describe("a confusion matrix", () => {
  it("counts actual classes down and predicted across", () => {
    expect(countConfusion([0, 1, 1, 2], [0, 1, 2, 2])).toEqual({
      labels: ["0", "1", "2"],
      counts: [
        [1, 0, 0],
        [0, 1, 1],
        [0, 0, 1],
      ],
    });
  });

  it("takes numbers as places in the labels, and labels as themselves", () => {
    const labels = ["cat", "dog"];
    expect(countConfusion([0, 1], ["cat", "cat"], labels).counts).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it("says what is wrong with lists that do not fit", () => {
    expect(() => countConfusion([1], [])).toThrow(/1 actual and 0 predicted/);
    expect(() => countConfusion([5], [0], ["a"])).toThrow(/no label for class 5/);
  });
});
