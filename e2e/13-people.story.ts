// Story 13: one person on two devices, a lost browser, and what the owners can read of what happened.
import { type Page, expect } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { foundWorkspace, joinWorkspace, openNewNotebook, openSection } from "./people.ts";
import { test } from "./stories.fixture.ts";

const devicesOf = (page: Page, name: string): ReturnType<Page["getByRole"]> =>
  page.getByRole("list", { name: `Devices of ${name}` });

async function showDevices(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: `Devices of ${name}` }).click();
}

const chain = (page: Page): ReturnType<Page["getByRole"]> =>
  page.getByRole("status", { name: "Audit chain" });

test("a second device comes in by a link as the same person, and can be shut out alone", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
  await openSection(mira, "People");
  await mira.getByRole("button", { name: "Add a device" }).click();
  const dialog = mira.getByRole("dialog", { name: "Add a device" });
  await dialog.getByRole("button", { name: "Make device link" }).click();
  await expect(dialog.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
  const link = await dialog.getByRole("textbox", { name: "Device link" }).inputValue();

  const phone = await (await browser.newContext()).newPage();
  await phone.goto(link);
  await phone.getByRole("button", { name: "Add this device" }).click();
  await expect(phone.getByRole("navigation", { name: "Workspace" })).toBeVisible();
  expect(phone.url()).not.toContain("#");
  await expect(dialog.getByRole("status")).toContainText("is in, as you");
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await openSection(phone, "People");
  await expect(phone.getByRole("list", { name: "Members" })).toContainText(/Mira Lind\s*you/);
  const here = jun.getByRole("list", { name: "People here" });
  await expect(here.getByRole("listitem")).toHaveCount(2);
  await showDevices(mira, "Mira Lind");
  await expect(devicesOf(mira, "Mira Lind").getByRole("listitem")).toHaveCount(2);
  await expect(devicesOf(mira, "Mira Lind")).toContainText(/Chrome on \w+\s*this one/);

  const again = await (await browser.newContext()).newPage();
  await again.goto(link);
  await again.getByRole("button", { name: "Add this device" }).click();
  await expect(again.getByRole("main")).toContainText("not known");

  const lost = devicesOf(mira, "Mira Lind").getByRole("button", { name: /^Remove (?!.*this one)/ });
  await lost.click();
  await mira.getByRole("button", { name: "Remove device" }).click();
  await expect(devicesOf(mira, "Mira Lind").getByRole("listitem")).toHaveCount(1);
  await expect(phone.getByRole("status", { name: "Connection" })).toHaveText("Offline");
  await expect(here).toContainText("Mira");
});

test("who lost every browser comes back with the recovery key, as the owner", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openSection(mira, "People");
  await mira.getByRole("button", { name: "Recovery key" }).click();
  const dialog = mira.getByRole("dialog", { name: "Recovery key" });
  await dialog.getByRole("button", { name: "Make recovery key" }).click();
  const download = mira.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download" }).click();
  const sheet = await readFile(await (await download).path(), "utf8");
  expect(sheet).toContain(`${server.origin}/w/`);
  await dialog.getByRole("button", { name: "I have it" }).click();
  await expect(mira.getByRole("status", { name: "Connection" })).toHaveText("Saved");
  await mira.context().close();

  const fresh = await (await browser.newContext()).newPage();
  await fresh.goto(server.origin);
  await fresh.getByRole("button", { name: "Recover with a key" }).click();
  const field = fresh.getByRole("textbox", { name: "Recovery key" });
  await field.fill(sheet.replace(/[a-z2-7]{4}(?=(-[a-z2-7]{4}){6})/, "zzzz"));
  await fresh.getByRole("button", { name: "Recover", exact: true }).click();
  await expect(fresh.getByRole("alert")).toContainText("a slip in it");
  await field.fill(sheet);
  await fresh.getByRole("button", { name: "Recover", exact: true }).click();
  await fresh.getByRole("main").getByRole("button", { name: "Recover", exact: true }).click();
  await openSection(fresh, "People");
  const members = fresh.getByRole("list", { name: "Members" });
  await expect(members).toContainText(/Mira Lind\s*you/);
  await expect(members).toContainText("Owner");
  await showDevices(fresh, "Mira Lind");
  await expect(devicesOf(fresh, "Mira Lind")).toContainText("Recovery key");
});

test("owners read who did what, verified, and the command finds what was tampered with", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
  await openNewNotebook(jun);
  await openSection(jun, "Notebooks");
  await jun.getByRole("button", { name: /^More about/ }).click();
  await jun.getByRole("menuitem", { name: "Delete" }).click();
  await openSection(jun, "People");
  await expect(jun.getByRole("heading", { name: "Audit" })).toHaveCount(0);

  await openSection(mira, "People");
  await expect(mira.getByRole("list", { name: "Pending invites" })).toContainText("24 more people");
  await mira.getByRole("button", { name: "Withdraw" }).click();
  await expect(mira.getByRole("list", { name: "Pending invites" })).toHaveCount(0);
  const log = mira.getByRole("list", { name: "Audit" });
  await expect(async () => {
    await mira.getByRole("button", { name: "Read again" }).click();
    await expect(log).toContainText("Jun Tan deleted notebook", { timeout: 1000 });
  }).toPass();
  await expect(chain(mira)).toHaveText(/Chain verified, \d+ entries/);
  await expect(log).toContainText("Mira Lind withdrew an invite as editor");
  await mira.getByRole("combobox", { name: "Kind" }).selectOption("Joined");
  await expect(log.getByRole("listitem")).toHaveCount(1);
  await expect(log).toContainText("Jun Tan joined as editor, by an invite from Mira Lind");

  const download = mira.waitForEvent("download");
  await mira
    .getByRole("region", { name: "Audit" })
    .getByRole("button", { name: "Download" })
    .click();
  const path = await (await download).path();
  const command = resolve(import.meta.dirname, "../dist/server/auditCheck.js");
  const check = (...args: string[]): string =>
    execFileSync(process.execPath, [command, "audit", ...args], { encoding: "utf8" });
  const said = check("--file", path);
  expect(said).toContain("verified");
  const changed = `${path}-changed`;
  await writeFile(changed, (await readFile(path, "utf8")).replaceAll("Jun Tan", "Jun Lan"));
  expect(() => check("--file", changed)).toThrow(/1 of 1 audit logs are broken/);
  // Live, beside the server that uses it.
  expect(check("--data", server.data, "--seen", said.split(" ")[0] ?? "")).toContain(
    "holds what was seen before",
  );
});

test("the ownership is handed over, and then its old owner may leave", async ({
  browser,
  server,
}) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
  await openSection(mira, "People");
  const mine = mira.getByRole("button", { name: "More about you" });
  await mine.click();
  await mira.getByRole("menuitem", { name: "Leave workspace" }).click();
  await expect(mira.getByText("You are the only owner")).toBeVisible();
  await mira.getByRole("button", { name: "More about Jun Tan" }).click();
  await mira.getByRole("menuitem", { name: "Hand the ownership over" }).click();
  await expect(mira.getByRole("dialog")).toContainText("You become an editor");
  await mira.getByRole("button", { name: "Hand over" }).click();
  await openSection(jun, "People");
  await expect(jun.getByRole("combobox", { name: "Role of Mira Lind" })).toHaveValue("editor");
  await mine.click();
  await mira.getByRole("menuitem", { name: "Leave workspace" }).click();
  await mira.getByRole("button", { name: "Leave workspace" }).click();
  await expect(mira.getByRole("heading", { name: "Workspaces" })).toBeVisible();
  await expect(jun.getByRole("list", { name: "Members" }).getByRole("listitem")).toHaveCount(1);
});
