/** A cell that is logged and watched, and a bare worker with TensorFlow.js alone: both are given the same text. */
import { type Browser, type Page, expect } from "@playwright/test";
import { join } from "node:path";
import {
  addCode,
  chooseBackend,
  foundWorkspace,
  openNewNotebook,
  outputOf,
  runToEnd,
  write,
} from "../../../people.ts";
import { startServer } from "../../../server.ts";
import { bundle, serveBare } from "../../bare/serve.ts";
import { type Viewer, watch } from "../../watch.ts";
import type { Adapter, Kernels, Said, Work } from "./task.ts";

/** Most that a fit may take before it counts as hung. */
const MOST_MS = 180_000;
const VIEWERS = 2;

export interface Side {
  readonly page: Page;
  /** In a new worker. */
  prepare(kernels: Kernels): Promise<Adapter>;
  fit(work: Work): Promise<Said>;
  close(): Promise<void>;
}

export async function bareSide(browser: Browser): Promise<Side> {
  const served = await serveBare({ "/page.js": "trainPage.ts", "/worker.js": "trainWorker.ts" });
  const text = await workText();
  const page = await browser.newPage();
  const run = (code: string): Promise<string> =>
    page.evaluate(([c, b]) => window.runBare(c, b), [code, "webgpu"] as const);
  return {
    page,
    async prepare(kernels) {
      await page.goto(served.origin);
      const code = `${text}\nglobalThis.work = work;\nreturn await work.prepare(tf, "${kernels}");`;
      return JSON.parse(await run(code)) as Adapter;
    },
    fit: async (work) =>
      JSON.parse(await run(`return await work.fit(tf, ${JSON.stringify(work)});`)) as Said,
    close: () => served.close(),
  };
}

export interface CellSide extends Side {
  readonly viewers: readonly Viewer[];
}

export async function cellSide(browser: Browser): Promise<CellSide> {
  const server = await startServer();
  const text = await workText();
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  await chooseBackend(page, "WebGPU");
  const [preparing, fitting] = [await addCode(page, "1"), await addCode(page, "1")];
  const viewers: Viewer[] = [];
  for (let i = 0; i < VIEWERS; i++) viewers.push(await watch(server.origin, page));
  const run = async (cell: number, code: string): Promise<unknown> => {
    await write(page, cell, `import * as tf from "@tensorflow/tfjs";\n${code}`);
    await runToEnd(page, cell, MOST_MS);
    const output = (await outputOf(page, cell).textContent()) ?? "";
    const found = /\{"[^}]*\}/.exec(output)?.[0];
    expect(found, output).toBeDefined();
    return JSON.parse(found ?? "");
  };
  return {
    page,
    viewers,
    async prepare(kernels) {
      await restartKernel(page);
      return (await run(preparing, `${text}\nawait work.prepare(tf, "${kernels}");`)) as Adapter;
    },
    fit: async (work) =>
      (await run(fitting, `await work.fit(tf, ${JSON.stringify(work)});`)) as Said,
    async close() {
      for (const viewer of viewers) viewer.close();
      await server.close();
    },
  };
}

/** Leaves "work" as a variable. */
function workText(): Promise<string> {
  return bundle(join(import.meta.dirname, "work.ts"), "work");
}

/** There is none before its first cell ran. */
async function restartKernel(page: Page): Promise<void> {
  const restart = page.getByRole("button", { name: "Restart kernel" });
  if (await restart.isDisabled()) return;
  await restart.click();
  await expect(restart).toBeDisabled();
}
