// The page of a dataset, as a person finds it: its rows, its columns, what the import said, its versions.
import { afterEach, expect, it, vi } from "vitest";
import { idx } from "../../lib/datasets/testing/sources.ts";
import type { DatasetId } from "../../lib/base/ids.ts";
import { listDatasets } from "../../lib/document/indexDoc.ts";
import {
  all,
  appears,
  has,
  leave,
  nameOf,
  press,
  takeFromMenu,
  textOf,
  the,
  until,
} from "./testing/page.ts";
import { type DatasetWorkspace, datasetWorkspace } from "./testing/workspace.ts";

const PENGUINS =
  "island,mass,length,seen\n" +
  "Dream,3750,39.1,2024-03-09\n" +
  "Biscoe,NA,,2024-03-10\n" +
  "Dream,4250,40.3,2024-03-11\n" +
  "Biscoe,3250,36.7\n";

afterEach(leave);

async function penguins(role: "editor" | "viewer" = "editor"): Promise<DatasetWorkspace> {
  const workspace = await datasetWorkspace(role);
  await workspace.has("a", "penguins", PENGUINS);
  await workspace.showDataset("a");
  await appears("table", "Rows");
  return workspace;
}

const cells = (row: Element): string[] => [...row.children].map(textOf);
const rows = (): string[][] => all("row", undefined, the("table", "Rows")).map(cells);
const columns = (): string[][] => all("row", undefined, the("table", "Columns")).map(cells);
const versions = (): string[] => all("listitem", undefined, the("region", "Versions")).map(textOf);
const current = (workspace: DatasetWorkspace): number | undefined =>
  listDatasets(workspace.index)[0]?.rows;

it("is headed by the name, and says how large the dataset is", async () => {
  await penguins();
  expect(textOf(the("heading"))).toBe("penguins");
  expect(textOf(document.body)).toMatch(
    /4 rows, 4 columns, [\d.]+ k?B|4 rows, 4 columns, \d+ bytes/,
  );
});

it("shows the first rows as they were in the file, with what is missing marked so", async () => {
  await penguins();
  expect(rows()).toEqual([
    ["1", "Dream", "3750", "39.1", "2024-03-09"],
    ["2", "Biscoe", "–missing", "–missing", "2024-03-10"],
    ["3", "Dream", "4250", "40.3", "2024-03-11"],
    ["4", "Biscoe", "3250", "36.7", "–missing"],
  ]);
  expect(textOf(document.body)).toContain("of 4");
});

it("draws of a long table only the rows in view", async () => {
  const workspace = await datasetWorkspace();
  await workspace.has("a", "long", `n\n${Array.from({ length: 5000 }, (_, i) => i).join("\n")}\n`);
  await workspace.showDataset("a");
  const table = await appears("table", "Rows");
  expect(table.getAttribute("aria-rowcount")).toBe("5001");
  expect(rows()[0]).toEqual(["1", "0"]);
  expect(rows().length).toBeLessThan(100);
});

it("tells each column's type, how many values are missing, and its range or its values", async () => {
  await penguins();
  expect(columns()).toEqual([
    ["island", "category", "", "none", "Biscoe 2, Dream 2"],
    ["mass", "number", "", "1", "3250", "3750", "4250"],
    ["length", "number", "", "1", "36.7", "39.1", "40.3"],
    ["seen", "date", "", "1", "2024-03-09", "2024-03-10", "2024-03-11"],
  ]);
});

it("draws each column's spread, and says it in words", async () => {
  await penguins();
  expect(all("img", undefined, the("table", "Columns")).map(nameOf)).toEqual([
    "spread of island: 2 values",
    "spread of mass: from 3250 to 4250",
    "spread of length: from 36.7 to 40.3",
    "spread of seen: from 2024-03-09 to 2024-03-11",
  ]);
  for (const picture of all("img")) {
    const heights = [...picture.querySelectorAll("rect")].map((bar) =>
      Number(bar.getAttribute("height")),
    );
    expect(Math.max(...heights)).toBe(28);
  }
});

it("says in sentences what the import assumed and what is missing", async () => {
  await penguins();
  const notes = the("region", "From the import");
  expect([...notes.querySelectorAll("p")].map(textOf)).toEqual([
    "1 row ended early (line 5). What it lacks is marked missing.",
    "1 value written as “NA” is marked missing.",
    "1 row has no measurement at all (line 3). A model cannot learn from it.",
    "1 row has no seen. It is kept, and marked missing.",
  ]);
});

it("shows the rows that a sentence is about, and all of them again", async () => {
  await penguins();
  const [unmeasured, unseen] = all("button", /Show the row/);
  (unmeasured as HTMLElement).click();
  await until(() => rows().length === 1);
  expect(rows()[0]?.slice(0, 2)).toEqual(["2", "Biscoe"]);
  (unseen as HTMLElement).click();
  await until(() => rows()[0]?.[0] === "4");
  expect(textOf(document.body)).toContain("1 row: rows without seen.");
  await press("Show all rows");
  expect(rows()).toHaveLength(4);
});

it("says nothing of an import in which nothing was assumed", async () => {
  const workspace = await datasetWorkspace();
  await workspace.has("a", "plain", "n,m\n1,2\n3,4\n");
  await workspace.showDataset("a");
  await appears("table", "Rows");
  expect(has("region", "From the import")).toBe(false);
});

it("shows the images of an image set, and how to get labels where it has none", async () => {
  const workspace = await datasetWorkspace();
  const images = idx(
    [3, 2, 2],
    Array.from({ length: 12 }, (_, i) => i * 20),
  );
  await workspace.has("a", "shapes", images, "shapes-images-idx3-ubyte");
  await workspace.showDataset("a");
  await until(() => has("list", "Images"));
  expect(all("listitem", undefined, the("list", "Images"))).toHaveLength(3);
  expect(textOf(document.body)).toMatch(/3 images, 2×2, 12 bytes/);
  expect(textOf(the("region", "From the import"))).toMatch(/without labels.*together/);
});

it("lists the versions, newest first, with who made them and what changed", async () => {
  const workspace = await penguins();
  await workspace.has("a", "penguins", `${PENGUINS}Dream,3900,38,2024-03-12\n`, "more.csv");
  await until(() => versions().length === 2);
  expect(versions()).toEqual([
    expect.stringMatching(/^v2 Jun .*Imported from more\.csv \+1 row · [0-9a-f]{8}$/),
    expect.stringMatching(/^v1 Jun .*Imported from penguins\.csv \+4 rows · [0-9a-f]{8}$/),
  ]);
  await until(() => rows().length === 5);
});

it("looks at an older version without changing what cells read, and makes it current when told", async () => {
  const workspace = await penguins();
  await workspace.has("a", "penguins", `${PENGUINS}Dream,3900,38,2024-03-12\n`, "more.csv");
  await until(() => rows().length === 5);
  expect(has("button", "Make it the current version")).toBe(false);
  await press("v1");
  await until(() => rows().length === 4);
  expect(textOf(document.body)).toContain("an older version");
  expect(current(workspace)).toBe(5);
  await press("Make it the current version");
  await until(() => !textOf(document.body).includes("an older version"));
  expect(current(workspace)).toBe(4);
  expect(versions()).toHaveLength(2);
});

it("says what to do where the bytes are neither here nor on the server, and tries again", async () => {
  const workspace = await datasetWorkspace();
  await workspace.has("a", "penguins", PENGUINS);
  vi.spyOn(workspace.session.blobs, "get").mockRejectedValueOnce(new Error("offline"));
  await workspace.showDataset("a");
  expect(textOf(await appears("alert"))).toMatch(/rows are not on this device.*Connect/);
  expect(columns()).toHaveLength(4);
  await press("Try again");
  await appears("table", "Rows");
});

it("says of a dataset that was deleted that there is none, and where the others are", async () => {
  const workspace = await datasetWorkspace();
  await workspace.showDataset("gone");
  expect(textOf(the("heading"))).toBe("No such dataset");
  expect(the("link", /datasets that there are/).getAttribute("href")).toBe(
    `/w/${workspace.session.id}/datasets`,
  );
});

it("goes back to the list when the dataset is deleted, with a way back", async () => {
  const workspace = await penguins();
  await takeFromMenu("More about penguins", "Delete");
  await until(() => workspace.opened.length === 1);
  expect(workspace.opened).toEqual([`/w/${workspace.session.id}/datasets`]);
  expect(listDatasets(workspace.index)).toEqual([]);
  await press("Undo");
  expect(listDatasets(workspace.index).map(({ id }) => id)).toEqual(["a" as DatasetId]);
});

it("lets a viewer read and export, and change nothing", async () => {
  const workspace = await penguins("viewer");
  await workspace.has("a", "penguins", `${PENGUINS}Dream,3900,38,2024-03-12\n`, "more.csv");
  await until(() => versions().length === 2);
  await press("v1");
  await until(() => rows().length === 4);
  expect(has("button", "Make it the current version")).toBe(false);
  expect(has("button", /^More about/)).toBe(false);
  expect(has("button", "Use in a notebook")).toBe(false);
  expect(has("button", "Export")).toBe(true);
});
