// The list of datasets, as a person finds it: by role and name.
import { flushSync } from "svelte";
import { afterEach, expect, it } from "vitest";
import { deleteEntry } from "../../lib/document/indexDoc.ts";
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
import { datasetWorkspace } from "./testing/workspace.ts";

afterEach(leave);

const listed = (): string[] => all("link").map(textOf);

it("says of an empty list what a dataset is and how to import one", async () => {
  const workspace = await datasetWorkspace();
  await workspace.showList();
  const blank = the("region", "No datasets yet");
  expect(textOf(blank)).toMatch(/table or a set of images.*Drop a CSV here/);
  expect(all("button", undefined, blank).map(nameOf)).toEqual(["Import data"]);
  expect(has("list", "Datasets")).toBe(false);
});

it("lists each dataset with its name, its rows and columns and who imported it, newest first", async () => {
  const workspace = await datasetWorkspace();
  await workspace.has("a", "penguins", "island,mass\nDream,3750\nBiscoe,4200\n");
  await workspace.has("b", "one", "n\n7\n");
  await workspace.showList();
  expect(listed()).toEqual(["one 1 row, 1 column", "penguins 2 rows, 2 columns"]);
  expect(all("listitem").map(textOf)).toEqual([
    expect.stringContaining("Jun"),
    expect.stringContaining("Jun"),
  ]);
  expect(the("link", /penguins/).getAttribute("href")).toBe(
    `/w/${workspace.session.id}/datasets/a`,
  );
});

it("tells two datasets of one name apart", async () => {
  const workspace = await datasetWorkspace();
  await workspace.has("a", "penguins", "mass\n3750\n");
  await workspace.has("b", "penguins", "length\n39\n");
  await workspace.showList();
  expect(listed().filter((text) => text.includes("same name as another"))).toHaveLength(1);
});

it("takes a deleted dataset off the list, and brings it back for who wants it back", async () => {
  const workspace = await datasetWorkspace();
  await workspace.has("a", "penguins", "mass\n3750\n");
  await workspace.has("b", "titanic", "age\n29\n");
  await workspace.showList();
  await takeFromMenu("More about penguins", "Delete");
  await until(() => !has("link", /penguins/));
  expect(listed()).toEqual(["titanic 1 row, 1 column"]);
  const word = await appears("status", /“penguins” was deleted/);
  await press("Undo", word);
  await until(() => has("link", /penguins/));
  expect(listed()).toHaveLength(2);
});

it("renames a dataset, though not to a name that another has", async () => {
  const workspace = await datasetWorkspace();
  await workspace.has("a", "penguins", "mass\n3750\n");
  await workspace.has("b", "titanic", "age\n29\n");
  await workspace.showList();
  await takeFromMenu("More about penguins", "Rename");
  const dialog = await appears("dialog", "Rename dataset");
  expect(textOf(dialog)).toContain('Cells that read dataset("penguins") have to be changed');
  const field = dialog.querySelector<HTMLInputElement>('[aria-label="Name"]')!;
  const call = (name: string): void => {
    field.value = name;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    flushSync();
  };
  call("titanic");
  expect(textOf(dialog)).toContain("Another dataset is called “titanic”");
  expect(the("button", "Rename", dialog).matches(":disabled")).toBe(true);
  call("birds");
  await press("Rename", dialog);
  await until(() => has("link", /^birds/));
  expect(listed()).toEqual(["titanic 1 row, 1 column", "birds 1 row, 1 column"]);
});

it("says again what to do when the last dataset is deleted", async () => {
  const workspace = await datasetWorkspace();
  await workspace.has("a", "penguins", "mass\n3750\n");
  await workspace.showList();
  await takeFromMenu("More about penguins", "Delete");
  await appears("region", "No datasets yet");
});

it("follows what others import and delete", async () => {
  const workspace = await datasetWorkspace();
  await workspace.showList();
  await workspace.has("a", "penguins", "mass\n3750\n");
  await until(() => has("link", "penguins 1 row, 1 column"));
  deleteEntry(workspace.index, "datasets", "a");
  await until(() => !has("link", /penguins/));
});

it("lets a viewer read the list and change nothing in it", async () => {
  const workspace = await datasetWorkspace("viewer");
  await workspace.showList();
  expect(all("button")).toEqual([]);
  expect(textOf(the("region", "No datasets yet"))).toMatch(/once an editor imports one/);
  await workspace.has("a", "penguins", "mass\n3750\n");
  await until(() => has("link", /penguins/));
  expect(all("button")).toEqual([]);
  expect(document.querySelector("main input")).toBeNull();
});

it("says how much is still on its way to the server, and what stays here where it is full", async () => {
  const workspace = await datasetWorkspace();
  await workspace.showList();
  const { connection } = workspace.session;
  const uploads = { chunks: 90, sent: 120e6, total: 480e6 };
  connection.set({ kind: "saving", pending: 90, uploads });
  await until(() => has("progressbar", "Sent to the server"));
  expect(the("progressbar", "Sent to the server").getAttribute("aria-valuenow")).toBe("25");
  expect(textOf(the("progressbar", "Sent to the server").parentElement)).toMatch(/120 of 480 MB/);
  const full = { used: 10e9, limit: 10e9 };
  connection.set({ kind: "saving", pending: 90, uploads: { ...uploads, full } });
  await until(() => has("alert"));
  expect(textOf(the("alert"))).toMatch(/full \(10 GB\)\. 360 MB .* stay on this device/);
  connection.set({ kind: "saved" });
  await until(() => !has("alert") && !has("progressbar"));
});
