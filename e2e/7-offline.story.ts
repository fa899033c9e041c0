// Story 7: the network goes, work goes on, and it all comes together again.
import { type BrowserContext, chromium, expect } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LAUNCH_ARGS, findBrowser } from "./browser.js";
import { file, penguinsCsv } from "./data.ts";
import {
  addCode,
  appCached,
  connection,
  foundWorkspaceIn,
  joinWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  runToEnd,
  sourceOf,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

test("offline: editing, importing, training, reloading, restarting the browser; then everything once, on both sides", async ({
  browser,
  server,
}) => {
  const profile = await mkdtemp(join(tmpdir(), "ensemble-profile-"));
  const launch = (): Promise<BrowserContext> =>
    chromium.launchPersistentContext(profile, { executablePath: findBrowser(), args: LAUNCH_ARGS });
  let own = await launch();
  let mira = await foundWorkspaceIn(own, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  await addCode(mira, "const shared = 1;");
  const notebook = mira.url();
  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
  await jun.goto(notebook);
  await expect(sourceOf(jun, 1)).toContainText("shared");
  await expect(connection(mira)).toHaveText("Saved");
  await appCached(mira);

  await server.kill();
  for (const page of [mira, jun]) await expect(connection(page)).toHaveText("Offline");
  await mira.reload();
  await expect(connection(mira)).toHaveText("Offline");
  await expect(sourceOf(mira, 1)).toContainText("shared");
  await own.close();
  own = await launch();
  mira = await own.newPage();
  await mira.goto(notebook);
  await expect(connection(mira)).toHaveText("Offline");
  await expect(sourceOf(mira, 1)).toContainText("shared");
  await openSection(mira, "Datasets");
  await mira.getByLabel("Import data").setInputFiles(file("penguins.csv", penguinsCsv()));
  await expect(mira.getByRole("table", { name: "Rows" })).toBeVisible();
  await mira.goto(notebook);
  const trained = await addCode(
    mira,
    `import { dataset } from "ensemble";
import * as tf from "@tensorflow/tfjs";
const birds = await dataset("penguins");
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
await model.fit(tf.randomNormal([64, 2]), tf.randomNormal([64, 1]), { epochs: 3 });
\`\${birds.numRows()} birds\``,
  );
  await runToEnd(mira, trained, 60_000);
  await expect(outputOf(mira, trained)).toContainText("300 birds");
  await openSection(mira, "Runs");
  await expect(mira.getByRole("table", { name: "Runs" }).getByRole("row")).toHaveCount(2);
  await mira.goto(notebook);
  await addCode(jun, "const fromJun = 2;");

  await server.start();
  for (const page of [mira, jun]) await expect(connection(page)).toHaveText("Saved");
  for (const page of [mira, jun]) {
    const cells = page
      .getByRole("list", { name: "Cells" })
      .getByRole("group", { name: /^Cell \d+$/ });
    await expect(cells).toHaveCount(3);
    for (const text of ["shared = 1", "fromJun = 2", "300 birds"])
      await expect(cells.filter({ hasText: text })).toHaveCount(1);
  }
  await openSection(jun, "Runs");
  await expect(jun.getByRole("table", { name: "Runs" }).getByRole("row")).toHaveCount(2);
  await openSection(jun, "Datasets");
  await jun
    .getByRole("list", { name: "Datasets" })
    .getByRole("link", { name: /penguins/ })
    .click();
  await expect(jun.getByRole("table", { name: "Rows" })).toContainText("Torgersen");
  await own.close();
  await rm(profile, { recursive: true, force: true });
});
