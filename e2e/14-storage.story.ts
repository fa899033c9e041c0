// Story 14: a workspace is taken out in a file, brought in elsewhere, deleted; and drafts are put back.
import { type Browser, type Page, expect } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { file, penguinsCsv } from "./data.ts";
import {
  addCode,
  appCached,
  connection,
  drop,
  foundWorkspace,
  joinWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  runToEnd,
  sourceOf,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

async function home(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Workspace" }).waitFor();
  await page.goto("/");
  await expect(page.getByRole("list", { name: "Workspaces" })).toBeVisible();
}

/** What the home page offers for a workspace. */
async function choose(page: Page, title: string, what: string): Promise<void> {
  await page.getByRole("button", { name: `More about ${title}` }).click();
  await page.getByRole("menuitem", { name: what }).click();
}

async function somebodyElse(browser: Browser, origin: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: origin })).newPage();
  await page.goto("/");
  return page;
}

test.describe.configure({ timeout: 240_000 });

test("a workspace goes into a file, and out of it in another browser, whole; deleting asks first", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind", {
    baseURL: server.origin,
  });
  await openSection(mira, "Datasets");
  await mira.getByLabel("Import data").setInputFiles(file("penguins.csv", penguinsCsv()));
  await expect(mira.getByRole("table", { name: "Rows" })).toBeVisible();
  await openNewNotebook(mira);
  const cell = await addCode(
    mira,
    `import { dataset } from "ensemble";
import * as tf from "@tensorflow/tfjs";
const birds = await dataset("penguins");
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
await model.fit(tf.randomNormal([64, 2]), tf.randomNormal([64, 1]), { epochs: 3 });
\`\${birds.numRows()} birds\``,
  );
  await runToEnd(mira, cell);
  await expect(connection(mira)).toHaveText("Saved");

  await home(mira);
  const downloading = mira.waitForEvent("download");
  await choose(mira, "Untitled workspace", "Export workspace");
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("Untitled workspace.ensemble");
  const exported = mira.getByRole("dialog", { name: "Export workspace" });
  await expect(exported.getByRole("status")).toContainText("everything in “Untitled workspace”");
  await exported.getByRole("button", { name: "Done" }).click();
  const bytes = await readFile(await download.path());

  // Somewhere else, dropped on the page, without a server.
  const ada = await somebodyElse(browser, server.origin);
  await expect(ada.getByRole("button", { name: "Import workspace" })).toBeVisible();
  await drop(ada, [{ name: "notes.ensemble", mimeType: "", buffer: Buffer.from("no workspace") }]);
  await expect(ada.getByRole("alert")).toContainText("notes.ensemble is no workspace file");
  await ada.getByRole("button", { name: "Close", exact: true }).last().click();
  await appCached(ada);
  await server.kill();
  await drop(ada, [{ name: "moved.ensemble", mimeType: "", buffer: bytes }]);
  await expect(ada.getByRole("navigation", { name: "Workspace" })).toBeVisible();
  await expect(connection(ada)).toHaveText("Offline");
  await ada.getByRole("link", { name: "Untitled", exact: true }).first().click();
  await expect(sourceOf(ada, 1)).toContainText("birds.numRows()");
  await expect(outputOf(ada, 1)).toContainText("300 birds");
  await openSection(ada, "Runs");
  await expect(ada.getByRole("table", { name: "Runs" }).getByRole("row")).toHaveCount(2);
  await openSection(ada, "Datasets");
  await ada
    .getByRole("list", { name: "Datasets" })
    .getByRole("link", { name: /penguins/ })
    .click();
  await expect(ada.getByRole("table", { name: "Rows" })).toContainText("Torgersen");

  // Only on this device: deleting says so, in two tabs.
  const second = await ada.context().newPage();
  await second.goto(ada.url());
  await expect(second.getByRole("table", { name: "Rows" })).toBeVisible();
  await home(ada);
  await choose(ada, "Untitled workspace", "Delete from this browser");
  const question = ada.getByRole("dialog", { name: /Delete “Untitled workspace”/ });
  await expect(question).toContainText("No server has this workspace");
  await question.getByRole("button", { name: "Delete for good" }).click();
  await expect(ada.getByText("No workspaces yet")).toBeVisible();
  await expect(second.getByRole("alert")).toContainText("deleted from this browser");

  // Saved on a server: it comes back by its address.
  await server.start();
  await mira.reload();
  await mira.getByRole("list", { name: "Workspaces" }).getByRole("link").click();
  await expect(connection(mira)).toHaveText("Saved");
  const address = mira.url();
  await home(mira);
  await choose(mira, "Untitled workspace", "Delete from this browser");
  const again = mira.getByRole("dialog", { name: /Delete “Untitled workspace”/ });
  await expect(again).toContainText("Everything in it is saved on the server");
  await again.getByRole("button", { name: "Delete from this browser" }).click();
  await expect(mira.getByText("No workspaces yet")).toBeVisible();
  await mira.goto(address);
  await expect(mira.getByRole("link", { name: "Untitled", exact: true }).first()).toBeVisible();
});

test("what could not be shared is a draft, to be read and put back", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  await addCode(mira, "const shared = 1;");
  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
  await jun.goto(mira.url());
  await expect(sourceOf(jun, 1)).toContainText("shared");
  await jun.context().setOffline(true);
  await expect(connection(jun)).toHaveText("Offline");
  await addCode(jun, "const mine = 2;");
  const setRole = async (role: string): Promise<void> => {
    await openSection(mira, "People");
    await mira.getByRole("combobox", { name: "Role of Jun Tan" }).selectOption(role);
    await expect(connection(mira)).toHaveText("Saved");
  };
  await setRole("viewer");
  await jun.context().setOffline(false);
  await expect(connection(jun)).toHaveText("Read only");
  await jun.getByRole("button", { name: "About the connection" }).click();
  await jun.getByRole("link", { name: "Drafts and storage" }).click();
  const drafts = jun.getByRole("list", { name: "Drafts" });
  await drafts.getByRole("button", { name: "Look" }).click();
  await expect(jun.getByRole("dialog", { name: /Draft of/ })).toContainText("const mine = 2;");
  await jun.keyboard.press("Escape");
  await setRole("editor");
  await drafts.getByRole("button", { name: "Put back as a new notebook" }).click();
  await expect(sourceOf(jun, 2)).toContainText("const mine");
  await expect(connection(jun)).toHaveText("Saved");
});
