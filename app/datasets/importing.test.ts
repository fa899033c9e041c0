// What happens to files that are imported, from choosing them to the list: the real reader, without its thread.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { PutWatch } from "../../lib/workspace/session.ts";
import { PageWorker, choose, file, heldFile } from "./testing/files.ts";
import { all, appears, has, leave, press, textOf, the, until } from "./testing/page.ts";
import { type DatasetWorkspace, datasetWorkspace } from "./testing/workspace.ts";

const PENGUINS = "island,mass\nDream,3750\nBiscoe,4200\n";
const MORE_PENGUINS = `${PENGUINS}Torgersen,3900\n`;
/** Long enough to be read in several pieces. */
const LONG = `n,story\n${Array.from({ length: 240 }, (_, i) => `${i},${"once upon a time ".repeat(600)}\n`).join("")}`;

let workspace: DatasetWorkspace;

beforeEach(async () => {
  vi.stubGlobal("Worker", PageWorker);
  workspace = await datasetWorkspace();
  await workspace.showList();
});

afterEach(async () => {
  await leave();
  vi.unstubAllGlobals();
});

/** The datasets in the list, by name and size, in the order of the alphabet. */
const listed = (): string[] =>
  has("list", "Datasets") ? all("link", undefined, the("list", "Datasets")).map(textOf).sort() : [];
const settled = (): boolean => !has("progressbar") && !has("dialog");

const underWay = (): Promise<void> =>
  until(() => Number(all("progressbar")[0]?.getAttribute("aria-valuenow") ?? 0) > 0);

async function imported(name: string, content: string): Promise<void> {
  const before = workspace.opened.length;
  choose(file(name, content));
  await until(() => workspace.opened.length > before && settled());
}

async function asked(): Promise<HTMLElement> {
  await imported("penguins.csv", PENGUINS);
  choose(file("penguins.csv", MORE_PENGUINS));
  return appears("dialog", "There is a dataset “penguins”");
}

const versions = async (): Promise<string[]> => {
  await workspace.showDataset((workspace.opened[0] ?? "").split("/").at(-1) ?? "");
  await appears("heading", "Versions");
  return all("listitem", undefined, the("region", "Versions")).map(textOf);
};

it("opens the dataset that a single file became, with nothing left to say about it", async () => {
  await imported("penguins.csv", PENGUINS);
  expect(listed()).toEqual(["penguins 2 rows, 2 columns"]);
  expect(workspace.opened).toEqual([the("link", /penguins/).getAttribute("href")]);
  expect(has("list", "Imports")).toBe(false);
});

it("shows the list where several files are imported, each of which is a dataset", async () => {
  choose(file("penguins.csv", PENGUINS), file("one.csv", "n,m\n1,2\n"));
  await until(() => listed().length === 2 && settled());
  expect(listed()).toEqual(["one 1 row, 2 columns", "penguins 2 rows, 2 columns"]);
  expect(workspace.opened).toEqual([]);
});

it("shows how far a file is read, in percent", async () => {
  const held = heldFile("stories.csv", LONG);
  choose(held.file);
  const line = await appears("listitem", /Reading stories\.csv/);
  await underWay();
  const percent = Number(
    the("progressbar", "Progress of stories.csv").getAttribute("aria-valuenow"),
  );
  expect(percent).toBeGreaterThan(5);
  expect(percent).toBeLessThan(95);
  expect(textOf(line)).toContain(`${percent} %`);
  expect(listed()).toEqual([]);
  held.release();
  await until(() => listed().length === 1 && settled());
  expect(listed()).toEqual(["stories 240 rows, 2 columns"]);
});

it("stops at a cancelled file: nothing of it is in the list, then or later", async () => {
  const held = heldFile("stories.csv", LONG);
  choose(held.file);
  await underWay();
  await press("Cancel stories.csv");
  await until(() => !has("list", "Imports"));
  held.release();
  await imported("penguins.csv", PENGUINS);
  expect(listed()).toEqual(["penguins 2 rows, 2 columns"]);
  expect(has("list", "Imports")).toBe(false);
});

it("can still be cancelled while what was read is stored, and lists nothing then", async () => {
  let givenUp: Error | undefined;
  vi.spyOn(workspace.session.blobs, "put").mockImplementationOnce(
    (_bytes, _mime, { progress, signal }: PutWatch = {}) =>
      new Promise((_, refuse) => {
        progress?.(0.4);
        signal?.addEventListener("abort", () => refuse((givenUp = new Error("given up"))));
      }),
  );
  choose(file("penguins.csv", PENGUINS));
  await until(() => all("progressbar")[0]?.getAttribute("aria-valuenow") === "40");
  expect(textOf(the("list", "Imports"))).toMatch(/^Storing penguins\.csv/);
  await press("Cancel penguins.csv");
  await until(settled);
  expect(givenUp).toBeDefined();
  expect(has("list", "Imports")).toBe(false);
  await imported("penguins.csv", PENGUINS);
  expect(listed()).toEqual(["penguins 2 rows, 2 columns"]);
});

it("stops all files of a choice at once, and keeps what is stored already", async () => {
  const held = heldFile("stories.csv", LONG);
  choose(file("penguins.csv", PENGUINS), held.file, file("one.csv", "n,m\n1,2\n"));
  await until(() => listed().length === 1);
  await press("Cancel stories.csv");
  held.release();
  await imported("two.csv", "n,m\n1,2\n");
  expect(listed()).toEqual(["penguins 2 rows, 2 columns", "two 1 row, 2 columns"]);
});

it("leaves the sentence of a file that fails until it is read, and no half dataset", async () => {
  choose(file("open.csv", 'a,b\n1,2\n3,"four\n5,6\n'));
  const sentence = await appears("alert");
  expect(textOf(sentence)).toMatch(/^open\.csv: a quote that opens on line 3 is never closed\./);
  await until(settled);
  expect(listed()).toEqual([]);
  expect(workspace.opened).toEqual([]);
  await press("Dismiss");
  expect(has("list", "Imports")).toBe(false);
});

it("lets a file that fails stop none of those chosen with it", async () => {
  choose(file("empty.csv", ""), file("penguins.csv", PENGUINS), file("header.csv", "a,b\n"));
  await until(() => listed().length === 1 && all("alert").length === 2 && settled());
  expect(all("alert").map(textOf).sort()).toEqual([
    expect.stringMatching(/^empty\.csv is empty/),
    expect.stringMatching(/^header\.csv has a header of 2 columns and no rows/),
  ]);
  expect(listed()).toEqual(["penguins 2 rows, 2 columns"]);
});

it("says of a browser that cannot keep a file that it was read but not kept, and lists nothing", async () => {
  const full = new DOMException("The quota is used up", "QuotaExceededError");
  vi.spyOn(workspace.session.blobs, "put").mockRejectedValueOnce(full);
  choose(file("penguins.csv", PENGUINS));
  expect(textOf(await appears("alert"))).toMatch(/^penguins\.csv was read, but .* Make room/);
  await until(settled);
  expect(listed()).toEqual([]);
  await imported("penguins.csv", PENGUINS);
  expect(listed()).toEqual(["penguins 2 rows, 2 columns"]);
});

it("says of the same file again that nothing was changed", async () => {
  await imported("penguins.csv", PENGUINS);
  await imported("penguins.csv", PENGUINS);
  expect(textOf(await appears("status", /holds exactly this already/))).toBe(
    "“penguins” holds exactly this already: nothing was changed.",
  );
  expect(listed()).toEqual(["penguins 2 rows, 2 columns"]);
  expect(await versions()).toHaveLength(1);
});

it("asks where a dataset of that name has the same columns, before it changes anything", async () => {
  const dialog = await asked();
  expect(textOf(dialog)).toMatch(/It has 2 rows, and penguins\.csv has 3, with the same columns/);
  expect(all("button", /^(?!Close)/, dialog).map(textOf)).toEqual([
    "Cancel",
    "Import as “penguins-2”",
    "Add as new version",
  ]);
  expect(listed()).toEqual(["penguins 2 rows, 2 columns"]);
});

it("adds a version where that is the answer", async () => {
  await asked();
  await press("Add as new version");
  await until(() => listed()[0] === "penguins 3 rows, 2 columns" && settled());
  expect(listed()).toHaveLength(1);
  expect(await versions()).toEqual([
    expect.stringMatching(/^v2 You.*\+1 row/),
    expect.stringMatching(/^v1 You.*\+2 rows/),
  ]);
});

it("imports beside the dataset where that is the answer", async () => {
  await asked();
  await press("Import as “penguins-2”");
  await until(() => listed().length === 2 && settled());
  expect(listed()).toEqual(["penguins 2 rows, 2 columns", "penguins-2 3 rows, 2 columns"]);
  expect(await versions()).toHaveLength(1);
});

it("changes nothing where the answer is to cancel", async () => {
  await asked();
  await press("Cancel");
  await until(settled);
  await imported("one.csv", "n,m\n1,2\n");
  expect(listed()).toEqual(["one 1 row, 2 columns", "penguins 2 rows, 2 columns"]);
  expect(await versions()).toHaveLength(1);
  expect(has("list", "Imports")).toBe(false);
});

it("takes a closed question for a cancelled one", async () => {
  await asked();
  await press("Close");
  await until(settled);
  await imported("one.csv", "n,m\n1,2\n");
  expect(listed()).toEqual(["one 1 row, 2 columns", "penguins 2 rows, 2 columns"]);
});

it("imports other columns under a taken name beside it, and says so", async () => {
  await imported("penguins.csv", PENGUINS);
  await imported("penguins.csv", "length,depth\n39,18\n");
  expect(textOf(await appears("status", /has other columns/))).toBe(
    "Imported as “penguins-2”, since “penguins” has other columns.",
  );
  expect(listed()).toEqual(["penguins 2 rows, 2 columns", "penguins-2 1 row, 2 columns"]);
});
