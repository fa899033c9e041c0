/**
 * From a key in one browser to its letter in another: two members in one cell of a notebook, beside two bare
 * y-websocket + CodeMirror pages with the stock server, in the same browser process, in turns.
 */
import type { Browser, Page } from "@playwright/test";
import { launchBrowser } from "../launch.ts";
import { foundWorkspace, joinWorkspace, openNewNotebook, sourceOf } from "../people.ts";
import { startServer } from "../server.ts";
import { serveBare } from "./bare/serve.ts";
import { startBareServer } from "./bare/server.ts";
import { described, inTurns, reached, record, roundsOf } from "./figures.ts";

const ROUNDS = roundsOf(9);
const KEYS = 30;

interface Pair {
  readonly typist: Page;
  readonly reader: Page;
}

export async function measure(): Promise<boolean> {
  const browser = await launchBrowser();
  const server = await startServer();
  const bareServer = await startBareServer();
  const bare = await serveBare({ "/page.js": "editorPage.ts" });
  try {
    const ours = await productPair(browser, server.origin);
    const theirs = await barePair(browser, `${bare.origin}/?server=${bareServer.url}`);
    await typed(ours);
    await typed(theirs);
    const found = await inTurns(
      ROUNDS,
      () => typed(ours),
      () => typed(theirs),
    );
    console.log(`  Ensemble  ${described(found.ours)}`);
    console.log(`  bare pair ${described(found.theirs)}`);
    await record("keystroke", { unit: "ms, median of a round", rounds: ROUNDS, ...found });
    return reached("keystroke to remote letter against the bare pair", found.ratio, 1.15);
  } finally {
    await browser.close();
    bareServer.close();
    await bare.close();
    await server.close();
  }
}

async function productPair(browser: Browser, origin: string): Promise<Pair> {
  const typist = await foundWorkspace(browser, origin, "Mira Lind");
  await openNewNotebook(typist);
  await typist.getByRole("button", { name: "Add code cell" }).click();
  const reader = await joinWorkspace(browser, typist, "Jun Tan", "Editor");
  await reader.goto(typist.url());
  for (const page of [typist, reader]) {
    await sourceOf(page, 1).click();
    await page.locator(".cm-editor.cm-focused").waitFor();
  }
  return { typist, reader };
}

async function barePair(browser: Browser, url: string): Promise<Pair> {
  const [typist, reader] = [await browser.newPage(), await browser.newPage()];
  for (const page of [typist, reader]) {
    await page.goto(url);
    await page.getByRole("textbox", { name: "Bare source" }).click();
  }
  return { typist, reader };
}

/** Types one letter at a time, each once the one before has arrived; gives back the median in ms. */
async function typed({ typist, reader }: Pair): Promise<number> {
  const times: number[] = [];
  await typist.locator(".cm-content").first().focus();
  await typist.evaluate(() => {
    const note = (): void => {
      (window as { pressed?: number }).pressed = performance.timeOrigin + performance.now();
    };
    addEventListener("keydown", note, { capture: true, once: false });
  });
  for (let i = 0; i < KEYS; i++) {
    const arrives = reader.evaluate(
      () =>
        new Promise<number>((arrived) => {
          const content = document.querySelector(".cm-content");
          if (!content) throw new Error("there is no editor");
          const watch = new MutationObserver(() => {
            watch.disconnect();
            arrived(performance.timeOrigin + performance.now());
          });
          watch.observe(content, { childList: true, characterData: true, subtree: true });
        }),
    );
    await reader.evaluate(() => undefined); // the watch stands
    await typist.keyboard.press(i % 20 === 19 ? "Enter" : "x");
    const at = await arrives;
    const pressed = await typist.evaluate(() => (window as { pressed?: number }).pressed ?? NaN);
    times.push(at - pressed);
  }
  times.sort((a, b) => a - b);
  return times[KEYS >> 1] ?? NaN;
}
