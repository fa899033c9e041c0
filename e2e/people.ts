/** Members at their browsers, as the stories and benchmarks send them about: by role and name, as a person looks. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
  expect,
} from "@playwright/test";

/** A new browser of somebody who founds a workspace; the page is its list of notebooks. */
export async function foundWorkspace(
  browser: Browser,
  origin: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  return foundWorkspaceIn(await browser.newContext(options), origin, name);
}

/** The same in a browser that is there already. */
export async function foundWorkspaceIn(
  context: BrowserContext,
  origin: string,
  name: string,
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(origin);
  await page.getByRole("button", { name: "Say your name" }).click();
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name })).toBeVisible();
  await page.getByRole("button", { name: "New workspace" }).click();
  await expect(page.getByRole("navigation", { name: "Workspace" })).toBeVisible();
  return page;
}

/** The invite link that a member makes in the dialog "Share workspace". */
export async function inviteLink(
  page: Page,
  role: "Editor" | "Viewer",
  people = "25 people",
): Promise<string> {
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share workspace" });
  await dialog.getByRole("combobox", { name: "Role" }).selectOption(role);
  await dialog.getByRole("combobox", { name: "How many people" }).selectOption(people);
  await dialog.getByRole("button", { name: "Create invite link" }).click();
  const link = await dialog.getByRole("textbox", { name: "Invite link" }).inputValue();
  await page.keyboard.press("Escape");
  return link;
}

/** A new browser of somebody who joins by a link from `host`; the page is the workspace. */
export async function joinWorkspace(
  browser: Browser,
  host: Page,
  name: string,
  role: "Editor" | "Viewer",
  options: BrowserContextOptions = {},
): Promise<Page> {
  const link = await inviteLink(host, role);
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(link);
  await page.getByRole("textbox", { name: "Your name" }).fill(name);
  await page.getByRole("button", { name: "Join workspace" }).click();
  await expect(page.getByRole("navigation", { name: "Workspace" })).toBeVisible();
  return page;
}

export async function openSection(
  page: Page,
  section: "Notebooks" | "Datasets" | "Runs" | "People",
): Promise<void> {
  await page
    .getByRole("navigation", { name: "Workspace" })
    .getByRole("link", { name: section })
    .click();
}

export async function openNewNotebook(page: Page): Promise<void> {
  await openSection(page, "Notebooks");
  await page.getByRole("button", { name: "New notebook" }).click();
  await expect(page.getByRole("button", { name: "Add code cell" })).toBeVisible();
}

export const cell = (page: Page, number: number): Locator =>
  page.getByRole("group", { name: `Cell ${number}`, exact: true });

export const sourceOf = (page: Page, number: number): Locator =>
  page.getByRole("textbox", { name: `Cell ${number} source`, exact: true });

export const outputOf = (page: Page, number: number): Locator =>
  page.getByRole("region", { name: `Cell ${number} output`, exact: true });

export const stateOf = (page: Page, number: number): Locator =>
  page.getByRole("status", { name: `Cell ${number} state`, exact: true });

export const connection = (page: Page): Locator =>
  page.getByRole("status", { name: "Connection", exact: true });

/** Replaces what stands in a cell, as by pasting. */
export async function write(page: Page, number: number, source: string): Promise<void> {
  await sourceOf(page, number).click();
  await expect(cell(page, number).locator(".cm-focused")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(source);
}

/** Drops files on the page, as from the desktop. */
export async function drop(
  page: Page,
  files: readonly { name: string; mimeType: string; buffer: Buffer }[],
): Promise<void> {
  const carried = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    base64: buffer.toString("base64"),
  }));
  const transfer = await page.evaluateHandle((all) => {
    const data = new DataTransfer();
    for (const { name, mimeType, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: mimeType }));
    }
    return data;
  }, carried);
  for (const type of ["dragenter", "dragover", "drop"])
    await page.dispatchEvent("body", type, { dataTransfer: transfer });
}

/** Adds a code cell at the end; gives back its number. */
export async function addCode(page: Page, source: string): Promise<number> {
  const cells = page
    .getByRole("list", { name: "Cells" })
    .getByRole("group", { name: /^Cell \d+$/ });
  const add = page.getByRole("button", { name: "Add code cell" });
  await expect(add).toBeVisible();
  const number = (await cells.count()) + 1;
  await add.click();
  await write(page, number, source);
  return number;
}

export async function run(page: Page, number: number): Promise<void> {
  await cell(page, number).hover();
  await cell(page, number).getByRole("button", { name: "Run cell" }).click();
}

/** Runs a cell and waits until it is done; fails at once where it ends in an error. */
export async function runToEnd(page: Page, number: number, timeout = 60_000): Promise<void> {
  const before = await ranAt(page, number);
  await run(page, number);
  await expect(async () => {
    expect(await ranAt(page, number)).not.toBe(before);
    expect(await stateOf(page, number).textContent()).toMatch(/^(done|error)$/);
  }).toPass({ timeout });
  await expect(stateOf(page, number)).toHaveText("done");
}

/** When the cell was run that shows what is seen of it, to the millisecond; null where it was not. */
async function ranAt(page: Page, number: number): Promise<string | null> {
  const [time] = await cell(page, number).getByRole("time").all();
  return time ? time.getAttribute("datetime", { timeout: 1000 }).catch(() => null) : null;
}

/** Interrupts what runs. Gives back, as the page's own clock tells, how long the cell still ran after the click, ms. */
export async function interrupt(page: Page, number: number): Promise<number> {
  const state = await stateOf(page, number).elementHandle();
  const watch = await cell(page, number).evaluateHandle(
    (group, word) => ({
      stopped: new Promise<number>((done) => {
        let clicked = NaN;
        addEventListener("click", (event) => (clicked = event.timeStamp), {
          capture: true,
          once: true,
        });
        new MutationObserver((_, observer) => {
          if (word?.isConnected && word.textContent === "running") return;
          observer.disconnect();
          done(performance.now() - clicked);
        }).observe(group, { subtree: true, childList: true, characterData: true });
      }),
    }),
    state,
  );
  await page.getByRole("button", { name: "Interrupt", exact: true }).click();
  return watch.evaluate(({ stopped }) => stopped);
}

export async function chooseBackend(
  page: Page,
  backend: "Auto" | "WebGPU" | "WebGL" | "WASM" | "CPU",
): Promise<void> {
  await page.getByRole("combobox", { name: "Backend" }).selectOption(backend);
}

/** Waits until the app is kept in this browser, so that it loads without a server. */
export async function appCached(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect
    .poll(() => page.evaluate(async () => (await caches.keys()).length), { timeout: 30_000 })
    .toBeGreaterThan(0);
}
