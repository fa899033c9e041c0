// Story 5: training is a run by itself: live, stoppable, and recorded so that it can be done again.
import { expect } from "@playwright/test";
import {
  addCode,
  cell,
  chooseBackend,
  foundWorkspace,
  interrupt,
  openNewNotebook,
  openSection,
  outputOf,
  run,
  runToEnd,
  stateOf,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

const data = `import * as tf from "@tensorflow/tfjs";
const x = tf.randomNormal([256, 4]);
const y = x.slice([0, 0], [256, 1]).greater(0).toFloat();`;
const training = (epochs: number): string => `const model = tf.sequential({
  layers: [tf.layers.dense({ units: 8, activation: "relu", inputShape: [4] }), tf.layers.dense({ units: 1, activation: "sigmoid" })],
});
model.compile({ optimizer: tf.train.adam(0.02), loss: "binaryCrossentropy", metrics: ["accuracy"] });
(await model.fit(x, y, { epochs: ${epochs}, batchSize: 32, validationSplit: 0.25 })).history.loss.join(" ")`;

const byHand = `import { capture, startRun } from "ensemble";
const w = tf.variable(tf.zeros([4, 1]));
const optimizer = tf.train.adam(0.05);
const step = capture((rows, wanted) =>
  optimizer.minimize(() => tf.losses.sigmoidCrossEntropy(wanted, tf.matMul(rows, w)), true)!);
const own = startRun("by hand");
for (let i = 0; i < 200; i++) {
  const loss = step(x, y);
  own.log({ loss: (await loss.data())[0]! });
  loss.dispose();
}`;

test("a loop by hand is captured, and its run says so", async ({ browser, server }) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  await chooseBackend(page, "WebGPU");
  await addCode(page, data);
  await runToEnd(page, await addCode(page, byHand), 90_000);
  await openSection(page, "Runs");
  await page.getByRole("link", { name: "by hand" }).click();
  const record = page.getByRole("main");
  await expect(
    record.getByRole("row", { name: /training captured \d+ dispatches a step, \d+ kB/ }),
  ).toBeVisible();
  await expect(page.getByRole("figure", { name: "loss" })).toBeVisible();
});

test("a run is recorded with everything that led to it, and is the same without captured training", async ({
  browser,
  server,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  await chooseBackend(page, "WebGPU");
  await addCode(page, data);
  const fit = await addCode(page, training(4));
  await runToEnd(page, fit, 90_000);
  const losses = outputOf(page, fit).getByText(/^(0\.\d+ ?){4}$/);
  const captured = await losses.innerText();
  await openSection(page, "Runs");
  const row = page.getByRole("table", { name: "Runs" }).getByRole("row").nth(1);
  await expect(row).toContainText("You");
  await row.getByRole("link").first().click();
  await expect(page.getByRole("figure", { name: "loss" })).toBeVisible();
  await expect(page.getByRole("figure", { name: "accuracy" })).toBeVisible();
  const record = page.getByRole("main");
  for (const fact of [
    /webgpu/i,
    /swiftshader/i,
    "tf.randomNormal([256, 4])",
    "4.22.0",
    /adam/i,
    "0.02",
  ])
    await expect(record).toContainText(fact);
  await expect(
    record.getByRole("row", { name: /training captured \d+ dispatches a step, \d+ kB/ }),
  ).toBeVisible();

  await page.goBack();
  await page.goBack();
  await page.getByRole("button", { name: "Notebook settings" }).click();
  const choice = page.getByRole("menuitemcheckbox", { name: "Captured training" });
  await choice.click();
  await expect(choice).not.toBeChecked();
  await page.keyboard.press("Escape");
  await expect(stateOf(page, fit)).toHaveText("done"); // nothing is stale by it
  await runToEnd(page, fit);
  await expect(losses).toHaveText(captured);
  await openSection(page, "Runs");
  await row.getByRole("link").first().click();
  const why = "captured training is switched off";
  await expect(
    record.getByRole("row", { name: `training TensorFlow.js as it is ${why}` }),
  ).toBeVisible();
});

test("a run can be watched while it goes, and stopped within a second with what it logged", async ({
  browser,
  server,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  await addCode(page, data);
  const fit = await addCode(page, training(100_000));
  const notebook = page.url();
  await run(page, fit);
  const progress = page.getByRole("progressbar", { name: `Progress of cell ${fit}` });
  await expect(progress).toHaveAttribute("aria-valuenow", /\d/);
  await expect(cell(page, fit)).toContainText(/epoch \d+ of 100,?000/);
  await expect(cell(page, fit)).toContainText(/left/);

  await openSection(page, "Runs");
  const row = page.getByRole("table", { name: "Runs" }).getByRole("row").nth(1);
  await row.getByRole("link").first().click();
  const figure = page.getByRole("figure", { name: "loss" });
  await expect(figure).toBeVisible();
  const early = await figure.innerText();
  await expect.poll(() => figure.innerText()).not.toBe(early); // it grows by itself

  await page.goBack();
  await page.goBack();
  expect(page.url()).toBe(notebook);
  await expect(stateOf(page, fit)).toHaveText("running"); // it went on meanwhile
  expect(await interrupt(page, fit)).toBeLessThan(1000);
  await expect(stateOf(page, fit)).not.toHaveText("running");
  await openSection(page, "Runs");
  await expect(row).toContainText(/interrupted/i);
  await row.getByRole("link").first().click();
  await expect(figure).toBeVisible();
});
