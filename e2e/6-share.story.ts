// Story 6: two people in one notebook, each with their own kernel.
import { expect } from "@playwright/test";
import {
  addCode,
  cell,
  foundWorkspace,
  inviteLink,
  joinWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  run,
  runToEnd,
  sourceOf,
  stateOf,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

test("both write in one cell, see each other, and run on their own devices", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  await addCode(mira, "const birds = 344;");
  const notebook = mira.url();
  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
  await jun.goto(notebook);
  await expect(sourceOf(jun, 1)).toContainText("const birds = 344;");

  await sourceOf(jun, 1).click();
  await jun.keyboard.press("ControlOrMeta+End");
  await jun.keyboard.type(" // from Jun");
  await expect(sourceOf(mira, 1)).toContainText("// from Jun");
  await sourceOf(mira, 1).click();
  await mira.keyboard.press("ControlOrMeta+Home");
  await mira.keyboard.type("/* from Mira */ ");
  await expect(sourceOf(jun, 1)).toContainText("/* from Mira */ const birds = 344; // from Jun");
  await expect(cell(mira, 1)).toContainText("Jun");
  await expect(cell(jun, 1)).toContainText("Mira");
  await expect(mira.getByRole("list", { name: "People here" })).toContainText("Jun");

  const shown = await addCode(mira, "birds * 2");
  await runToEnd(mira, shown);
  await expect(outputOf(jun, shown)).toContainText("688");
  await expect(cell(jun, shown)).toContainText(/Mira.*CPU/s);
  await expect(cell(jun, shown)).toContainText("not run here");
  await runToEnd(jun, shown);
  await expect(cell(mira, shown)).toContainText(/Jun.*CPU/s);

  const long = await addCode(
    mira,
    "Array.from({ length: 1_000_000 }, (_, i) => ({ i, half: i / 2 }))",
  );
  await runToEnd(mira, long);
  await outputOf(jun, long).getByRole("group", { name: "Table" }).focus();
  await jun.keyboard.press("End");
  await expect(outputOf(jun, long)).toContainText("499999.5");
  await expect(cell(jun, long)).toContainText("not run here");
});

test("a run's curve grows in another member's browser while it trains", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Viewer");
  const fit = await addCode(
    mira,
    `import * as tf from "@tensorflow/tfjs";
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
await model.fit(tf.randomNormal([64, 2]), tf.randomNormal([64, 1]), { epochs: 100_000 });`,
  );
  await run(mira, fit);
  await expect(stateOf(mira, fit)).toHaveText("running");
  await openSection(jun, "Runs");
  const row = jun.getByRole("table", { name: "Runs" }).getByRole("row").nth(1);
  await expect(row).toContainText("Mira");
  await row.getByRole("link").first().click();
  const figure = jun.getByRole("figure", { name: "loss" });
  await expect(figure).toBeVisible();
  // The loss soon stands still; its curve goes on across the picture.
  const curve = figure.locator("path.curve");
  const early = await curve.getAttribute("d");
  await expect(curve).not.toHaveAttribute("d", early ?? "");
  await mira.getByRole("button", { name: "Interrupt", exact: true }).click();
  await expect(jun.getByRole("main")).toContainText(/interrupted/i);
});

test("a viewer reads and runs, and writes nothing that others see", async ({ browser, server }) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  await addCode(mira, "20 + 1");
  const ada = await joinWorkspace(browser, mira, "Ada Obi", "Viewer");
  await ada.goto(mira.url());
  await expect(ada.getByRole("status", { name: "Connection" })).toHaveText("Read only");
  await runToEnd(ada, 1);
  await expect(outputOf(ada, 1)).toContainText("21");
  await expect(ada.getByRole("button", { name: "Add code cell" })).toHaveCount(0);
  await runToEnd(mira, 1);
  await expect(cell(mira, 1)).toContainText("You");
});

test("a link to nowhere, a used-up invite and a link cut short say so", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  const link = await inviteLink(mira, "Editor", "1 person");
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(`${server.origin}/w/${"a".repeat(26)}/notebooks`);
  await expect(stranger.getByRole("main")).toContainText(/invite/i);
  await stranger.goto(link.slice(0, -8));
  await expect(stranger.getByRole("main")).toContainText(/cut short|incomplete|not whole/i);
  for (const [name, says] of [
    ["Jun Tan", "Notebooks"],
    ["Ada Obi", /used/i],
  ] as const) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(link);
    await page.getByRole("textbox", { name: "Your name" }).fill(name);
    await page.getByRole("button", { name: "Join workspace" }).click();
    await expect(page.getByRole("main")).toContainText(says);
  }
});
