// What becomes of good and bad files: each rule of the import, on files made in memory.
import { expect, it } from "vitest";
import { AppError } from "../base/errors.ts";
import { arqueroTable } from "./guest.ts";
import { planSources, readImport } from "./readImport.ts";
import { tableLimits } from "./survey.ts";
import { gzip, idx, source } from "./testing/sources.ts";

const ignore = (): void => undefined;

async function read(content: string | Uint8Array, name = "t.csv") {
  const [plan] = await planSources([source(name, content)]);
  if (!plan) throw new Error("nothing was planned");
  if (plan.kind === "refused") throw new AppError(plan.failure);
  const dataset = await readImport(plan, ignore);
  if (dataset.content.kind !== "table") throw new Error("not a table");
  const table = arqueroTable(dataset.content.table);
  return { ...dataset, objects: table.objects(), names: table.columnNames() };
}

async function failureOf(content: string | Uint8Array, name?: string): Promise<unknown> {
  const error: unknown = await read(content, name).catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error.failure;
  throw new Error("it was imported");
}

const kinds = (notes: readonly { kind: string }[]): string[] => notes.map(({ kind }) => kind);

it("reads numbers, words, truth values and dates, and says nothing where nothing was assumed", async () => {
  const { objects, notes, columns } = await read(
    "n,word,yes,day\n1.5,a,true,2024-02-29\n-2,b,false,2024-03-01T12:30:00Z\n",
  );
  expect(columns.map(({ type }) => type)).toEqual(["number", "text", "boolean", "date"]);
  expect(objects).toEqual([
    { n: 1.5, word: "a", yes: true, day: new Date("2024-02-29T00:00:00Z") },
    { n: -2, word: "b", yes: false, day: new Date("2024-03-01T12:30:00Z") },
  ]);
  expect(notes).toEqual([]);
});

it("refuses an empty file, and one of blank lines only", async () => {
  expect(await failureOf("")).toEqual({ code: "file-empty", file: "t.csv" });
  expect(await failureOf("\n\n \n")).toEqual({ code: "file-empty", file: "t.csv" });
});

it("refuses a header without rows", async () => {
  expect(await failureOf("a,b,c\n")).toEqual({ code: "only-header", file: "t.csv", columns: 3 });
});

it("refuses a picture, and other bytes that are no text, whatever they are called", async () => {
  const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]);
  const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]);
  const bytes = Uint8Array.from([65, 44, 66, 10, 0, 1, 2]);
  const not = { code: "not-a-table", file: "t.csv" };
  expect(await failureOf(png)).toEqual({ ...not, format: "a PNG picture" });
  expect(await failureOf(jpeg)).toEqual({ ...not, format: "a JPEG picture" });
  expect(await failureOf(bytes)).toEqual({ ...not, format: null });
});

it("keeps short rows, filled up, and says how many and where", async () => {
  const { objects, notes } = await read("a,b,c\n1,2,3\n4,5\n6\n");
  expect(objects.slice(1)).toEqual([
    { a: 4, b: 5, c: null },
    { a: 6, b: null, c: null },
  ]);
  expect(notes).toContainEqual({ kind: "short-rows", rows: 2, lines: [3, 4] });
});

it("leaves out what goes beyond the last column, and says how many and where", async () => {
  const { objects, notes } = await read("a,b\n1,2\n3,4,5\n6,7,\n");
  expect(objects).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
    { a: 6, b: 7 },
  ]);
  expect(notes).toEqual([{ kind: "long-rows", rows: 1, lines: [3] }]);
});

it("refuses a table most of whose rows are longer than its header", async () => {
  expect(await failureOf("My measurements\na,b,c\n1,2,3\n4,5,6\n")).toEqual({
    code: "rows-too-long",
    file: "t.csv",
    columns: 1,
    rows: 3,
    of: 3,
    line: 2,
  });
});

it("names columns that the header leaves out, and renames those it has twice", async () => {
  const { names, notes } = await read("x,,x,x_2\n1,2,3,4\n");
  expect(names).toEqual(["x", "column 2", "x_3", "x_2"]);
  expect(notes).toEqual([
    { kind: "unnamed-columns", columns: ["column 2"] },
    { kind: "renamed-columns", columns: ["x_3"] },
  ]);
});

it("tells a missing header from a header of years", async () => {
  const without = await read("Adelie,39.1\nGentoo,47.5\n");
  expect(without.names).toEqual(["column 1", "column 2"]);
  expect(without.rows).toBe(2);
  expect(kinds(without.notes)).toEqual(["no-header"]);
  const years = await read("country,2019,2020\nChad,1,2\nPeru,3,4\n");
  expect(years.names).toEqual(["country", "2019", "2020"]);
});

it("finds the row names that R writes without naming their column", async () => {
  const { names, objects } = await read("mpg,cyl\nMazda,21,6\nDatsun,22.8,4\n");
  expect(names).toEqual(["column 1", "mpg", "cyl"]);
  expect(objects[0]).toEqual({ "column 1": "Mazda", mpg: 21, cyl: 6 });
});

it("reads UTF-8 with and without a mark, and UTF-16 by its mark", async () => {
  const text = "name,n\nZoë,1\n東京,2\n";
  const little = Uint8Array.from([
    0xff,
    0xfe,
    ...new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer),
  ]);
  const big = little.map((_, i) => little[i ^ 1]!);
  for (const bytes of [text, `\uFEFF${text}`, little, big]) {
    const { objects, names } = await read(bytes);
    expect(names).toEqual(["name", "n"]);
    expect(objects.map((row) => (row as { name: string }).name)).toEqual(["Zoë", "東京"]);
  }
});

it("falls back to windows-1252 where the bytes are not UTF-8, and says so", async () => {
  const bytes = Uint8Array.from("name,n\nZo\xeb,1\n", (c) => c.charCodeAt(0));
  const { objects, notes } = await read(bytes);
  expect(objects).toEqual([{ name: "Zoë", n: 1 }]);
  expect(notes).toEqual([{ kind: "encoding", encoding: "windows-1252" }]);
});

it("reads quotes with separators, doubled quotes and line breaks, and counts lines past them", async () => {
  const { objects, notes } = await read('a,b\r\n"x, ""y""\r\nz",1\r\nshort\r\n');
  expect(objects).toEqual([
    { a: 'x, "y"\nz', b: 1 },
    { a: "short", b: null },
  ]);
  expect(notes).toEqual([{ kind: "short-rows", rows: 1, lines: [4] }]);
});

it("refuses a quote that is never closed, with the line on which its row begins", async () => {
  expect(await failureOf('a,b\n1,2\n3,"four\n5,6\n')).toEqual({
    code: "quote-open",
    file: "t.csv",
    line: 3,
  });
});

it("reads semicolons with decimal commas, tabs, and bars", async () => {
  const german = await read("Ort;Wert\nUlm;1,5\nBonn;1.234,25\n");
  expect(german.objects).toEqual([
    { Ort: "Ulm", Wert: 1.5 },
    { Ort: "Bonn", Wert: 1234.25 },
  ]);
  expect(german.notes).toEqual([{ kind: "delimiter", delimiter: ";", decimalComma: true }]);
  const plain = await read("a;b\n1.5;2\n");
  expect(plain.objects).toEqual([{ a: 1.5, b: 2 }]);
  expect((await read("a\tb\n1\t2\n")).notes).toEqual([
    { kind: "delimiter", delimiter: "\t", decimalComma: false },
  ]);
  expect((await read("a|b\n1|2\n")).objects).toEqual([{ a: 1, b: 2 }]);
});

it("reads text without a separator as one column, commas and all", async () => {
  const { objects, notes } = await read("review\nGood, really\nBad\nSo, so, so\n");
  expect(objects.map((row) => (row as { review: string }).review)).toEqual([
    "Good, really",
    "Bad",
    "So, so, so",
  ]);
  expect(kinds(notes)).toEqual(["one-column"]);
});

it("marks missing what is written as NA, NaN, null, ? or nothing, and says which words it met", async () => {
  const { objects, notes, columns } = await read("a,b\n1,x\nNA,?\n,null\n4,NaN\n");
  expect(objects).toEqual([
    { a: 1, b: "x" },
    { a: null, b: null },
    { a: null, b: null },
    { a: 4, b: null },
  ]);
  expect(columns.map(({ profile }) => profile.missing)).toEqual([2, 3]);
  expect(notes).toEqual([{ kind: "missing-words", cells: 4, words: ["NA", "?", "null", "NaN"] }]);
});

it("keeps a column of at least 95 numbers in 100 a number, and names the words that became missing", async () => {
  const numbers = Array.from({ length: 38 }, (_, i) => String(i));
  const few = await read(`n\n${[...numbers, "high", "low"].join("\n")}\n`);
  expect(few.columns[0]).toMatchObject({ type: "number", profile: { count: 38, missing: 2 } });
  expect(few.notes).toContainEqual({
    kind: "words-in-numbers",
    column: "n",
    cells: 2,
    words: ["high", "low"],
  });
  const many = await read(`n\n${[...numbers, "high", "low", "mid"].join("\n")}\n`);
  expect(many.columns[0]).toMatchObject({ type: "text", profile: { count: 41, missing: 0 } });
  expect(many.notes).toContainEqual({
    kind: "numbers-in-text",
    column: "n",
    cells: 3,
    words: ["high", "low", "mid"],
  });
});

it("keeps codes with leading zeros and ids too long for a number as text", async () => {
  const { objects, notes } = await read("zip,id\n00501,9007199254740993\n10001,9007199254740995\n");
  expect(objects[0]).toEqual({ zip: "00501", id: "9007199254740993" });
  expect(notes).toEqual([
    { kind: "kept-as-text", column: "zip", why: "zeros" },
    { kind: "kept-as-text", column: "id", why: "long" },
  ]);
});

it("says which rows have no number at all, and which columns no value", async () => {
  const { notes } = await read("name,a,b,c\nx,1,2,\ny,,,\nz,3,,\n");
  expect(notes).toEqual([
    { kind: "empty-columns", columns: ["c"] },
    { kind: "rows-without-numbers", rows: 1, lines: [3] },
  ]);
});

it("skips blank lines, and speaks only of those between rows", async () => {
  const { rows, notes } = await read("a,b\n\n1,2\n\n3,4\n\n\n");
  expect(rows).toBe(2);
  expect(notes).toEqual([{ kind: "blank-lines", rows: 2, lines: [2, 4] }]);
});

it("refuses more columns than a browser can show", async () => {
  const header = Array.from({ length: tableLimits.columns + 1 }, (_, i) => `c${i}`).join(",");
  expect(await failureOf(`${header}\n1\n`)).toMatchObject({ code: "too-many-columns" });
});

it("gives the same digest for the same content, and another for another", async () => {
  const one = await read("a,b\n1,x\n");
  expect((await read("a;b\r\n1;x\r\n", "other.csv")).digest).toBe(one.digest);
  expect((await read("a,b\n1,y\n")).digest).not.toBe(one.digest);
  expect((await read("a,c\n1,x\n")).digest).not.toBe(one.digest);
});

it("unpacks gzip by its bytes, and refuses one that was cut short", async () => {
  const packed = await gzip(new TextEncoder().encode("a,b\n1,2\n"));
  expect((await read(packed, "t.csv.gz")).objects).toEqual([{ a: 1, b: 2 }]);
  expect(await failureOf(packed.subarray(0, packed.length - 6), "t.csv.gz")).toEqual({
    code: "gzip-broken",
    file: "t.csv.gz",
  });
});

const pictures = idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
const labels = idx([2], [7, 3]);

it("reads a file of images and a file of labels as one dataset, packed or not", async () => {
  const plans = await planSources([
    source("train-labels-idx1-ubyte", labels),
    source("train-images-idx3-ubyte.gz", await gzip(pictures)),
  ]);
  expect(plans).toHaveLength(1);
  const [plan] = plans;
  if (plan?.kind !== "images") throw new Error("not planned as images");
  const dataset = await readImport(plan, ignore);
  expect(dataset).toMatchObject({ name: "train", rows: 2 });
  expect(dataset.content).toMatchObject({ width: 3, height: 2, labels: Uint8Array.of(7, 3) });
  expect(dataset.columns[0]?.profile).toMatchObject({ distinct: 2, count: 2 });
});

async function imagesFailure(images: Uint8Array, others?: Uint8Array): Promise<unknown> {
  const files = [source("a-images-idx3-ubyte", images)];
  if (others) files.push(source("a-labels-idx1-ubyte", others));
  const [plan] = await planSources(files);
  if (plan?.kind !== "images") return plan;
  const error: unknown = await readImport(plan, ignore).catch((thrown: unknown) => thrown);
  return error instanceof AppError ? error.failure : error;
}

it("refuses IDX that is cut short, too long, of other numbers, or does not match its labels", async () => {
  const file = "a-images-idx3-ubyte";
  expect(await imagesFailure(pictures.subarray(0, 25))).toEqual({
    code: "idx-length",
    file,
    expected: 28,
    actual: 25,
  });
  expect(await imagesFailure(pictures.subarray(0, 9))).toMatchObject({
    code: "idx-length",
    actual: 9,
  });
  expect(await imagesFailure(Uint8Array.of(...pictures, 1))).toMatchObject({ actual: 29 });
  expect(await imagesFailure(idx([1, 1, 1], [1, 2, 3, 4], 13))).toMatchObject({
    code: "idx-unsupported",
    bytes: false,
  });
  expect(await imagesFailure(idx([1, 1, 1, 1], [1]))).toMatchObject({ dimensions: 4 });
  expect(await imagesFailure(pictures, idx([3], [1, 2, 3]))).toEqual({
    code: "idx-counts-differ",
    imagesFile: file,
    labelsFile: "a-labels-idx1-ubyte",
    images: 2,
    labels: 3,
  });
});

it("imports images without labels, and asks for the images of labels that came alone", async () => {
  const [images] = await planSources([source("a.idx", pictures)]);
  if (images?.kind !== "images") throw new Error("not planned as images");
  expect((await readImport(images, ignore)).notes).toEqual([{ kind: "no-labels" }]);
  const [alone] = await planSources([source("a-labels", labels)]);
  expect(alone).toMatchObject({ failure: { code: "labels-alone", file: "a-labels" } });
});

it("pairs several sets by their names, and refuses to guess", async () => {
  const plans = await planSources([
    source("train-images-idx3-ubyte", pictures),
    source("t10k-images-idx3-ubyte", pictures),
    source("t10k-labels-idx1-ubyte", labels),
    source("train-labels-idx1-ubyte", labels),
  ]);
  expect(plans.map((plan) => plan.kind === "images" && plan.labels?.name)).toEqual([
    "train-labels-idx1-ubyte",
    "t10k-labels-idx1-ubyte",
  ]);
  const unclear = await planSources([
    source("a", pictures),
    source("b", pictures),
    source("c", labels),
  ]);
  expect(unclear).toMatchObject([{ failure: { code: "pairs-unclear" } }]);
});
