// Story 11: the same cells give the same weights to the bit, and a training whose tab was closed goes on to them.
import { expect } from "@playwright/test";
import {
  addCode,
  cell,
  chooseBackend,
  foundWorkspace,
  joinWorkspace,
  openNewNotebook,
  outputOf,
  run,
  stateOf,
} from "./people.ts";
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
// An epoch takes its time however quick the machine is, so that the tab is closed in the midst of the training.
const train = `await model.fit(x, y, { epochs: 40, batchSize: 16, callbacks: { onEpochEnd: async () => {
  checkpoint(model);
  await new Promise((done) => setTimeout(done, 150));
} } });
(await Promise.all(model.getWeights().map((one) => one.data()))).map((one) => one.join(" ")).join("; ")`;

test("a training whose tab was closed goes on in another member's to the weights it would have had", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  await chooseBackend(mira, "WebGPU");
  await addCode(mira, model);
  const fit = await addCode(mira, train);
  const jun = await joinWorkspace(browser, mira, "Jun Park", "Editor");
  await jun.goto(mira.url());
  await chooseBackend(jun, "WebGPU");
  await run(mira, fit);
  await expect(cell(mira, fit)).toContainText(/epoch ([4-9]|\d\d+) of 40/, { timeout: 60_000 });
  await mira.context().close();

  const goOn = outputOf(jun, fit).getByRole("button", { name: /^Go on from epoch \d+$/ });
  await goOn.click();
  await expect(stateOf(jun, fit)).toHaveText("done", { timeout: 60_000 });
  await expect(outputOf(jun, fit)).toContainText(/Went on from run 1 at epoch \d+/);
  const weights = (await outputOf(jun, fit).innerText()).split("\n").find((line) => /;/.test(line));
  await run(jun, fit);
  await expect(outputOf(jun, fit)).not.toContainText("Went on from");
  await expect(stateOf(jun, fit)).toHaveText("done", { timeout: 60_000 });
  expect(weights?.split(";")).toHaveLength(4);
  await expect(outputOf(jun, fit)).toContainText(weights ?? "");

  await cell(jun, fit).getByRole("button", { name: "Continue training" }).click();
  await expect(outputOf(jun, fit)).toContainText("Continued from run 3");
  await expect(cell(jun, fit)).toContainText("continued once", { timeout: 60_000 });
  await expect(outputOf(jun, fit)).not.toContainText(weights ?? "");
});
