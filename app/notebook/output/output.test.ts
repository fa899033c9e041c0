// @vitest-environment jsdom
// Outputs come from other members' cells: whatever is in them, the page stands.
import fc from "fast-check";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MIME_ORDER, type MimeBundle } from "../../../lib/kernel/mime.ts";
import Output from "./Output.svelte";
import { columnFormat, formatNumber } from "./numbers.ts";

const TABLE = "application/vnd.ensemble.table+json";
const MATRIX = "application/vnd.ensemble.matrix+json";
const TENSOR = "application/vnd.ensemble.tensor+json";
const MODEL = "application/vnd.ensemble.model+json";
const TREE = "application/vnd.ensemble.tree+json";
const ERROR = "application/vnd.ensemble.error+json";

let mounted: ReturnType<typeof mount> | undefined;

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = (): void => undefined;
      unobserve = (): void => undefined;
      disconnect = (): void => undefined;
    },
  );
});
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function show(bundle: unknown, props: object = {}): HTMLElement {
  mounted = mount(Output, {
    target: document.body,
    props: { bundle: bundle as MimeBundle, ...props },
  });
  flushSync();
  return document.body;
}
const texts = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((one) => one.textContent.trim());

it("shows a table with aligned numbers, a dash for what is missing, and how many rows there are", () => {
  show({
    [TABLE]: {
      columns: [
        { name: "species", type: "text" },
        { name: "mass", type: "number" },
      ],
      head: [
        ["Adelie", 18],
        ["Gentoo", 18.75],
        ["Chinstrap", null],
      ],
      rows: 344,
    },
    "text/plain": "table",
  });
  expect(texts("th")).toEqual(["row", "species", "mass"]);
  expect(texts("td.num")).toEqual(["18.00", "18.75", "–missing"]);
  expect(texts(".under")[0]).toMatch(/3 of 344 rows · 2\s+columns/);
});

it("shows a confusion matrix in shades of its rows and counts what is wrong", () => {
  show({
    [MATRIX]: {
      labels: ["a", "b"],
      counts: [
        [40, 0],
        [5, 30],
      ],
    },
  });
  expect(texts("caption")).toEqual(["Actual down, predicted across. 5 of 75 wrong."]);
  expect([...document.querySelectorAll("td")].map((td) => td.className)).toEqual(
    ["q6", "q0", "q1", "q6"].map((shade): unknown => expect.stringContaining(shade)),
  );
});

it("shows a tensor by its shape, type and first values", () => {
  show({ [TENSOR]: { shape: [2, 2], dtype: "float32", values: [1, 2.5, 3, 4.123456789] } });
  expect(texts(".head")[0]).toContain("2 × 2");
  expect(texts("td")).toEqual(["1", "2.5", "3", "4.12346"]);
});

it("shows a tensor of images as a picture, and its values at a press", () => {
  const png = "iVBORw0KGgoAAAANSUhEUg==";
  const picture = { png, words: "black is 0, white 1", first: true };
  const values = [0, 1, 1, 0];
  show({ [TENSOR]: { shape: [2, 30], dtype: "float32", values, columns: 2, picture } });
  expect(document.querySelector("img")?.getAttribute("src")).toBe(`data:image/png;base64,${png}`);
  expect(texts(".under")).toEqual(["black is 0, white 1"]);
  const button = [...document.querySelectorAll("button")].find(
    (one) => one.textContent === "Values",
  );
  button?.click();
  flushSync();
  expect(button?.getAttribute("aria-pressed")).toBe("true");
  expect(document.querySelector("img")).toBeNull();
  expect(texts("td")).toEqual(["0", "1", "…", "1", "0", "…"]);
});

it("shows a model by its layers, and what it comes to", () => {
  const layer = { name: "d", type: "Dense", output: "any × 8", params: 40, trainable: false };
  show({
    [MODEL]: {
      name: "m",
      layers: [layer, { ...layer, name: "e", params: 1200, trainable: true }],
      params: 1240,
      trainable: 1200,
      compiled: "Adam",
    },
  });
  expect(texts("tbody td.num")).toEqual(["40", "1,200"]);
  expect(texts(".under")[0]?.replace(/\s+/g, " ")).toBe(
    "m · 2 layers · 1,240 parameters, 40 of them fixed · Adam",
  );
});

it("opens a tree level by level, and says what is closed", () => {
  show({
    [TREE]: {
      is: "Map",
      count: 900,
      of: [
        ["a", { is: "Point", count: 1, of: [["x", 1]] }],
        [
          "b",
          {
            is: "Float32Array",
            count: 3,
            of: [
              ["", 1],
              ["", 2],
              ["", 0.5],
            ],
          },
        ],
        ["c", { says: "2026-01-01" }],
      ],
    },
  });
  expect(texts("summary")).toEqual([
    "Map(900) {a, b, c, …}",
    "aPoint {x}",
    "bFloat32Array(3) [1, 2, 0.5]",
  ]);
  expect(texts("li.quiet")).toEqual(["and 897 more"]);
});

it("shows JSON as the same tree", () => {
  show({ "application/json": { list: [1, 2], word: "x", none: null } });
  expect(texts("summary")).toEqual(["{list, word, none}", "list(2) [1, 2]"]);
});

it("shows the file of a picture as an image, and nothing that only says it is one", () => {
  show({ "image/jpeg": "/9j/4AAQ", "text/plain": "JPEG, 1 kB" });
  expect(document.querySelector("img")?.getAttribute("src")).toBe(
    "data:image/jpeg;base64,/9j/4AAQ",
  );
  show({ "image/gif": "/9j/4AAQ", "text/plain": "no picture" });
  expect(texts("pre")).toEqual(["no picture"]);
});

it("shows an error with its place, its trace on demand, and the way there", () => {
  const ongoto = vi.fn();
  show(
    {
      [ERROR]: {
        name: "TypeError",
        message: "`bird` has 3 numbers.\nAdd the body mass.",
        line: 2,
        column: 5,
        stack: [{ cell: "c", line: 2, column: 5 }],
      },
    },
    { ongoto, numberOf: () => 9 },
  );
  expect(texts("strong")).toEqual(["TypeError: bird has 3 numbers."]);
  expect(texts("code")).toEqual(["bird"]);
  const press = (name: string): void => {
    [...document.querySelectorAll("button")].find((one) => one.textContent === name)?.click();
    flushSync();
  };
  press("Go to line 2");
  expect(ongoto).toHaveBeenCalledWith(2, 5);
  press("Show the trace");
  press("cell 9, line 2:5");
  expect(ongoto).toHaveBeenLastCalledWith(2, 5, "c");
});

it("puts an SVG in an image and HTML in a frame without scripts, never in the page", () => {
  show({ "image/svg+xml": `<svg width="10" height="10"><style>*{display:none}</style></svg>` });
  expect(document.querySelector("svg, style")).toBeNull();
  expect(document.querySelector("img")?.getAttribute("src")).toMatch(/^data:image\/svg\+xml/);
});

it("says under a PNG, and as its name, what the plain form says", () => {
  show({ "image/png": "iVBORw0KGgoAAAANSUhEUg==", "text/plain": "m: 2 images of 3×3, no labels" });
  const image = document.querySelector("img");
  expect(image?.getAttribute("src")).toBe("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==");
  expect(image?.getAttribute("alt")).toBe("m: 2 images of 3×3, no labels");
  expect(texts(".under")).toEqual(["m: 2 images of 3×3, no labels"]);
});

it("gives a frame of HTML no script, whatever the HTML says", () => {
  show({ "text/html": `<b>bold</b><script>parent.hacked = 1</script><img src=x onerror=hack()>` });
  const frame = document.querySelector("iframe");
  expect(frame?.getAttribute("sandbox")).toBe("allow-same-origin");
  expect(frame?.getAttribute("srcdoc")).toContain("<b>bold</b>");
  expect(frame?.getAttribute("srcdoc")).not.toMatch(/<script|onerror/);
});

it("takes the richest form that parses, and says so where none does", () => {
  show({ [TABLE]: "no table", "image/png": "<svg/onload=x>", "text/plain": "words" });
  expect(texts("pre")).toEqual(["words"]);
  show({});
  expect(texts(".under").at(-1)).toBe("This output has no form that can be shown here.");
});

it("stands whatever is in a bundle, and lets no script or handler into the page", async () => {
  const hostile = fc.oneof(
    fc.json().map((text) => JSON.parse(text) as unknown),
    fc.constantFrom(
      `<script>x</script>`,
      `<img src=x onerror=x>`,
      `<svg onload=x></svg>`,
      `[a](javascript:x)`,
      { columns: [{ name: "<img src=x onerror=x>" }], head: [["<script>"], 3, null], rows: "x" },
      { labels: ["a", "b"], counts: [[1]] },
      { shape: [1e9, -1, 0.5], dtype: {}, values: "x" },
      { shape: [1e9, 1e9], dtype: "x", values: [{}, null], columns: 1e9, range: {}, picture: 7 },
      { layers: [7, {}, { name: {}, params: "x" }], params: {} },
      { is: "Map", count: -1, of: [7, ["a"], [{}, { is: 7, count: 3, of: [["x", { says: 7 }]] }]] },
      { is: "{}", count: 1e9, of: [["<img src=x onerror=x>", { says: "<script>" }]] },
      { name: {}, message: 7, line: -3, column: 1e9, stack: [7, { cell: "x", line: 0.5 }] },
    ),
  );
  const bundle = fc.dictionary(fc.constantFrom(...MIME_ORDER), hostile, { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(bundle, async (one) => {
      const body = show(one);
      expect(body.querySelector("script, [onerror], [onload], [href^=javascript]")).toBeNull();
      if (mounted) await unmount(mounted);
      mounted = undefined;
    }),
    { numRuns: 150 },
  );
});

it("writes numbers with as few digits as say them", () => {
  expect([0.1 + 0.2, 1e-9, 344, 12345.678, Number.NaN].map(formatNumber)).toEqual([
    "0.3",
    "1.000e-9",
    "344",
    "12345.7",
    "NaN",
  ]);
  expect([1, 2.5].map(columnFormat([1, 2.5, null]))).toEqual(["1.0", "2.5"]);
});
