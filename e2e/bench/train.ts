/**
 * The same model, data, seed and backend in a cell, logged and watched live by two members, and in a bare
 * worker with TensorFlow.js alone; the same text in both, taken in turns. The viewers are there in both arms.
 */
import { expect, type Page } from "@playwright/test";
import { launchBrowser } from "../launch.ts";
import {
  addCode,
  chooseBackend,
  foundWorkspace,
  openNewNotebook,
  outputOf,
  runToEnd,
  write,
} from "../people.ts";
import { startServer } from "../server.ts";
import { serveBare } from "./bare/serve.ts";
import { described, inTurns, reached, record, roundsOf } from "./figures.ts";
import { type Viewer, watch } from "./watch.ts";

const ROUNDS = roundsOf(7);
const MOST = 1.05;

/** An MLP on two interleaved arcs; says how long `fit` took, and the last loss, which both sides share. */
const work = (epochs: number): string => `
const points = Array.from({ length: 2000 }, (_, i) => {
  const arc = i % 2;
  const angle = Math.PI * Math.random();
  return { x: arc ? 1 - Math.cos(angle) : Math.cos(angle), y: arc ? 0.5 - Math.sin(angle) : Math.sin(angle), arc };
});
const x = tf.tensor2d(points.map((p) => [p.x, p.y]));
const y = tf.tensor1d(points.map((p) => p.arc));
const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 64, activation: "relu", inputShape: [2] }),
    tf.layers.dense({ units: 64, activation: "relu" }),
    tf.layers.dense({ units: 1, activation: "sigmoid" }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.01), loss: "binaryCrossentropy", metrics: ["accuracy"] });
const began = performance.now();
const history = await model.fit(x, y, { epochs: ${epochs}, batchSize: 32, yieldEvery: "auto" });
const took = performance.now() - began;
const said = JSON.stringify({ took, loss: history.history.loss.at(-1) });
tf.dispose([x, y]);
model.dispose();`;

const backends = [
  { name: "webgpu", word: "WebGPU", epochs: 3 },
  { name: "cpu", word: "CPU", epochs: 20 },
] as const;

export async function measure(): Promise<boolean> {
  const browser = await launchBrowser();
  const server = await startServer();
  const bare = await serveBare({ "/page.js": "trainPage.ts", "/worker.js": "trainWorker.ts" });
  const viewers: Viewer[] = [];
  let ok = true;
  try {
    const page = await foundWorkspace(browser, server.origin, "Mira Lind");
    await openNewNotebook(page);
    const cell = await addCode(page, "1");
    for (let i = 0; i < 2; i++) viewers.push(await watch(server.origin, page));
    const barePage = await browser.newPage();
    await barePage.goto(bare.origin);
    const figures: Record<string, unknown> = {};
    for (const { name, word, epochs } of backends) {
      await chooseBackend(page, word);
      await write(page, cell, `import * as tf from "@tensorflow/tfjs";${work(epochs)}\nsaid;`);
      const ours = (): Promise<Said> => inCell(page, cell);
      const theirs = (): Promise<Said> => inWorker(barePage, work(epochs), name);
      const [a, b] = [await ours(), await theirs()]; // both warm, and the same training
      if (a.loss !== b.loss) throw new Error(`not the same training: ${a.loss} and ${b.loss}`);
      const found = await inTurns(
        ROUNDS,
        async () => (await ours()).took,
        async () => (await theirs()).took,
      );
      console.log(`  ${word}, ${epochs} epochs of 63 steps`);
      console.log(`    cell        ${described(found.ours)}`);
      console.log(`    bare worker ${described(found.theirs)}`);
      ok =
        reached(`training in a cell against bare TensorFlow.js, ${word}`, found.ratio, MOST) && ok;
      figures[name] = { epochs, ...found };
    }
    const seen = viewers.map((viewer) => viewer.points());
    console.log(`  metric chunks that the two viewers saw live: ${seen.join(", ")}`);
    if (seen.some((count) => count === 0)) throw new Error("a viewer saw nothing");
    await record("train", { unit: "ms", rounds: ROUNDS, seen, ...figures });
    return ok;
  } finally {
    for (const viewer of viewers) viewer.close();
    await browser.close();
    await bare.close();
    await server.close();
  }
}

interface Said {
  readonly took: number;
  readonly loss: number;
}

async function inCell(page: Page, cell: number): Promise<Said> {
  await page.bringToFront();
  await runToEnd(page, cell, 120_000);
  const text = (await outputOf(page, cell).textContent()) ?? "";
  const found = /\{"took":[^}]*\}/.exec(text)?.[0];
  expect(found, text).toBeDefined();
  return JSON.parse(found ?? "") as Said;
}

async function inWorker(page: Page, text: string, backend: string): Promise<Said> {
  await page.bringToFront();
  const code = `${text}\nreturn said;`;
  return JSON.parse(
    await page.evaluate(([c, b]) => window.runBare(c, b), [code, backend] as const),
  ) as Said;
}
