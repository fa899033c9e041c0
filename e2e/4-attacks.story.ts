// Story 4, against people who mean harm: nothing gets out of a cell, and nothing that it says or shows harms a page.
import { expect } from "@playwright/test";
import { assaultFromCell, assaultFromPage } from "./assault.ts";
import { type Attacker, startAttacker } from "./attacker.ts";
import { attacks } from "./attacks.ts";
import { file } from "./data.ts";
import { hostileOutputs } from "./hostileOutputs.ts";
import { MARK, PROOF, forge, forgeries } from "./forgeries.ts";
import {
  addCode,
  cell,
  foundWorkspace,
  joinWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  run,
  runToEnd,
  stateOf,
} from "./people.ts";
import { test as base } from "./stories.fixture.ts";

const test = base.extend<{ attacker: Attacker }>({
  attacker: async ({ browser }, use) => {
    const attacker = await startAttacker();
    await use(attacker);
    for (const context of browser.contexts()) await context.close();
    await attacker.close();
  },
});

test("no attack gets out of a cell, or at what is the page's; each gets through from a page of the attacker's", async ({
  browser,
  server,
  attacker,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  const fromCell = await assaultFromCell(page, attacker);
  expect([...attacker.heard]).toEqual([]);
  expect(fromCell.through).toEqual([]);
  expect(fromCell.tried).toBe(attacks.length);
  expect(fromCell.tried).toBeGreaterThanOrEqual(40);
  // The same code where nothing holds it back: none of it is refused for a mistake in it.
  const fromPage = await assaultFromPage(browser, attacker);
  expect(
    attacks.map(({ name }) => name).filter((name) => !fromPage.through.includes(name)),
  ).toEqual([]);
  test.info().annotations.push({
    type: "attacks",
    description: `${fromCell.tried} tried, ${fromCell.through.length} escaped`,
  });
});

test("a cell that speaks for the kernel is heard for its own run and for nothing else, and a flood ends it", async ({
  browser,
  server,
  attacker,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  // Another workspace of hers has a dataset that nobody here may read.
  await openSection(page, "Datasets");
  await page.getByLabel("Import data").setInputFiles(file("secrets.csv", "a,b\n1,2\n"));
  await expect(page.getByRole("table", { name: "Rows" })).toBeVisible();
  await page.goto(server.origin);
  await page.getByRole("button", { name: "New workspace" }).click();
  await openNewNotebook(page);

  const first = await addCode(page, `"as it was"`);
  await runToEnd(page, first);
  const forger = await addCode(page, forge(attacker.http));
  await runToEnd(page, forger);
  const said = (await outputOf(page, forger).textContent()) ?? "";
  const { sent, replies } = JSON.parse(/\{"sent".*\}/.exec(said)?.[0] ?? "{}") as {
    sent: string[];
    replies: string[];
  };
  expect(sent).toEqual(forgeries.map(({ name }) => name));
  expect(said).toContain(PROOF);
  // Of all that was asked for the page gave nothing.
  expect(replies.length).toBeGreaterThanOrEqual(11);
  for (const reply of replies) expect(reply).toMatch(/^(refuse |reply (false|null)$)/);
  await expect(page.getByRole("main")).not.toContainText(MARK);
  await expect(outputOf(page, first)).toContainText("as it was");
  await expect(page.getByRole("status", { name: "Kernel", exact: true })).toContainText("CPU");
  expect(await page.evaluate(() => ["polluted" in {}, document.title === "1"])).toEqual([
    false,
    false,
  ]);
  await openSection(page, "Runs");
  await expect(page.getByText(MARK)).toHaveCount(0);
  await page.goBack();

  for (const flood of [
    `for (let i = 0; i < 1e6; i++) send({ kind: "notice", message: "again " + i });`,
    `const around = { kind: "notice" };\naround.message = [around, around];\nsend(around);\nawait new Promise(() => 0);`,
  ]) {
    const flooding = await addCode(page, `{\n${takePort}\n${flood}\n}`);
    await run(page, flooding);
    await expect(outputOf(page, flooding)).toContainText("more than it can take in", {
      timeout: 30_000,
    });
    await expect(stateOf(page, flooding)).toHaveText("error");
  }
  await expect(page.getByRole("status", { name: "Kernel notice" })).toContainText(
    "more than it can take in",
  );
  const after = await addCode(page, "6 * 7");
  await runToEnd(page, after);
  await expect(outputOf(page, after)).toContainText("42");
  expect([...attacker.heard]).toEqual([]);
});

test("what a hostile member shows, and how they name things, harms nobody who looks at it", async ({
  browser,
  server,
  attacker,
}) => {
  const outputs = hostileOutputs(attacker.http);
  const tag = `<img src="http://${attacker.http}/name" onerror="top.owned=1">`;
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  const jun = await joinWorkspace(browser, mira, "Jun Ito", "Editor");
  const asked: string[] = [];
  jun.on("dialog", (dialog) => asked.push(dialog.message()));
  await openNewNotebook(mira);
  const shower = await addCode(
    mira,
    `import { startRun } from "ensemble";
${takePort}
const bundles = ${JSON.stringify(outputs.map(([, bundle]) => bundle))};
send({ kind: "outputs", run, shown: bundles.map((bundle) => ({ bundle, id: null })) });
const tag = ${JSON.stringify(tag)};
const tracked = startRun(tag, { params: { [tag]: tag, __proto__: tag, nested: { [tag]: [tag] } }, tags: [tag] });
tracked.log({ [tag]: 1 }, { step: 1 });
await tracked.finish();`,
  );
  await openSection(jun, "Notebooks");
  await jun.getByRole("list", { name: "Notebooks", exact: true }).getByRole("link").click();
  // Jun reads further down, where nothing moves while all of this arrives above it.
  await expect(cell(jun, shower)).toBeVisible();
  const reading = cell(jun, await addCode(jun, "// a line to read\n".repeat(60)));
  const place = (): Promise<number> =>
    reading.evaluate((element) => element.getBoundingClientRect().top);
  await reading.evaluate((element) => scrollBy(0, element.getBoundingClientRect().top + 100));
  await jun.evaluate(() => new Promise(requestAnimationFrame));
  const before = await place();
  await runToEnd(mira, shower);
  const region = outputOf(jun, shower);
  await expect(region).toContainText("onerror", { timeout: 30_000 });
  await expect(region.locator(".part")).toHaveCount(outputs.length + 1);
  await expect(region.locator(".katex").first()).toBeVisible();
  expect(Math.abs((await place()) - before)).toBeLessThan(3);
  // Jun's page stands, took nothing for its own, and asked the attacker for nothing.
  expect(
    await region.evaluate((element) => ({
      owned: "owned" in window || "owned" in {},
      scripts: element.querySelectorAll("script, object, embed, form, link, base, meta").length,
      handlers: [...element.querySelectorAll("*")].filter((one) =>
        one.getAttributeNames().some((name) => name.startsWith("on")),
      ).length,
      links: [...element.querySelectorAll("a[href]")].filter(
        (one) => !/^(https?:|mailto:|#|\/)/.test(one.getAttribute("href") ?? ""),
      ).length,
      frames: [...element.querySelectorAll("iframe")].filter((one) =>
        one.sandbox.contains("allow-scripts"),
      ).length,
      hidden: getComputedStyle(document.body).display === "none",
    })),
  ).toEqual({ owned: false, scripts: 0, handlers: 0, links: 0, frames: 0, hidden: false });
  for (const frame of jun.frames())
    expect(await frame.evaluate(() => "owned" in window).catch(() => false)).toBe(false);
  await runToEnd(jun, await addCode(jun, "6 * 7"));
  await openSection(jun, "Runs");
  await expect(jun.getByRole("table", { name: "Runs" })).toContainText("onerror");
  await jun.getByRole("table", { name: "Runs" }).getByRole("link", { name: /img/ }).first().click();
  await expect(jun.getByRole("heading", { level: 1 })).toContainText("onerror");
  expect(await jun.evaluate(() => "owned" in window || "owned" in {})).toBe(false);
  expect(asked).toEqual([]);
  expect([...attacker.heard]).toEqual([]);
});

/** The kernel's own port, for a cell that has nothing else to say. */
const takePort = `const real = MessagePort.prototype.postMessage;
const { port, run } = await new Promise((taken) => {
  MessagePort.prototype.postMessage = function (...sent) { if (sent[0]?.kind === "outputs") taken({ port: this, run: sent[0].run }); return real.apply(this, sent); };
  console.log("one line");
});
const send = (message) => real.call(port, message);`;
