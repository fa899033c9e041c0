/**
 * What a kernel owes the person in front of it: from Run to the first output, warm and cold; how fast a notebook is
 * read, planned and compiled; and that the same cells give the same weights.
 */
import { type Page, expect } from "@playwright/test";
import { assaultFromCell } from "../assault.ts";
import { startAttacker } from "../attacker.ts";
import { launchBrowser } from "../launch.ts";
import {
  addCode,
  chooseBackend,
  foundWorkspace,
  openNewNotebook,
  outputOf,
  runToEnd,
  sourceOf,
  stateOf,
} from "../people.ts";
import { startServer } from "../server.ts";
import { described, quantile, reached, record, roundsOf, spread } from "./figures.ts";
import { compiling, replanning } from "./planning.ts";

const PRESSES = roundsOf(200);
const STARTS = roundsOf(9);
const DOTS = roundsOf(60);

export async function measure(): Promise<boolean> {
  const figures: Record<string, unknown> = {};
  let ok = true;
  const note = (name: string, values: object, good: boolean): void => {
    figures[name] = values;
    ok = good && ok;
  };

  const replan = spread(replanning());
  console.log(
    `  an edit in a notebook of 1,000 cells, read and planned anew: ${described(replan)}`,
  );
  note("replan", replan, reached("replanning 1,000 cells after an edit", replan.median, 5, " ms"));
  const compile = spread(compiling());
  console.log(`  a new cell of 200 lines, parsed and compiled: ${described(compile)}`);
  note("compile", compile, reached("parse and compile of 200 lines", compile.median, 10, " ms"));

  const server = await startServer();
  const browser = await launchBrowser();
  try {
    const page = await foundWorkspace(browser, server.origin, "Mira Lind");
    await openNewNotebook(page);
    const warm = await pressToOutput(page);
    const [p50, p99] = [quantile(warm, 0.5), quantile(warm, 0.99)];
    console.log(
      `  ${PRESSES} presses of Run, from the press to "2" on the page: ${described(spread(warm))}`,
    );
    note("warm", spread(warm), reached("from Run to the first output, warm, p50", p50, 10, " ms"));
    note("warmP99", { p99 }, reached("from Run to the first output, warm, p99", p99, 40, " ms"));

    const cold = spread(await coldStarts(page));
    console.log(`  a kernel that is off, on WebGPU, until the first output: ${described(cold)}`);
    note(
      "cold",
      cold,
      reached("cold kernel until the first output", cold.median / 1000, 2.5, " s"),
    );

    const weights = await weightsTwice(page);
    const another = await launchBrowser();
    try {
      const elsewhere = await foundWorkspace(another, server.origin, "Jun Park");
      await openNewNotebook(elsewhere);
      const again = await weightsTwice(elsewhere);
      again.forEach(({ all }, i) => weights[i]?.all.push(...all));
    } finally {
      await another.close();
    }
    const equal = weights.every(({ all }) => new Set(all).size === 1);
    for (const { backend, all } of weights)
      console.log(`  weights on ${backend}: ${all.join(", ")}`);
    note(
      "weights",
      weights,
      reached("backends whose weights differ between runs", equal ? 0 : 1, 0),
    );

    const lists = await dotToList(page);
    const list = quantile(lists, 0.5);
    console.log(
      `  ${DOTS} dots after a package, to the list of its members: ${described(spread(lists))}`,
    );
    note(
      "completion",
      spread(lists),
      reached("completion list after a dot, p50", list, 100, " ms"),
    );

    const attacker = await startAttacker();
    try {
      const { tried, through } = await assaultFromCell(page, attacker);
      const escaped = through.length + attacker.heard.size;
      console.log(`  attacks tried from a cell: ${tried}`);
      if (tried < 40) throw new Error("too few attacks were tried");
      note("attacks", { tried, escaped }, reached("attacks that escaped", escaped, 0));
    } finally {
      await attacker.close();
    }
    await record("kernel", { unit: "ms", ...figures });
    return ok;
  } finally {
    await browser.close();
    await server.close();
  }
}

/** The time beside it makes each output another one than before. */
const TWO = "`${1 + 1} at ${performance.timeOrigin + performance.now()}`";

/** Milliseconds from each press, by the event's own stamp, to the new output in the page. */
async function pressToOutput(page: Page): Promise<number[]> {
  const number = await addCode(page, TWO);
  await runToEnd(page, number);
  const times: number[] = [];
  for (let i = 0; i < PRESSES; i++) times.push((await pressRun(page, number)).ms);
  return times;
}

/** The same where the kernel is off. The page is loaded anew each time, so that no worker is kept from before. */
async function coldStarts(page: Page): Promise<number[]> {
  await chooseBackend(page, "WebGPU");
  const number = await addCode(page, TWO);
  await runToEnd(page, number);
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    await page.reload();
    const kernel = page.getByRole("status", { name: "Kernel", exact: true });
    await expect(kernel).toContainText("Not started");
    const { ms, said } = await pressRun(page, number);
    if (!said.some((word) => word.includes("Starting"))) throw new Error("nothing said it starts");
    await expect(kernel).toContainText(/WebGPU/);
    times.push(ms);
  }
  return times;
}

/** Runs a cell by the keys; gives back how long it took to its output, and what the kernel's status said meanwhile. */
async function pressRun(page: Page, number: number): Promise<{ ms: number; said: string[] }> {
  const source = sourceOf(page, number);
  await source.click();
  const seen = await outputOf(page, number).evaluateHandle((output) => {
    const value = (): string | undefined => /2 at [\d.]+/.exec(output.textContent ?? "")?.[0];
    const before = value();
    const status = document.querySelector("[aria-label=Kernel]");
    const said: string[] = [];
    let pressed = NaN;
    addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true });
    return {
      found: new Promise<{ ms: number; said: string[] }>((done) => {
        const observer = new MutationObserver(() => {
          said.push(status?.textContent ?? "");
          const now = value();
          if (now === undefined || now === before) return;
          observer.disconnect();
          done({ ms: performance.now() - pressed, said });
        });
        for (const one of [output, status])
          if (one) observer.observe(one, { subtree: true, childList: true, characterData: true });
      }),
    };
  });
  await page.keyboard.press("ControlOrMeta+Enter");
  const found = await seen.evaluate(({ found }) => found);
  await expect(stateOf(page, number)).toHaveText("done");
  return found;
}

/** Milliseconds from a typed dot to the list, the language worker warm. */
async function dotToList(page: Page): Promise<number[]> {
  const number = await addCode(page, 'import * as tf from "@tensorflow/tfjs";\ntf');
  const option = page.locator(".cm-tooltip-autocomplete [role=option]", { hasText: "abs" });
  const times: number[] = [];
  for (let i = 0; i <= DOTS; i++) {
    await sourceOf(page, number).click();
    await page.keyboard.press("ControlOrMeta+End");
    const seen = await page.evaluateHandle(() => {
      let pressed = NaN;
      addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true });
      return {
        ms: new Promise<number>((done) => {
          const observer = new MutationObserver(() => {
            if (!document.querySelector(".cm-tooltip-autocomplete [role=option]")) return;
            observer.disconnect();
            done(performance.now() - pressed);
          });
          observer.observe(document.body, { subtree: true, childList: true });
        }),
      };
    });
    await page.keyboard.press(".");
    const ms = await seen.evaluate((one) => one.ms);
    await expect(option.first()).toBeVisible();
    if (i > 0) times.push(ms); // the first one waits for the worker to start
    await page.keyboard.press("Escape");
    await page.keyboard.press("Backspace");
    await expect(page.locator(".cm-tooltip-autocomplete")).toHaveCount(0);
  }
  return times;
}

const training = `import * as tf from "@tensorflow/tfjs";
const x = tf.randomNormal([64, 6, 6, 1]);
const y = tf.oneHot(tf.randomUniform([64], 0, 3, "int32"), 3);
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [6, 6, 1] }),
    tf.layers.flatten(),
    tf.layers.dropout({ rate: 0.3 }),
    tf.layers.dense({ units: 3, activation: "softmax" }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.01), loss: "categoricalCrossentropy" });
await model.fit(x, y, { epochs: 3, batchSize: 16, shuffle: true });
const bytes = [];
for (const weight of model.getWeights()) bytes.push(new Uint8Array((await weight.data()).slice().buffer));
let hash = 0x811c9dc5;
for (const part of bytes) for (const byte of part) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
\`weights \${hash.toString(16)} on \${tf.getBackend()}\``;

/** The weights of one training, as a hash of their bits: run twice in one kernel, and once in another. */
async function weightsTwice(page: Page): Promise<{ backend: string; all: string[] }[]> {
  const number = await addCode(page, training);
  const found: { backend: string; all: string[] }[] = [];
  for (const [word, backend] of [
    ["CPU", "cpu"],
    ["WebGPU", "webgpu"],
  ] as const) {
    await chooseBackend(page, word);
    const all: string[] = [];
    for (let i = 0; i < 3; i++) {
      if (i === 2) await page.getByRole("button", { name: "Restart kernel" }).click();
      await runToEnd(page, number, 120_000);
      const said = (await outputOf(page, number).textContent()) ?? "";
      const hash = new RegExp(`weights ([0-9a-f]+) on ${backend}`).exec(said)?.[1];
      if (hash === undefined) throw new Error(`no weights on ${backend}: ${said}`);
      all.push(hash);
    }
    found.push({ backend, all });
  }
  return found;
}
