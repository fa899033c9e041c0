/**
 * The part in a browser: a cell of the real app, logged and watched live by two members, beside a bare worker with
 * TensorFlow.js alone. Once with emptied kernels, for every model, and once with the adapter's own, for those that it
 * trains in seconds. The viewers are there in both arms.
 */
import { expect } from "@playwright/test";
import { roundsOf } from "../../figures.ts";
import { launchBrowser } from "../../../launch.ts";
import type { RunRow } from "../../../../lib/document/runsDoc.ts";
import { trainingOf } from "../../../../lib/runs/training.ts";
import type { Measured } from "../measured.ts";
import { type Model, type ModelId, models } from "../models.ts";
import { takeRounds } from "../rounds.ts";
import { type CellSide, type Side, bareSide, cellSide } from "./sides.ts";
import { compared, held, printed } from "./table.ts";
import { type Adapter, type Fit, type Kernels, SIDES, type Turn, type Work } from "./task.ts";
import { timed } from "./threads.ts";

const ROUNDS = { empty: roundsOf(3), real: roundsOf(2) } as const;

/** With emptied kernels a fit takes as long on both sides, so that what happens now and then weighs the same. */
const WITHOUT_KERNELS = { steps: 50, epochs: 1_000_000, ms: 4000 };
const IN_HARDWARE = { steps: 50, epochs: 20 };
/** The later half is looked at: by then the program of a step is compiled, in software too. */
const SOFTWARE_EPOCHS = 8;

interface Sides {
  readonly bare: Side;
  readonly cell: CellSide;
}

export async function measureInBrowser(): Promise<Measured> {
  const browser = await launchBrowser();
  const open: Side[] = [];
  try {
    const bare = await bareSide(browser);
    open.push(bare);
    const cell = await cellSide(browser);
    open.push(cell);
    const empty = await measureWith("empty", { bare, cell });
    const real = await measureWith("real", { bare, cell });
    const viewers = cell.viewers.map((viewer) => viewer.live());
    console.log(`  updates that the two viewers saw live: ${viewers.join(", ")}`);
    const found = { empty: empty.found, real: real.found, viewers };
    return { ok: empty.ok && real.ok, found };
  } finally {
    await browser.close();
    await Promise.all(open.map((side) => side.close()));
  }
}

async function measureWith(kernels: Kernels, sides: Sides): Promise<Measured> {
  const adapter = await sides.bare.prepare(kernels);
  await sides.cell.prepare(kernels);
  console.log(`  ${kernels === "empty" ? "emptied kernels" : "kernels"} on ${adapter.name}`);
  const works = new Map<ModelId, Work>();
  for (const id of Object.keys(models) as ModelId[]) {
    const work = workOf(id, kernels, adapter);
    if (work) works.set(id, work);
    else console.log(`  ${models[id].name}: left out, it takes minutes here`);
  }
  const take = (work: Work, round: number): Promise<Turn> => takeTurn(sides, work, round);
  const { turns, failed } = await takeRounds(works, () => ROUNDS[kernels], take);
  for (const [id, why] of failed) console.error(`  ${models[id].name} failed: ${why}`);
  const comparisons = [...turns].map(([id, taken]) => [id, compared(taken)] as const);
  for (const [id, comparison] of comparisons) printed(id, comparison);
  const ok = comparisons.map((one) => held(kernels, ...one)).every(Boolean) && failed.size === 0;
  return { ok, found: { adapter, models: Object.fromEntries(comparisons) } };
}

/** Undefined where the adapter would take minutes. */
function workOf(model: ModelId, kernels: Kernels, { isSoftware }: Adapter): Work | undefined {
  if (kernels === "empty") return { model, ...WITHOUT_KERNELS };
  if (!isSoftware) return { model, ...IN_HARDWARE };
  const { inSoftware }: Model = models[model];
  return inSoftware.isSlow
    ? undefined
    : { model, steps: inSoftware.steps, epochs: SOFTWARE_EPOCHS };
}

/** Both sides once, the one that goes first changing each time. */
async function takeTurn(sides: Sides, work: Work, round: number): Promise<Turn> {
  const found: Partial<Record<keyof Turn, Fit>> = {};
  for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed())
    found[side] = await (side === "bare"
      ? fitted(sides.bare, work)
      : watched(sides.cell, () => fitted(sides.cell, work)));
  return found as Turn;
}

async function fitted(side: Side, work: Work): Promise<Fit> {
  await side.page.bringToFront();
  const { said, times } = await timed(side.page, () => side.fit(work));
  const { steps, wallUs, dispatches, loss, weights } = said;
  return {
    ...{ steps, wallUs, dispatches, loss, weights },
    workerUs: times.worker / steps,
    mainUs: times.main / steps,
    gpuUs: times.gpu / steps,
  };
}

/** Makes sure of what the cell's figures are of: that each viewer saw it live, and that it was captured. */
async function watched({ viewers }: CellSide, fit: () => Promise<Fit>): Promise<Fit> {
  const before = viewers.map((viewer) => ({ live: viewer.live(), run: viewer.newestRun()?.id }));
  const found = await fit();
  for (const [i, viewer] of viewers.entries()) {
    const ended = (): RunRow | undefined => {
      const run = viewer.newestRun();
      return run?.end && run.id !== before[i]?.run ? run : undefined;
    };
    await expect.poll(ended, { timeout: 15_000 }).toBeDefined();
    if (viewer.live() === before[i]?.live) throw new Error("a viewer saw nothing of it live");
    const training = trainingOf(ended()?.params ?? {});
    if (training?.how !== "captured")
      throw new Error(`it is not captured: ${training?.about ?? "nothing is known of it"}`);
  }
  return found;
}
