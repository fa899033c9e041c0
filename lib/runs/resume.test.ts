// Training that was cut off goes on to the very weights of one that never stopped: real TensorFlow.js on cpu, the real
// worker runtime with its compiler, and the page's half with its rooms and blobs.
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { CellId, NotebookId, RunId } from "../base/ids.ts";
import { readCheckpoint } from "../document/runDoc.ts";
import { type RunRow, listRuns } from "../document/runsDoc.ts";
import type { Capability, Guest, Resume } from "../kernel/capability.ts";
import { watchTraining } from "../kernel/guest/training.ts";
import { GuestWorkshop, type Ran } from "../testing/guestWorld.ts";
import { memoryPlatform } from "../testing/memoryPlatform.ts";
import { type MemoryRooms, memoryRooms } from "../testing/memoryRooms.ts";
import { runsGuest } from "./guest.ts";
import { runsCapability } from "./host.ts";
import { RunMetrics } from "./runMetrics.ts";
import { swapRandom } from "../platform/browser/workerWorld.ts";

// Real training, on whatever machine.
vi.setConfig({ testTimeout: 30_000 });

const random = Math.random;
/** The tab of now: TensorFlow.js is patched once, as in a worker, and reports to whichever there is. */
let tab: Tab;
let rooms: MemoryRooms;
const platform = memoryPlatform();

/** A kernel with the page around it, which a person may close at any time. */
class Tab {
  readonly started: string[] = [];
  readonly shop: GuestWorkshop;
  reported: unknown;
  cutAt = Infinity;
  time = 0;
  #host: Capability;

  constructor(resume?: Resume) {
    this.#host = runsCapability({
      session: rooms,
      world: { ...platform, every: () => () => undefined },
    });
    this.shop = new GuestWorkshop([this.#host], {
      cell: "train" as CellId,
      facts: {
        notebook: "n" as NotebookId,
        sources: [],
        datasets: [],
        seed: 1,
        device: { backend: "cpu", adapter: "", packages: {} },
        ...(resume ? { resume } : {}),
      },
      signal: new AbortController().signal,
      readDataset: () => undefined,
      startedRun: (run) => void this.started.push(run),
      progress: () => undefined,
    });
  }

  async run(cells: Readonly<Record<string, string>>, resumes = false): Promise<Ran> {
    let ran: Ran | undefined;
    const names: string[] = [];
    for (const [cell, source] of Object.entries(cells)) {
      const reads = names.filter((name) => new RegExp(`\\b${name}\\b`).test(source));
      ran = await this.shop.run(cell, source, reads, 1, resumes && cell === "train");
      if (ran.end.kind === "error" && cell !== "train") throw new Error(ran.end.error.message);
      names.push(...[...source.matchAll(/^(?:const|import \* as) (\w+)/gm)].map(([, one]) => one!));
    }
    await this.#host.cellEnded?.("train" as CellId, ran?.end.kind ?? "done");
    return ran!;
  }
}

const guest = new Proxy({} as Guest, {
  get: (_, key): unknown => Reflect.get(tab.shop.runtime.guest, key),
});

beforeAll(async () => {
  await tf.setBackend("cpu");
  watchTraining(tf, guest, { now: () => performance.now(), turn: () => tab.shop.world.turn() });
  const modules = runsGuest(tf, { swapRandom, now: () => tab.time })(guest);
  provide = () =>
    tab.shop.runtime.provide({ "@tensorflow/tfjs": tf }, [
      () => modules,
      () => ({
        report: (value: unknown) => (tab.reported = value),
        closesAt: (epoch: number) => {
          if (epoch === tab.cutAt) throw new Error("the tab was closed");
        },
        wait: (ms: number) => (tab.time += ms),
      }),
    ]);
});
let provide: () => void;

beforeEach(() => {
  rooms = memoryRooms();
});
afterEach(() => {
  Math.random = random;
  tf.disposeVariables();
});

function open(resume?: Resume): Tab {
  tab = new Tab(resume);
  provide();
  return tab;
}

const runs = (): RunRow[] => listRuns(rooms.doc("runs")).sort((a, b) => a.number - b.number);

const lesson = (optimizer: string, train: string): Readonly<Record<string, string>> => ({
  packages: 'import * as tf from "@tensorflow/tfjs"',
  data: `const x = tf.randomNormal([40, 3])
const y = x.sum(1, true).sin()`,
  model: `const model = tf.sequential({ layers: [
  tf.layers.dense({ units: 6, activation: "tanh", inputShape: [3] }),
  tf.layers.batchNormalization(),
  tf.layers.dropout({ rate: 0.3 }),
  tf.layers.dense({ units: 1 }),
] })
model.compile({ optimizer: ${optimizer}, loss: "meanSquaredError" })`,
  train: `import { checkpoint, restore, report, closesAt, wait, startRun } from "ensemble"
${train}
report(await Promise.all([...model.getWeights(), tf.randomUniform([2])].map((one) => one.data())))`,
});

/** Cuts it off at one epoch or step after the other, and takes it up each time; gives back what it ends with. */
async function inPieces(cells: Readonly<Record<string, string>>, cuts: number[]): Promise<unknown> {
  let resume: Resume | undefined;
  for (const cut of [...cuts, Infinity]) {
    const { started } = open(resume);
    tab.cutAt = cut;
    const { end } = await tab.run(cells, resume !== undefined);
    expect(end).toMatchObject(
      cut === Infinity ? { kind: "done" } : { error: { message: "the tab was closed" } },
    );
    resume = { how: "restore", runs: started };
    Math.random = random;
    tf.disposeVariables();
  }
  return tab.reported;
}

async function straight(cells: Readonly<Record<string, string>>): Promise<unknown> {
  open();
  expect((await tab.run(cells)).end).toEqual({ kind: "done" });
  tf.disposeVariables();
  return tab.reported;
}

const FIT = `await model.fit(x, y, { epochs: 8, batchSize: 8, verbose: 0, validationSplit: 0.2,
  callbacks: { onEpochEnd: async (epoch) => { await checkpoint(model); closesAt(epoch) } } })`;

const optimizers = [
  "sgd(0.1)",
  "momentum(0.05, 0.9)",
  "rmsprop(0.01)",
  "rmsprop(0.01, 0.9, 0.5, 1e-7, true)",
  "adagrad(0.1)",
  "adadelta(0.5)",
  "adam(0.01)",
  "adamax(0.01)",
];

describe("training", () => {
  it("gives the same weights to the bit in two kernels, and others with another seed", async () => {
    const cells = lesson('"adam"', FIT);
    const first = await straight(cells);
    expect(await straight(cells)).toEqual(first);
    const other = { ...cells, data: cells["data"]! + "\nMath.random()" };
    expect(await straight(other)).toEqual(first);
    expect(await straight({ ...cells, model: `Math.random()\n${cells["model"]!}` })).not.toEqual(
      first,
    );
  });

  it.each(optimizers)("that was cut off twice ends as if it had not been, with %s", async (one) => {
    const cells = lesson(`tf.train.${one}`, FIT);
    const whole = await straight(cells);
    rooms = memoryRooms();
    expect(await inPieces(cells, [2, 5])).toEqual(whole);
  });

  it.each([
    ["", ""],
    [", in batches of one pass", ", batchesPerEpoch: 4"],
  ])("of a shuffled dataset goes on with the rows that come next%s", async (_, args) => {
    const fit = `const rows = tf.data.array(await x.array()).shuffle(20)
const all = tf.data.zip({ xs: rows, ys: tf.data.array(await y.array()) }).batch(8)${args === "" ? "" : ".repeat()"}
await model.fitDataset(all, { epochs: 6, verbose: 0${args},
  callbacks: { onEpochEnd: async (epoch) => { await checkpoint(model); closesAt(epoch) } } })`;
    const cells = lesson('"adam"', fit);
    const whole = await straight(cells);
    rooms = memoryRooms();
    expect(await inPieces(cells, [1, 3])).toEqual(whole);
  });

  it("by hand goes on from the step that was kept", async () => {
    const loop = `const w = tf.variable(tf.randomNormal([3, 1]))
const adam = tf.train.adam(0.05)
const run = startRun("mine")
const from = await restore([w], adam)
for (let step = from?.step ?? 0; step < 20; step++) {
  const rows = tf.randomUniform([8], 0, 40, "int32")
  adam.minimize(() => x.gather(rows).matMul(w.add(tf.randomNormal([3, 1], 0, 0.1))).sub(y.gather(rows)).square().mean())
  run.log({ norm: w.norm() }, { step: step + 1 })
  await checkpoint([w], adam, { step: step + 1 })
  closesAt(step)
}
report(await w.data())`;
    const cells = lesson('"sgd"', loop);
    const whole = await straight(cells);
    rooms = memoryRooms();
    expect(await inPieces(cells, [7, 13])).toEqual(whole);
    expect(runs().map(({ attempt }) => attempt.fromStep)).toEqual([0, 8, 14]);
  });

  it("is kept by itself, at ends of epochs and not more often than every ten seconds", async () => {
    const fit = `await model.fit(x, y, { epochs: 14, batchSize: 8, verbose: 0,
  callbacks: { onEpochEnd: (epoch) => { wait(3000); closesAt(epoch) } } })`;
    const cells = lesson('"adam"', fit);
    const whole = await straight(cells);
    rooms = memoryRooms();
    open();
    tab.cutAt = 9;
    await tab.run(cells);
    const [id] = tab.started as RunId[];
    expect(readCheckpoint(rooms.doc(`run/${id!}`))).toMatchObject({ fit: 0, epoch: 8, batch: 40 });
    expect(tab.shop.messages.filter(isKeep)).toHaveLength(2);
    open({ how: "restore", runs: [id!] });
    await tab.run(cells, true);
    expect(tab.reported).toEqual(whole);
  });

  it("goes on from the checkpoint before the newest where the newest never left its tab", async () => {
    const fit = `await model.fit(x, y, { epochs: 14, batchSize: 8, verbose: 0,
  callbacks: { onEpochEnd: (epoch) => { wait(3000); closesAt(epoch) } } })`;
    const cells = lesson('"adam"', fit);
    const whole = await straight(cells);
    rooms = memoryRooms();
    open();
    tab.cutAt = 9;
    await tab.run(cells);
    const [id] = tab.started as RunId[];
    rooms.stored.delete(readCheckpoint(rooms.doc(`run/${id!}`))!.manifest.sha256);
    open({ how: "restore", runs: [id!] });
    await tab.run(cells, true);
    expect(tab.reported).toEqual(whole);
    expect(runs().at(-1)?.attempt.fromStep).toBe(4);
  });

  it("takes up the fit that was cut off, and repeats those before it", async () => {
    const fits = `const other = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3] })] })
other.compile({ optimizer: "adam", loss: "meanSquaredError" })
await other.fit(x, y, { epochs: 2, verbose: 0 })
${FIT}`;
    const cells = lesson('"adam"', fits);
    const whole = await straight(cells);
    rooms = memoryRooms();
    expect(await inPieces(cells, [4])).toEqual(whole);
  });

  it("goes on in a fit that itself begins at a later epoch", async () => {
    const cells = lesson('"adam"', FIT.replace("epochs: 8", "epochs: 8, initialEpoch: 2"));
    const whole = await straight(cells);
    rooms = memoryRooms();
    expect(await inPieces(cells, [4, 6])).toEqual(whole);
    expect(runs().map(({ attempt }) => attempt.fromStep)).toEqual([0, 5, 7]);
  });

  it("goes on with what early stopping has counted", async () => {
    const fit = `await model.fit(x, y, { epochs: 25, batchSize: 8, verbose: 0, validationSplit: 0.2, callbacks: [
  new tf.CustomCallback({ onEpochEnd: async (epoch) => { closesAt(epoch) } }),
  tf.callbacks.earlyStopping({ patience: 4 }),
  new tf.CustomCallback({ onEpochEnd: async (epoch) => { wait(11000) } }),
] })`;
    const cells = lesson('"adam"', fit);
    const whole = await straight(cells);
    rooms = memoryRooms();
    open();
    tab.cutAt = 6;
    await tab.run(cells);
    const before = [...tab.started];
    open({ how: "restore", runs: before });
    await tab.run(cells, true);
    expect(tab.reported).toEqual(whole);
  });

  it("says of which run it is a further attempt, and its curves go on where that one's were kept", async () => {
    const cells = lesson('"adam"', FIT);
    await inPieces(cells, [2]);
    const [first, second] = runs();
    expect(second!.attempt).toMatchObject({
      attempt: 2,
      parent: first!.id,
      fromStep: 3,
      fromBatch: 12,
    });
    const series = new RunMetrics(rooms.doc(`run/${second!.id}`)).current;
    const steps = (by: string): readonly number[] => series.find((one) => one.by === by)!.steps;
    expect(steps("epoch")).toEqual([4, 5, 6, 7, 8]);
    expect(steps("batch")[0]).toBe(13);
  });

  it("trains on after the end of the run before it, when asked to continue", async () => {
    const fit = "await model.fit(x, y, { epochs: 3, batchSize: 8, verbose: 0 })";
    const cells = lesson('"adam"', fit);
    open();
    await tab.run(cells);
    const { started } = tab;
    open({ how: "continue", runs: started });
    await tab.run(cells, true);
    const second = runs()[1]!;
    expect(second.attempt).toMatchObject({ attempt: 2, parent: started[0], fromStep: 3 });
    const series = new RunMetrics(rooms.doc(`run/${second.id}`)).current;
    expect(series.find((one) => one.by === "epoch")!.steps).toEqual([4, 5, 6]);
  });

  it("that was kept of another model is refused in words", async () => {
    const cells = lesson('"adam"', FIT);
    open();
    tab.cutAt = 2;
    await tab.run(cells);
    const { started } = tab;
    open({ how: "restore", runs: started });
    const other = { ...cells, model: cells["model"]!.replace("units: 6", "units: 7") };
    expect((await tab.run(other, true)).end).toMatchObject({
      error: { message: /^This checkpoint is of another model: .* \(3×6/ },
    });
  });

  it("leaves no tensor behind that a straight run does not", async () => {
    const cells = lesson('"adam"', FIT);
    const left = async (resume?: Resume): Promise<number> => {
      tf.disposeVariables();
      const before = tf.memory().numTensors;
      open(resume);
      await tab.run(cells, resume !== undefined);
      tf.disposeVariables();
      return tf.memory().numTensors - before;
    };
    const straight = await left();
    open();
    tab.cutAt = 2;
    await tab.run(cells);
    expect(await left({ how: "restore", runs: tab.started })).toBe(straight);
  });
});

function isKeep(message: object): boolean {
  return "request" in message && (message.request as { kind?: string }).kind === "keep";
}
