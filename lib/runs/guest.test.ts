// Tracking against the real TensorFlow.js on its cpu backend, with the page's half behind it.
import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Capture } from "../capture/captureTraining.ts";
import type { CellId, NotebookId, RunId } from "../base/ids.ts";
import type { CallContext, CellProgress, Guest } from "../kernel/capability.ts";
import { readChunks, readConsole, readCurves, readModel } from "../document/runDoc.ts";
import { type RunRow, listRuns } from "../document/runsDoc.ts";
import { type MemoryRooms, memoryRooms } from "../testing/memoryRooms.ts";
import { memoryPlatform } from "../testing/memoryPlatform.ts";
import { type HandRun, runsGuest } from "./guest.ts";
import { runsCapability } from "./host.ts";
import { type Axis, decodeChunk } from "./series.ts";
import { SeriesLog } from "./seriesLog.ts";
import { swapRandom } from "../platform/browser/workerWorld.ts";

type Start = (name?: string, options?: { params?: Record<string, never> }) => HandRun;
const CELL = "cell" as CellId;

/** A worker and a page with nothing between them but messages that survive structured clone. */
class World {
  rooms: MemoryRooms = memoryRooms();
  started: string[] = [];
  progress: CellProgress[] = [];
  cell: CellId | undefined;
  interrupted = false;
  capturing = true;
  #host = runsCapability({
    session: this.rooms,
    world: { ...memoryPlatform(), every: () => () => undefined },
  });
  #ending: (() => Promise<void> | void)[] = [];
  #told: Promise<unknown>[] = [];

  get guest(): Guest {
    return {
      ...({} as Guest),
      cell: this.cell,
      interrupted: this.interrupted,
      capturing: this.capturing,
      tell: (_, message) => {
        const request = this.#host.parse(structuredClone(message));
        this.#told.push(this.#host.host(request, this.#context()));
      },
      atCellEnd: (act) => void this.#ending.push(act),
    };
  }

  /** Runs this as the cell's code, and closes it as the page does. */
  async run(code: () => Promise<unknown>): Promise<void> {
    this.cell = CELL;
    let how: "done" | "error" | "interrupted" = "done";
    await code().catch(() => (how = this.interrupted ? "interrupted" : "error"));
    for (const act of this.#ending.splice(0)) await act();
    this.cell = undefined;
    await this.#host.cellEnded?.(CELL, how);
    await Promise.all(this.#told);
  }

  get runs(): RunRow[] {
    return listRuns(this.rooms.doc("runs")).sort((a, b) => a.number - b.number);
  }

  series(
    id: RunId,
    name: string,
    by: Axis,
  ): { steps: readonly number[]; values: readonly number[] } {
    const doc = this.rooms.doc(`run/${id}`);
    const log = new SeriesLog();
    for (const bytes of [...readCurves(doc), ...readChunks(doc)])
      log.append(decodeChunk(bytes)?.blocks ?? []);
    const { steps, values } = log.get(name, by) ?? { steps: [], values: [] };
    return { steps, values };
  }

  #context(): CallContext {
    return {
      cell: CELL,
      facts: {
        notebook: "notebook" as NotebookId,
        sources: [{ cell: CELL, source: "await model.fit(x, y)" }],
        datasets: [],
        seed: 7,
        device: { backend: "CPU", adapter: "", packages: { "@tensorflow/tfjs": "4.22.0" } },
      },
      signal: new AbortController().signal,
      readDataset: () => undefined,
      startedRun: (run) => void this.started.push(run),
      progress: (progress) => void this.progress.push(progress),
    };
  }
}

let world: World;
let startRun: Start;
let capture: Capture;
let time = 0;
let backend = "cpu";

beforeAll(async () => {
  await tf.setBackend("cpu");
  // Wrapped once, as a worker does; `world` is whatever the test at hand made.
  const guest = new Proxy({} as Guest, { get: (_, key): unknown => Reflect.get(world.guest, key) });
  const named = { ...tf, getBackend: () => backend };
  const names = runsGuest(named, { swapRandom, now: () => (time += 40) })(guest);
  startRun = names["startRun"] as Start;
  capture = names["capture"] as Capture;
});

beforeEach(() => {
  world = new World();
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

function seedChance(): void {
  let state = 11;
  vi.spyOn(Math, "random").mockImplementation(
    () => (state = (state * 48271) % 2147483647) / 2147483647,
  );
}

function build(): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: "relu", inputShape: [2] }),
      tf.layers.dropout({ rate: 0.2 }),
      tf.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: "categoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return model;
}

const x = (): tf.Tensor2D =>
  tf.tensor2d(Array.from({ length: 80 }, (_, i) => [i % 7, (i * 3) % 5]));
const y = (): tf.Tensor =>
  tf.oneHot(
    Array.from({ length: 80 }, (_, i) => i % 3),
    3,
  );
const args = { epochs: 4, batchSize: 16, validationSplit: 0.25, verbose: 0 };

async function fitted(more: object = {}): Promise<tf.History> {
  const model = build();
  return model.fit(x(), y(), { ...args, ...more });
}

describe("a fit in a cell", () => {
  it("becomes a run by itself, with its params, model, inputs and end", async () => {
    await world.run(() => fitted());
    expect(world.runs).toHaveLength(1);
    const run = world.runs[0]!;
    expect(world.started).toEqual([run.id]);
    expect(run).toMatchObject({
      number: 1,
      byName: "Mira",
      device: "CPU",
      end: { how: "finished" },
    });
    expect(run.params).toMatchObject({
      optimizer: "Adam",
      "learning rate": 0.01,
      loss: "categoricalCrossentropy",
      epochs: 4,
      "batch size": 16,
      "validation split": 0.25,
      "training rows": 60,
      "batches per epoch": 4,
    });
    const model = readModel(world.rooms.doc(`run/${run.id}`));
    expect(model?.weights).toBe(2 * 8 + 8 + 8 * 3 + 3);
    expect(model?.layers.map((layer) => layer.type)).toContain("Dropout");
  });

  it("says why TensorFlow.js trained it as it is: where it runs, or that its notebook wants that", async () => {
    const batches = async (): Promise<void> => {
      const model = build();
      for (let i = 0; i < 3; i++) await model.trainOnBatch(x(), y());
    };
    const byHand = async (): Promise<void> => {
      const run = startRun();
      run.log({ loss: capture(() => tf.scalar(1))() });
      await Promise.resolve();
    };
    for (const train of [fitted, batches, byHand])
      for (const on of [true, false]) {
        world.capturing = on;
        await world.run(() => train());
      }
    expect(world.runs.map((run) => run.params["training"])).toEqual([
      "stock: it does not run on WebGPU",
      "stock: captured training is switched off",
      "stock: it does not run on WebGPU",
      "stock: captured training is switched off",
      "stock: it does not run on WebGPU",
      "stock: captured training is switched off",
    ]);
  });

  it("gives the same numbers to the bit as it does without tracking", async () => {
    seedChance();
    const bare = await fitted();
    seedChance();
    let tracked: tf.History | undefined;
    await world.run(async () => (tracked = await fitted()));
    expect(world.runs).toHaveLength(1);
    expect(tracked?.history).toEqual(bare.history);
  });

  it("logs every epoch and every batch as TensorFlow.js has it", async () => {
    const losses: number[] = [];
    let history: tf.History | undefined;
    await world.run(async () => {
      const callbacks = {
        onBatchEnd: (_: number, logs?: tf.Logs) => void losses.push(logs!["loss"]!),
      };
      history = await fitted({ callbacks });
    });
    const { id } = world.runs[0]!;
    for (const [key, name] of [
      ["loss", "loss"],
      ["acc", "accuracy"],
      ["val_loss", "val_loss"],
      ["val_acc", "val_accuracy"],
    ] as const) {
      const series = world.series(id, name, "epoch");
      expect(series.steps).toEqual([1, 2, 3, 4]);
      expect(series.values).toEqual(history?.history[key]);
    }
    expect(losses).toHaveLength(16);
    expect(world.series(id, "loss", "batch").values).toEqual(losses);
    expect(world.runs[0]?.live.last["val_accuracy"]).toBe(history?.history["val_acc"]?.at(-1));
  });

  it("leaves no tensor behind, whether values are read at once or from a device", async () => {
    for (const name of ["cpu", "webgpu"]) {
      backend = name;
      const [xs, ys] = [x(), y()];
      const model = build();
      await world.run(() => model.fit(xs, ys, args));
      const before = tf.memory().numTensors;
      await world.run(() => model.fit(xs, ys, args));
      expect(tf.memory().numTensors).toBe(before);
    }
    backend = "cpu";
    const [first, , , last] = world.runs;
    expect(world.series(last!.id, "loss", "batch").values).toHaveLength(16);
    expect(world.series(first!.id, "loss", "batch").values).toHaveLength(16);
  });

  it("keeps the callbacks and the yielding that the cell asked for", async () => {
    const seen: string[] = [];
    await world.run(() =>
      fitted({
        callbacks: [
          { onEpochEnd: () => void seen.push("plain") },
          { onEpochEnd: () => void seen.push("second") },
        ],
      }),
    );
    expect(seen.slice(0, 2)).toEqual(["plain", "second"]);
    class Own extends tf.CustomCallback {}
    await world.run(() =>
      fitted({ callbacks: [new Own({ onTrainEnd: () => void seen.push("own") })] }),
    );
    expect(seen.at(-1)).toBe("own");
    expect(world.runs).toHaveLength(2);
  });

  it("says how far it is and how long it will take", async () => {
    await world.run(() => fitted());
    const last = world.progress.at(-1)!;
    expect(last.label).toBe("epoch 4 of 4");
    expect(last.fraction).toBe(1);
    const halfway = world.progress.find(({ fraction }) => fraction > 0.4)!;
    expect(halfway.leftMs).toBeGreaterThan(0);
  });

  it("makes no run where it refuses its data, and a failed one where it breaks while training", async () => {
    await world.run(() => build().fit(tf.ones([4, 9]), tf.ones([4, 3]), { epochs: 1 }));
    expect(world.runs).toEqual([]);
    let batches = 0;
    const onBatchEnd = (): void => {
      if (++batches === 6) throw new Error("out of memory");
    };
    await world.run(() => fitted({ callbacks: { onBatchEnd } }));
    expect(world.runs[0]?.end).toMatchObject({ how: "failed", why: "out of memory" });
    expect(world.series(world.runs[0]!.id, "loss", "batch").steps).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("keeps what was logged when it is interrupted", async () => {
    let batches = 0;
    const onBatchEnd = (): void => {
      if (++batches < 10) return;
      world.interrupted = true;
      throw new Error("Interrupted");
    };
    await world.run(() => fitted({ callbacks: { onBatchEnd } }));
    expect(world.runs[0]?.end).toMatchObject({ how: "interrupted", why: "" });
    expect(world.series(world.runs[0]!.id, "loss", "batch").values).toHaveLength(10);
  });

  it("is a run of its own each time, and makes none outside a cell", async () => {
    await world.run(async () => {
      await fitted();
      await fitted();
    });
    await fitted();
    expect(world.runs.map((run) => run.number)).toEqual([1, 2]);
  });

  it("works from a dataset of batches", async () => {
    await world.run(() => {
      const data = tf.data.zip({
        xs: tf.data.array([
          [0, 1],
          [1, 0],
          [1, 1],
        ]),
        ys: tf.data.array([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
      });
      return build().fitDataset(data.batch(2), { epochs: 3, verbose: 0 });
    });
    const run = world.runs[0]!;
    expect(run.params).toMatchObject({ epochs: 3 });
    expect(run.params["batch size"]).toBeUndefined();
    expect(world.series(run.id, "loss", "epoch").steps).toEqual([1, 2, 3]);
    expect(world.series(run.id, "loss", "batch").steps).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("trainOnBatch", () => {
  it("makes one run for all batches of a model in a cell run", async () => {
    const losses: number[] = [];
    const loop = async (): Promise<void> => {
      const model = build();
      for (let i = 0; i < 30; i++)
        losses.push(((await model.trainOnBatch(x(), y())) as number[])[0]!);
    };
    await world.run(loop);
    await world.run(loop);
    expect(world.runs.map((run) => run.end?.how)).toEqual(["finished", "finished"]);
    expect(world.series(world.runs[0]!.id, "loss", "batch").values).toEqual(losses.slice(0, 30));
    expect(world.series(world.runs[1]!.id, "accuracy", "batch").values).toHaveLength(30);
  });
});

describe("startRun", () => {
  it("logs what it is told, and ends with its cell", async () => {
    await world.run(async () => {
      const run = startRun("first try", { params: { rate: 0.1 as never } });
      run.param("rate", 9);
      run.param("depth", 3);
      run.tag("by hand");
      for (let i = 0; i < 5; i++) run.log({ loss: 1 / (i + 1), score: tf.scalar(i) });
      run.log({ loss: 0 }, { step: 100 });
      console.log("five", { steps: 5 });
      await Promise.resolve();
    });
    const run = world.runs[0]!;
    expect(run).toMatchObject({ name: "first try", tags: ["by hand"], end: { how: "finished" } });
    expect(run.params).toEqual({ rate: 0.1, depth: 3 });
    expect(world.series(run.id, "loss", "step").steps).toEqual([1, 2, 3, 4, 5, 100]);
    expect(world.series(run.id, "score", "step").values).toEqual([0, 1, 2, 3, 4]);
    expect(readConsole(world.rooms.doc(`run/${run.id}`))).toBe('five {"steps":5}\n');
  });

  it("takes the fits within it into itself, one after another", async () => {
    await world.run(async () => {
      const run = startRun("all");
      const model = build();
      for (let i = 0; i < 3; i++) await model.fit(x(), y(), { ...args, epochs: 2 });
      await run.finish();
      await model.fit(x(), y(), args);
    });
    expect(world.runs.map((run) => run.name)).toEqual(["all", ""]);
    expect(world.series(world.runs[0]!.id, "loss", "epoch").steps).toEqual([1, 2, 3, 4, 5, 6]);
    expect(world.series(world.runs[0]!.id, "loss", "batch").steps.at(-1)).toBe(24);
    expect(world.series(world.runs[1]!.id, "loss", "epoch").steps).toEqual([1, 2, 3, 4]);
  });

  it("fails with its cell, and refuses what is said too late", async () => {
    let run: HandRun | undefined;
    await world.run(async () => {
      run = startRun();
      run.log({ loss: NaN });
      await Promise.reject(new Error("no"));
    });
    expect(world.runs[0]?.end?.how).toBe("failed");
    expect(world.series(world.runs[0]!.id, "loss", "step").values).toEqual([NaN]);
    expect(() => run?.log({ loss: 1 })).toThrow("has ended");
    expect(() => startRun()).toThrow("while a cell runs");
  });
});
