/** From opening a notebook's link, in a browser that has the workspace, to a cell that can be edited. */
import { launchBrowser } from "../launch.ts";
import { addCode, foundWorkspace, openNewNotebook, sourceOf } from "../people.ts";
import { startServer } from "../server.ts";
import { described, reached, record, roundsOf, spread } from "./figures.ts";

const ROUNDS = roundsOf(9);

export async function measure(): Promise<boolean> {
  const server = await startServer();
  const browser = await launchBrowser();
  try {
    const page = await foundWorkspace(browser, server.origin, "Mira Lind");
    await openNewNotebook(page);
    for (let i = 0; i < 12; i++) await addCode(page, `const value${i} = ${i};\nvalue${i} * 2`);
    const link = page.url();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const fresh = await page.context().newPage();
      const began = performance.now();
      await fresh.goto(link, { waitUntil: "commit" });
      await sourceOf(fresh, 1).click();
      await fresh.keyboard.type("x");
      await fresh.locator(".cm-content[contenteditable=true]", { hasText: "x" }).first().waitFor();
      times.push(performance.now() - began);
      await fresh.keyboard.press("Backspace");
      await fresh.close();
    }
    const open = spread(times);
    console.log(`  link to an edited cell: ${described(open)}`);
    await record("open", { unit: "ms", open });
    return reached(
      "from a notebook's link to a cell that can be edited",
      open.median / 1000,
      2,
      " s",
    );
  } finally {
    await browser.close();
    await server.close();
  }
}
