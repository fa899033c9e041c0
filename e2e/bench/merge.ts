/** Two members edit 200 times each with the server away; how long until both have everything, once. */
import { expect } from "@playwright/test";
import { launchBrowser } from "../launch.ts";
import {
  addCode,
  connection,
  foundWorkspace,
  joinWorkspace,
  openNewNotebook,
  sourceOf,
  write,
} from "../people.ts";
import { startServer } from "../server.ts";
import { described, reached, record, roundsOf, spread } from "./figures.ts";

const ROUNDS = roundsOf(5);
const EDITS = 200;

export async function measure(): Promise<boolean> {
  const server = await startServer();
  const browser = await launchBrowser();
  try {
    const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
    await openNewNotebook(mira);
    await addCode(mira, "start");
    const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
    await jun.goto(mira.url());
    await expect(sourceOf(jun, 1)).toContainText("start");
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await write(mira, 1, ".");
      for (const page of [mira, jun]) {
        await expect(sourceOf(page, 1)).toHaveText(".");
        await expect(connection(page)).toHaveText("Saved");
      }
      await server.kill();
      for (const [page, letter] of [
        [mira, "m"],
        [jun, "j"],
      ] as const) {
        await expect(connection(page)).toHaveText("Offline");
        await sourceOf(page, 1).click();
        await page.keyboard.press("ControlOrMeta+End");
        for (let i = 0; i < EDITS; i++) await page.keyboard.press(letter);
      }
      await server.start();
      const began = performance.now();
      const letters = new RegExp(`^\\.[mj]{${2 * EDITS}}$`);
      for (const page of [mira, jun])
        await expect(sourceOf(page, 1)).toHaveText(letters, { timeout: 30_000 });
      times.push(performance.now() - began);
      const [a, b] = [await sourceOf(mira, 1).textContent(), await sourceOf(jun, 1).textContent()];
      const count = (letter: string): number => (a ?? "").split(letter).length - 1;
      if (a !== b || count("m") !== EDITS || count("j") !== EDITS)
        throw new Error("the two sides differ, or something is there twice or lost");
    }
    const merge = spread(times);
    console.log(`  server's return to both sides whole: ${described(merge)}`);
    await record("merge", { unit: "ms", editsOnEachSide: EDITS, merge });
    return reached("200 edits on each of two sides, merged", merge.highest / 1000, 2, " s");
  } finally {
    await browser.close();
    await server.close();
  }
}
