// Story 11: what decides when cells run: controls that everybody moves, cells that run by themselves, and consent.
import { expect } from "@playwright/test";
import {
  addCode,
  cell,
  chooseBackend,
  foundWorkspace,
  joinWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  run,
  runToEnd,
  stateOf,
  write,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

test("a control moves for everybody and runs what is set to run by itself, but no code that others wrote", async ({
  browser,
  server,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  await chooseBackend(page, "CPU");
  const steer = await addCode(
    page,
    `import { param, startRun } from "ensemble";
const rate = param("rate", 0.01, { min: 1e-4, max: 1, scale: "log" });`,
  );
  const plot = await addCode(page, "`at ${rate}`");
  const train = await addCode(page, `await startRun("by hand").finish();\nrate`);
  await runToEnd(page, plot);
  await cell(page, plot).hover();
  await cell(page, plot).getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Run when an input changes" }).click();
  await expect(cell(page, plot)).toContainText("auto-run");

  const jun = await joinWorkspace(browser, page, "Jun Tan", "Editor");
  await jun.goto(page.url());
  const slider = jun.getByRole("slider", { name: "rate" }); // he ran nothing
  await slider.focus();
  await jun.keyboard.press("End");
  await expect(outputOf(page, plot)).toHaveText("at 1");
  await expect(outputOf(jun, plot)).toHaveText("at 1");
  await expect(page.getByRole("slider", { name: "rate" })).toHaveAttribute("aria-valuetext", "1");

  await write(jun, plot, "`stolen at ${rate}`");
  const mark = cell(page, plot).getByRole("note", { name: "changed by Jun since you ran it" });
  await expect(mark).toBeVisible();
  await slider.focus();
  await jun.keyboard.press("Home");
  await expect(cell(page, plot)).toContainText("auto-run waits until you run it");
  await expect(outputOf(page, plot)).toHaveText("at 1");
  await run(page, plot);
  await expect(outputOf(page, plot)).toHaveText("stolen at 0.0001");
  await expect(mark).toBeHidden();

  await runToEnd(page, train);
  await cell(page, steer).focus();
  await page.keyboard.press("e");
  await expect(cell(page, steer)).toContainText("disabled");
  await expect(cell(jun, train)).toContainText(`cell ${steer} is disabled`);
  await run(page, train);
  await expect(outputOf(page, train)).toContainText(`Cell ${steer} is disabled`);

  await page.reload();
  await expect(page.getByRole("slider", { name: "rate" })).toHaveAttribute(
    "aria-valuetext",
    "0.0001",
  );
  await expect(stateOf(page, plot)).toHaveText("stale");
  await openSection(page, "Runs");
  await page.getByRole("table", { name: "Runs" }).getByRole("link", { name: "by hand" }).click();
  await expect(page.getByRole("table", { name: "Params" })).toContainText(/rate\s*0\.0001/);
});
