// Every page can be read by everybody: no violation of WCAG 2 A or AA in light or dark, nothing to scroll sideways on a phone.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { file, penguinsCsv } from "./data.ts";
import {
  addCode,
  chooseBackend,
  foundWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  run,
  runToEnd,
  stateOf,
  write,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

const PHONE = { width: 360, height: 780 };

/** What axe finds on the page as it stands, in words that name the rule and the place. Dark differs by its colours alone. */
async function violations(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const result = await (
      colorScheme === "light"
        ? axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
        : axe.withRules(["color-contrast"])
    ).analyze();
    for (const { id, nodes } of result.violations)
      found.push(
        ...nodes.map((node) => `${where}, ${colorScheme}: ${id} at ${node.target.join()}`),
      );
  }
  return found;
}

/** What sticks out on the right of a phone. The page clips it, so that nothing scrolls; what scrolls by itself may be wide. */
async function tooWide(page: Page): Promise<string[]> {
  const wide = page.viewportSize();
  await page.setViewportSize(PHONE);
  const found = await page.evaluate(() => {
    const scrolls = (element: Element): boolean => {
      const around = element.parentElement;
      if (!around || around === document.body) return false;
      return getComputedStyle(around).overflowX !== "visible" || scrolls(around);
    };
    return [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .filter((element) =>
        element.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      )
      .filter((element) => element.getBoundingClientRect().width > 1 && !scrolls(element))
      .map((element) => `${element.tagName} ${element.getAttribute("class") ?? ""}`.trim());
  });
  if (wide) await page.setViewportSize(wide);
  return found;
}

test("every page passes WCAG AA in light and dark, and fits a phone", async ({
  browser,
  server,
}) => {
  const found: string[] = [];
  const look = async (page: Page, where: string): Promise<void> => {
    found.push(...(await violations(page, where)));
    for (const element of await tooWide(page))
      found.push(`${where}: ${element} is too wide for a phone`);
  };

  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openSection(page, "Datasets");
  await page.getByLabel("Import data").setInputFiles(file("penguins.csv", penguinsCsv()));
  await expect(page.getByRole("table", { name: "Columns" })).toContainText("Adelie");
  await look(page, "dataset");
  await openSection(page, "Datasets");
  await expect(page.getByRole("list", { name: "Datasets" })).toContainText("penguins");
  await look(page, "datasets");

  await openNewNotebook(page);
  await chooseBackend(page, "CPU");
  const fit = await addCode(
    page,
    `import { dataset, confusionMatrix, display } from "ensemble";
import * as tf from "@tensorflow/tfjs";
import * as Plot from "@observablehq/plot";
const penguins = await dataset("penguins");
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["mae"] });
await model.fit(tf.randomNormal([64, 2]), tf.randomNormal([64, 1]), { epochs: 4 });
console.log("trained");
display(tf.randomNormal([3, 4]));
display({ nested: { list: [1, 2, 3] } });
display(confusionMatrix(["a", "b", "b"], ["a", "b", "a"], ["a", "b"]));
display(Plot.dot(penguins, { x: "flipper_length_mm", y: "bill_length_mm" }).plot());
penguins`,
  );
  await runToEnd(page, fit);
  await expect(outputOf(page, fit).getByRole("figure", { name: "loss" })).toBeVisible();
  const wrong = await addCode(page, "penguins.nowhere.at(0)");
  await run(page, wrong);
  await expect(stateOf(page, wrong)).toHaveText("error");
  await look(page, "notebook");

  await page.getByRole("button", { name: "History", exact: true }).click();
  await page.getByRole("textbox", { name: "Message" }).fill("Trained");
  await page.getByRole("button", { name: "Save version" }).click();
  await write(page, wrong, "penguins.numRows()");
  const versions = page.getByRole("list", { name: "Versions" });
  await versions.getByRole("button", { name: /^Trained/ }).click();
  await expect(page.getByRole("status", { name: "Differences" })).toContainText("1 cell differs");
  await look(page, "version");
  await page.getByRole("button", { name: "Back to now" }).click();
  await page.getByRole("button", { name: "Close panel" }).click();
  await chooseBackend(page, "WebGPU");
  await page.setViewportSize(PHONE);
  for (const name of ["Run all", "Seed", "Backend", "History"])
    await expect(page.getByLabel(name, { exact: true })).toBeInViewport({ ratio: 1 });
  await page.setViewportSize({ width: 1280, height: 720 });

  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share workspace" });
  await dialog.getByRole("button", { name: "Create invite link" }).click();
  await expect(dialog.getByRole("textbox", { name: "Invite link" })).toBeVisible();
  await look(page, "share");
  await page.keyboard.press("Escape");

  await openSection(page, "Runs");
  const row = page.getByRole("table", { name: "Runs" }).getByRole("row", { name: /run 1/ });
  await expect(row).toBeVisible();
  await look(page, "runs");
  await row.getByRole("link").first().click();
  await expect(page.getByRole("figure", { name: "loss" })).toBeVisible();
  await look(page, "run");
  await openSection(page, "People");
  await expect(page.getByRole("list", { name: "Members" })).toContainText("Mira Lind");
  await look(page, "people");
  await page.getByRole("button", { name: "Add a device" }).click();
  await page.getByRole("button", { name: "Make device link" }).click();
  await expect(page.getByRole("textbox", { name: "Device link" })).toBeVisible();
  await look(page, "device link");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "About the connection" }).click();
  await page.getByRole("link", { name: "On this device" }).click();
  await expect(page.getByRole("list", { name: "Workspaces on this device" })).toBeVisible();
  await expect(page.getByRole("link", { name: "On this device" })).toBeHidden();
  await look(page, "on this device");
  await page.getByRole("button", { name: /^Delete .* from this browser$/ }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look(page, "delete");
  await page.keyboard.press("Escape");
  await page.goto(server.origin);
  await expect(page.getByRole("list", { name: "Workspaces" })).toBeVisible();
  await look(page, "home");

  expect(found).toEqual([]);

  // What is planted is found: the look is no blind one.
  await page.evaluate(() => {
    const faint = document.createElement("p");
    faint.textContent = "hardly to be read";
    Object.assign(faint.style, { color: "#888", background: "#777", minWidth: "2000px" });
    document.querySelector("main")?.append(faint, document.createElement("button"));
  });
  await look(page, "planted");
  expect(found.map((one) => one.replace(/ at .*/, "")).sort()).toEqual([
    "planted, dark: color-contrast",
    "planted, light: button-name",
    "planted, light: color-contrast",
    "planted: P is too wide for a phone",
  ]);
});
