// Story 12: a notebook keeps versions, for everybody in it, and goes back to one.
import { type Locator, type Page, expect } from "@playwright/test";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  addCode,
  appCached,
  connection,
  foundWorkspace,
  joinWorkspace,
  openNewNotebook,
  outputOf,
  runToEnd,
  sourceOf,
  write,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

const versions = (page: Page): Locator => page.getByRole("list", { name: "Versions" });
const version = (page: Page, name: string): Locator =>
  versions(page).getByRole("button", { name: new RegExp(`^${name}`) });
const shown = (page: Page, name: string): Locator =>
  page.getByRole("region", { name: `Version “${name}”` });

async function saveVersion(page: Page, message: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(message);
  await page.getByRole("button", { name: "Save version" }).click();
  await expect(version(page, message)).toBeVisible();
}

/** What the server keeps under these names becomes something else, as on a disk that fails. */
async function damageBlobs(folder: string, names: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && names.has(entry.name))
      await writeFile(join(entry.parentPath, entry.name), "damaged");
}

async function blobsIn(folder: string): Promise<Set<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const named = entries.filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name));
  return new Set(named.map(({ name }) => name));
}

test("versions: saved, looked at, restored and undone by two; saved offline; damaged", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  const notebook = mira.url();
  await addCode(mira, "const birds = 344;\nbirds * 2");
  await runToEnd(mira, 1);
  await mira.keyboard.press("ControlOrMeta+s");
  await mira.getByRole("button", { name: "Save version…" }).click();
  await expect(mira.getByRole("textbox", { name: "Message" })).toBeFocused();
  await saveVersion(mira, "Counted twice");
  // What Jun's will be compared with is there for him.
  await expect(connection(mira)).toHaveText("Saved");

  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
  await jun.goto(notebook);
  await write(jun, 1, "const birds = 344;\nconst more = 10;\nbirds * 3");
  await addCode(jun, '"from Jun"');
  await jun.getByRole("button", { name: "History", exact: true }).click();
  await saveVersion(jun, "Counted three times");
  await expect(version(mira, "Counted three times")).toContainText("Jun");
  await expect(version(mira, "Counted three times")).toContainText("2 cells changed");

  await version(jun, "Counted twice").click();
  const past = shown(jun, "Counted twice");
  await expect(past).toContainText("2 cells differ from now");
  await expect(past.getByRole("group", { name: "Cell 1, changed since" })).toContainText(
    "birds * 2",
  );
  await expect(past.getByRole("region", { name: "Cell 1 output" })).toContainText("688");
  await expect(past.getByRole("group", { name: "Cell, added since" })).toBeVisible();
  await expect(sourceOf(jun, 1)).toBeHidden();
  await past.getByRole("button", { name: "Restore" }).click();

  for (const page of [jun, mira]) {
    await expect(sourceOf(page, 1)).toContainText("birds * 2");
    await expect(sourceOf(page, 2)).toHaveCount(0);
    await expect(outputOf(page, 1)).toContainText("688");
    await expect(version(page, "Before restoring “Counted twice”")).toBeVisible();
  }
  await jun.getByRole("status").getByRole("button", { name: "Undo" }).click();
  for (const page of [jun, mira]) {
    await expect(sourceOf(page, 1)).toContainText("birds * 3");
    await expect(sourceOf(page, 2)).toContainText("from Jun");
  }

  for (const page of [mira, jun]) await expect(connection(page)).toHaveText("Saved");
  await appCached(mira);
  const before = await blobsIn(server.data);
  await server.kill();
  await expect(connection(mira)).toHaveText("Offline");
  await write(mira, 1, "const birds = 344;\nbirds * 4");
  await saveVersion(mira, "On the train");
  await mira.reload();
  await version(mira, "On the train").click();
  await expect(shown(mira, "On the train")).toContainText("birds * 4");
  await mira.getByRole("button", { name: "Back to now" }).click();
  await expect(sourceOf(mira, 1)).toContainText("birds * 4");
  await server.start();
  for (const page of [mira, jun]) await expect(connection(page)).toHaveText("Saved");
  await version(jun, "On the train").click();
  await expect(shown(jun, "On the train")).toContainText("birds * 4");

  await damageBlobs(server.data, before);
  const ada = await joinWorkspace(browser, mira, "Ada Reyes", "Viewer");
  await ada.goto(notebook);
  await ada.getByRole("button", { name: "History", exact: true }).click();
  await version(ada, "On the train").click();
  await expect(shown(ada, "On the train")).toContainText("birds * 4");
  await expect(ada.getByRole("button", { name: "Restore" })).toHaveCount(0);
  await version(ada, "Counted twice").click();
  await expect(shown(ada, "Counted twice").getByRole("alert")).toContainText(
    "is not on this device, and the server does not have it",
  );
  await ada.getByRole("button", { name: "Back to now" }).click();
  await expect(sourceOf(ada, 1)).toContainText("birds * 4");
});
