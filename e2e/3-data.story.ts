// Story 3: import a table and images, look at them, and train on them with WebGPU.
import { expect } from "@playwright/test";
import { BIRDS, BIRDS_WITHOUT_BILL, IMAGES, file, penguinsCsv, shapesIdx } from "./data.ts";
import {
  addCode,
  cell,
  chooseBackend,
  drop,
  foundWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  runToEnd,
  write,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

test("penguins: imported, seen, cleaned, and told apart on WebGPU", async ({ browser, server }) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openSection(page, "Datasets");
  await page.getByLabel("Import data").setInputFiles(file("penguins.csv", penguinsCsv()));
  await expect(page.getByRole("heading", { name: "penguins" })).toBeVisible();
  await expect(page.getByText(`${BIRDS} rows, 7 columns`)).toBeVisible();
  await expect(page.getByRole("table", { name: "Rows" })).toContainText("Torgersen");
  const columns = page.getByRole("table", { name: "Columns" });
  const bill = columns.getByRole("row", { name: /bill_length_mm/ });
  await expect(bill).toContainText("number");
  await expect(bill).toContainText(String(BIRDS_WITHOUT_BILL));
  await expect(columns.getByRole("row", { name: /^species/ })).toContainText("Adelie");

  await openNewNotebook(page);
  await chooseBackend(page, "WebGPU");
  await addCode(
    page,
    `import { dataset, split, confusionMatrix } from "ensemble";
import * as tf from "@tensorflow/tfjs";
import * as Plot from "@observablehq/plot";

const penguins = (await dataset("penguins")).filter((d) => d.sex !== null && d.bill_length_mm !== null);
penguins`,
  );
  await addCode(
    page,
    `const inputs = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];
const species = ["Adelie", "Chinstrap", "Gentoo"];
const { train, test } = split(penguins, { test: 0.25, seed: 7 });
const encode = (table) => {
  const raw = tf.tensor2d(inputs.map((name) => Array.from(table.array(name)))).transpose();
  const center = tf.tensor1d([44, 17, 200, 4200]);
  const scale = tf.tensor1d([5.5, 2, 14, 800]);
  const labels = Array.from(table.array("species")).map((name) => species.indexOf(name));
  return { x: raw.sub(center).div(scale), y: tf.oneHot(tf.tensor1d(labels, "int32"), 3), labels };
};
const [seen, unseen] = [encode(train), encode(test)];
seen.x`,
  );
  await addCode(
    page,
    `const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 16, activation: "relu", inputShape: [inputs.length] }),
    tf.layers.dense({ units: 3, activation: "softmax" }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.03), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
const history = await model.fit(seen.x, seen.y, { epochs: 12, batchSize: 32 });`,
  );
  const last = await addCode(
    page,
    `const guessed = await model.predict(unseen.x).argMax(1).data();
const right = unseen.labels.filter((label, i) => label === guessed[i]).length / unseen.labels.length;
console.log(\`test accuracy \${right.toFixed(3)}\`);
confusionMatrix(unseen.labels.map((i) => species[i]), Array.from(guessed, (i) => species[i]), species)`,
  );
  // Types help while one writes: members after a dot, the dataset's columns, and a line under what there is not.
  const typed = await addCode(page, "");
  await page.keyboard.type("tf.seque");
  const list = page.locator(".cm-tooltip-autocomplete").getByRole("listbox");
  await expect(list.getByRole("option", { name: /^sequential/ })).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press("Escape");
  await write(page, typed, 'penguins.array("bill")');
  const mistake = cell(page, typed).locator(".cm-lintRange-warning");
  await expect(mistake).toHaveText('"bill"');
  await write(page, typed, 'penguins.array("body_mass_g")');
  await expect(mistake).toHaveCount(0);
  const plot = await addCode(
    page,
    `Plot.dot(penguins, { x: "flipper_length_mm", y: "bill_length_mm", stroke: "species" }).plot()`,
  );
  await runToEnd(page, last, 90_000);
  await expect(page.getByRole("status", { name: "Kernel" })).toContainText(/WebGPU/);
  const said = (await outputOf(page, last).textContent()) ?? "";
  expect(Number(/test accuracy (\d\.\d+)/.exec(said)?.[1])).toBeGreaterThan(0.95);
  await expect(outputOf(page, last).getByRole("table")).toContainText("Gentoo");
  await runToEnd(page, plot);
  await expect(outputOf(page, plot).getByRole("img")).toBeVisible();
});

test("IDX: two files dropped on the page become one image dataset that a CNN learns", async ({
  browser,
  server,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  const { images, labels } = shapesIdx();
  await drop(page, [
    file("shapes-images-idx3-ubyte", images, "application/octet-stream"),
    file("shapes-labels-idx1-ubyte", labels, "application/octet-stream"),
  ]);
  await expect(page.getByRole("heading", { name: "shapes" })).toBeVisible();
  await expect(page.getByText(`${IMAGES} images`).first()).toBeVisible();
  await page.goBack();
  await page.goBack();
  await chooseBackend(page, "WebGPU");
  const cell = await addCode(
    page,
    `import { dataset } from "ensemble";
import * as tf from "@tensorflow/tfjs";

const shapes = await dataset("shapes");
const x = tf.tensor4d(shapes.pixels, shapes.shape);
const y = tf.oneHot(tf.tensor1d(shapes.labels, "int32"), 3);
const cnn = tf.sequential({
  layers: [
    tf.layers.conv2d({ filters: 4, kernelSize: 5, strides: 3, activation: "relu", inputShape: [28, 28, 1] }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 3, activation: "softmax" }),
  ],
});
cnn.compile({ optimizer: tf.train.adam(0.02), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
const learnt = await cnn.fit(x, y, { epochs: 4, batchSize: 50 });
\`accuracy \${learnt.history.acc.at(-1).toFixed(3)}\``,
  );
  await runToEnd(page, cell, 90_000);
  const said = (await outputOf(page, cell).textContent()) ?? "";
  expect(Number(/accuracy (\d\.\d+)/.exec(said)?.[1])).toBeGreaterThan(0.95);
  const sheet = await addCode(page, "shapes");
  await runToEnd(page, sheet);
  await expect(
    outputOf(page, sheet).getByRole("img", { name: `shapes: ${IMAGES} images of 28×28` }),
  ).toBeVisible();
});
