import { expect } from "@playwright/test";
import { addCode, cell, chooseBackend, foundWorkspace, joinWorkspace, openNewNotebook, outputOf, run, stateOf, openSection } from "./people.ts";
import { test } from "./stories.fixture.ts";
const model = `import * as tf from "@tensorflow/tfjs";
import { checkpoint } from "ensemble";
const x = tf.randomNormal([32, 3]);
const y = x.sum(1, true).sin();
const model = tf.sequential({ layers: [
  tf.layers.dense({ units: 4, activation: "tanh", inputShape: [3] }),
  tf.layers.dropout({ rate: 0.2 }),
  tf.layers.dense({ units: 1 }),
] });
model.compile({ optimizer: "adam", loss: "meanSquaredError" });`;
const train = `await model.fit(x, y, { epochs: 12, batchSize: 16, validationSplit: 0.2, callbacks: { onEpochEnd: async () => { await checkpoint(model); await new Promise((r) => setTimeout(r, 300)) } } });
model.countParams()`;
test("try", async ({ browser, server }) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  await chooseBackend(mira, "CPU");
  await addCode(mira, model);
  const fit = await addCode(mira, train);
  const after = await addCode(mira, "(await model.predict(x).data())[0]");
  const jun = await joinWorkspace(browser, mira, "Jun Park", "Editor", { viewport: { width: 1280, height: 900 } });
  await jun.goto(mira.url());
  await chooseBackend(jun, "CPU");
  await run(mira, fit);
  await expect(cell(mira, fit)).toContainText(/epoch [5-9] of 12/, { timeout: 60_000 });
  await mira.context().close();
  const goOn = outputOf(jun, fit).getByRole("button", { name: /^Go on/ });
  await expect(goOn).toBeVisible();
  await jun.waitForTimeout(700);
  const shots = async (name: string): Promise<void> => {
    await jun.screenshot({ path: `/tmp/exact-${name}.png`, fullPage: true });
    await jun.emulateMedia({ colorScheme: "dark" });
    await jun.screenshot({ path: `/tmp/exact-${name}-dark.png`, fullPage: true });
    await jun.emulateMedia({ colorScheme: "light" });
    await jun.setViewportSize({ width: 360, height: 800 });
    await jun.waitForTimeout(400);
    await jun.screenshot({ path: `/tmp/exact-${name}-360.png`, fullPage: true });
    await jun.setViewportSize({ width: 1280, height: 900 });
  };
  await shots("off");
  const notebook = jun.url();
  await openSection(jun, "Runs");
  await jun.getByRole("table", { name: "Runs" }).getByRole("row").nth(1).getByRole("link").first().click();
  await expect(jun.getByRole("figure", { name: "loss" })).toBeVisible();
  await jun.goto(notebook);
  await goOn.click();
  await expect(stateOf(jun, fit)).toHaveText("done", { timeout: 60_000 });
  await run(jun, after);
  await expect(stateOf(jun, after)).toHaveText("done", { timeout: 60_000 });
  await cell(jun, fit).getByRole("button", { name: "Continue training" }).click();
  await expect(cell(jun, fit)).toContainText("continued once", { timeout: 60_000 });
  await jun.waitForTimeout(700);
  await shots("continued");
  await outputOf(jun, fit).getByRole("link", { name: /run \d/ }).first().click();
  await expect(jun.getByRole("figure", { name: "loss" })).toBeVisible();
  await jun.waitForTimeout(700);
  await shots("run");
});
