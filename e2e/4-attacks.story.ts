// Story 4, against people who mean harm: nothing gets out of a cell, and nothing that it says or shows harms a page.
import { type Page, expect } from "@playwright/test";
import { assaultFromCell, assaultFromPage } from "./assault.ts";
import { type Attacker, startAttacker } from "./attacker.ts";
import { attacks } from "./attacks.ts";
import { file } from "./data.ts";
import { MARK, PROOF, forge, forgeries } from "./forgeries.ts";
import {
  addCode,
  foundWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  run,
  runToEnd,
  stateOf,
} from "./people.ts";
import { test as base } from "./stories.fixture.ts";

const test = base.extend<{ attacker: Attacker }>({
  attacker: async ({}, use) => {
    const attacker = await startAttacker();
    await use(attacker);
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
  await expect(page.getByRole("list", { name: "Datasets" }).getByRole("listitem")).toHaveCount(1);
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

  const flood = await addCode(
    page,
    `${takePort}\nfor (let i = 0; i < 1e6; i++) send({ kind: "notice", message: "again " + i });`,
  );
  await run(page, flood);
  await expect(stateOf(page, flood)).toHaveText("error", { timeout: 30_000 });
  await expect(outputOf(page, flood)).toContainText("more than it can take in");
  const huge = await addCode(
    page,
    `${takePort}\nsend({ kind: "notice", message: "x".repeat(70_000_000) });\nawait new Promise(() => {});`,
  );
  await run(page, huge);
  await expect(outputOf(page, huge)).toContainText("more than it can take in", { timeout: 30_000 });
  const after = await addCode(page, "6 * 7");
  await runToEnd(page, after);
  await expect(outputOf(page, after)).toContainText("42");
  expect([...attacker.heard]).toEqual([]);
});

/** The kernel's own port, for a cell that has nothing else to say. */
const takePort = `const real = MessagePort.prototype.postMessage;
const port = await new Promise((taken) => {
  MessagePort.prototype.postMessage = function (...sent) { if (sent[0]?.kind === "outputs") taken(this); return real.apply(this, sent); };
  console.log("one line");
});
const send = (message) => real.call(port, message);`;
