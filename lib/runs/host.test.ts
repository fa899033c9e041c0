// The page's half of tracking, told by a worker that may say anything, with two members in the rooms.
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import type { CellId, Digest, NotebookId, RunId } from "../base/ids.ts";
import type { CallContext } from "../kernel/capability.ts";
import {
  readCheckpoint,
  readChunks,
  readConsole,
  readCurves,
  readInputs,
  readModel,
  readProgress,
  readSealed,
  runRoots,
} from "../document/runDoc.ts";
import { type RunRow, listRuns, runsRoots, setTag } from "../document/runsDoc.ts";
import { memoryPlatform } from "../testing/memoryPlatform.ts";
import { type MemoryRooms, memoryRooms } from "../testing/memoryRooms.ts";
import { runsCapability } from "./host.ts";
import type { RunRequest } from "./requests.ts";
import { runState, runTook } from "./run.ts";
import { decodeChunk } from "./series.ts";

const CELL = "cell" as CellId;
const data = { name: "penguins", digest: "a".repeat(64) as Digest };

let rooms: MemoryRooms;
let world: ReturnType<typeof memoryPlatform>;
let beat: (() => void) | undefined;
let datasets: (typeof data)[];
let controls: Record<string, number | boolean>;
let host: ReturnType<typeof runsCapability>;
let started: RunId[];

beforeEach(() => {
  rooms = memoryRooms();
  world = memoryPlatform();
  beat = undefined;
  datasets = [data];
  controls = {};
  started = [];
  const every = (_: number, act: () => void): (() => void) => {
    beat = act;
    return () => (beat = undefined);
  };
  host = runsCapability({ session: rooms, world: { ...world, every } });
});

const context = (cell = CELL): CallContext => ({
  cell,
  get facts() {
    return {
      notebook: "notebook" as NotebookId,
      sources: [{ cell, source: "train()" }],
      datasets: [...datasets],
      params: { ...controls },
      seed: 7,
      device: { backend: "WebGPU", adapter: "Apple M3 Pro", packages: { tf: "4.22.0" } },
    };
  },
  signal: new AbortController().signal,
  readDataset: () => undefined,
  startedRun: (run) => void started.push(run as RunId),
  progress: () => undefined,
});

async function tell(message: object): Promise<void> {
  await host.host(host.parse({ run: 1, ...message }), context());
}

function blocks(from: number, count: number, value = (i: number): number => 1 / i): object[] {
  const steps = Array.from({ length: count }, (_, i) => from + i);
  return [{ name: "loss", by: "batch", steps, values: steps.map(value) }];
}

const row = (): RunRow => listRuns(rooms.doc("runs"))[0]!;
const room = (): Y.Doc => rooms.doc(`run/${row().id}`);

describe("a run", () => {
  it("has the params that controls gave, and what its cell says of the same name counts more", async () => {
    controls = { rate: 0.1, units: 8 };
    await tell({ kind: "start", params: { rate: 0.2 } });
    expect(row().params).toEqual({ rate: 0.2, units: 8 });
    await tell({ kind: "describe", params: { units: 16 }, tags: [] });
    await tell({ kind: "describe", params: { units: 99, rate: 99 }, tags: [] });
    expect(row().params).toEqual({ rate: 0.2, units: 16 });
    controls = { rate: 0.1, units: 8, late: true };
    await tell({ kind: "end", how: "finished" });
    expect(row().params).toEqual({ rate: 0.2, units: 16, late: true });
  });

  it("is there for another member from its first point to its end", async () => {
    const other = new Y.Doc();
    const theirs = new Y.Doc();
    await tell({ kind: "start", params: { epochs: 2 } });
    rooms.doc("runs").on("update", (update: Uint8Array) => Y.applyUpdate(other, update));
    rooms.doc(`run/${started[0]!}`).on("update", (u: Uint8Array) => Y.applyUpdate(theirs, u));
    Y.applyUpdate(other, Y.encodeStateAsUpdate(rooms.doc("runs")));
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(room()));
    await tell({
      kind: "log",
      blocks: blocks(1, 25),
      progress: { label: "epoch 1 of 2", fraction: 0.4, leftMs: 900 },
    });
    await tell({ kind: "log", blocks: blocks(26, 25), console: "hello\n" });
    await tell({ kind: "describe", params: {}, tags: ["first"] });
    expect(listRuns(other)[0]?.params).toEqual({ epochs: 2 });
    await tell({ kind: "end", how: "finished" });
    expect(listRuns(other)[0]).toMatchObject({
      number: 1,
      tags: ["first"],
      end: { how: "finished" },
    });
    expect(listRuns(other)[0]?.live.last).toEqual({
      loss: Math.fround(1 / 50) === 1 / 50 ? 0 : 1 / 50,
    });
    expect(readConsole(theirs)).toBe("hello\n");
    const curve = decodeChunk(readCurves(theirs)[0]!);
    expect(curve?.blocks[0]?.steps).toHaveLength(50);
  });

  it("says what it was made from, data read while it went on included", async () => {
    await tell({ kind: "start" });
    datasets.push({ name: "mnist", digest: "b".repeat(64) as Digest });
    await tell({ kind: "end", how: "finished" });
    expect(readInputs(room())).toEqual({
      sources: [{ cell: CELL, source: "train()" }],
      datasets,
      seed: 7,
      packages: { tf: "4.22.0" },
      backend: "WebGPU",
      adapter: "Apple M3 Pro",
    });
    expect(row().device).toBe("WebGPU, Apple M3 Pro");
    expect(row().datasets).toEqual(datasets);
  });

  it("is sealed into a blob at its end, and can be drawn without it", async () => {
    await tell({ kind: "start" });
    await tell({ kind: "log", blocks: blocks(1, 5000, (i) => (i === 2500 ? 99 : i)) });
    await tell({ kind: "end", how: "finished" });
    expect(readChunks(room())).toEqual([]);
    const [sealed] = readSealed(room());
    const whole = decodeChunk(rooms.stored.get(sealed!.manifest.sha256)!);
    expect(sealed?.points).toBe(5000);
    expect(whole?.blocks[0]?.values).toHaveLength(5000);
    const curve = decodeChunk(readCurves(room())[0]!)!.blocks[0]!;
    expect(curve.values.length).toBeLessThan(1700);
    expect(curve.values).toContain(99);
    expect(curve.values.at(-1)).toBe(5000);
    expect(rooms.held("runs") + rooms.held(`run/${row().id}`)).toBe(0);
  });

  it("is sealed on the way when it is long, with no point lost or doubled", async () => {
    await tell({ kind: "start" });
    for (let i = 0; i < 7; i++) await tell({ kind: "log", blocks: blocks(1 + i * 20_000, 20_000) });
    await tell({ kind: "end", how: "finished" });
    const sealed = readSealed(room());
    expect(sealed.map((one) => one.points)).toEqual([80_000, 60_000]);
    const steps = sealed.flatMap(
      (one) => decodeChunk(rooms.stored.get(one.manifest.sha256)!)!.blocks[0]!.steps,
    );
    expect(steps).toEqual(Array.from({ length: 140_000 }, (_, i) => i + 1));
  });

  it("keeps its points in the room where no blob can be stored, and says so", async () => {
    const put = (): Promise<never> => Promise.reject(new Error("disk full"));
    rooms.blobs.put = put;
    await tell({ kind: "start" });
    await tell({ kind: "log", blocks: blocks(1, 30) });
    await expect(tell({ kind: "end", how: "finished" })).rejects.toThrow("disk full");
    expect(row().end?.how).toBe("finished");
    expect(readChunks(room())).toHaveLength(1);
  });

  it.each([
    ["done", "finished"],
    ["error", "failed"],
    ["interrupted", "interrupted"],
  ] as const)(
    "that a cell leaves open when it is %s is %s, with what was logged",
    async (how, word) => {
      await tell({ kind: "start" });
      await tell({ kind: "log", blocks: blocks(1, 10) });
      await host.cellEnded?.(CELL, how);
      expect(row().end?.how).toBe(word);
      expect(readSealed(room())[0]?.points).toBe(10);
      await tell({ kind: "log", blocks: blocks(11, 5) });
      expect(readChunks(room())).toEqual([]);
    },
  );

  it("beats at most every 10 s, and is cut off when it stops, and alive again when it goes on", async () => {
    await tell({ kind: "start" });
    let writes = 0;
    runsRoots.runs(rooms.doc("runs")).observeDeep(() => void writes++);
    for (let i = 0; i < 95; i++) {
      world.tick(1000);
      await tell({ kind: "log", blocks: blocks(1 + i, 1) });
    }
    expect(writes).toBe(9);
    expect(runState(row(), world.now())).toBe("running");
    world.tick(120_000);
    expect(runState(row(), world.now())).toBe("cut off");
    expect(runTook(row(), world.now())).toBe(90_000);
    beat?.();
    await tell({ kind: "end", how: "interrupted" });
    expect(runState(row(), world.now())).toBe("interrupted");
    expect(beat).toBeUndefined();
    expect(readProgress(room())).toBeUndefined();
  });

  it("gets the number after the highest that is known here", async () => {
    await tell({ kind: "start" });
    await host.host(host.parse({ run: 2, kind: "start", name: "second" }), context());
    expect(
      listRuns(rooms.doc("runs"))
        .map((one) => one.number)
        .sort(),
    ).toEqual([1, 2]);
  });
});

describe("what the worker tells", () => {
  it("is refused where it is no request", () => {
    for (const message of [
      undefined,
      7,
      { kind: "start" },
      { run: 1.5, kind: "start" },
      { run: 1, kind: "stop" },
      { run: 1, kind: "end", how: "won" },
      { run: 1, kind: "log", blocks: [{ name: "loss", by: "batch", steps: [1, 2], values: [1] }] },
      { run: 1, kind: "log", blocks: [{ name: "loss", by: "batch", steps: [-1], values: [1] }] },
      { run: 1, kind: "log", blocks: [{ name: "", by: "batch", steps: [], values: [] }] },
    ])
      expect(() => host.parse(message)).toThrow("runs-request");
  });

  it("goes on from nothing where the person did not ask for it, whatever the worker says", async () => {
    const asked = { kind: "resume", run: 1, index: 0, fit: 0 };
    expect(await host.host(host.parse(asked), context())).toBeNull();
    await tell({ kind: "start" });
    await tell({ kind: "keep", fit: 0, epoch: 1, batch: 2, bytes: new Uint8Array(4) });
    expect(await host.host(host.parse(asked), context())).toBeNull();
    expect(row().attempt).toMatchObject({ attempt: 1, parent: undefined });
  });

  it("makes what answers after its cell was stopped no other run's past", async () => {
    await tell({ kind: "start" });
    await tell({ kind: "keep", fit: 0, epoch: 1, batch: 2, bytes: new Uint8Array(4) });
    await tell({ kind: "end", how: "interrupted" });
    const stop = new AbortController();
    const { facts, ...rest } = context();
    const resume = { how: "restore", runs: [...started] } as const;
    const asked = host.parse({ kind: "resume", run: 1, index: 0, fit: 0 });
    const late = host.host(asked, { ...rest, facts: { ...facts, resume }, signal: stop.signal });
    stop.abort(new Error("the cell was stopped"));
    await host.cellEnded?.(CELL, "interrupted");
    await expect(late).rejects.toThrow("the cell was stopped");
    await tell({ kind: "start" });
    const newest = listRuns(rooms.doc("runs")).find((one) => one.id === started.at(-1));
    expect(newest?.attempt).toMatchObject({ attempt: 1, parent: undefined });
  });

  it("takes no second run under the number of one that is open", async () => {
    await tell({ kind: "start" });
    await expect(tell({ kind: "start" })).rejects.toThrow("runs-request");
    expect(started).toHaveLength(1);
  });

  it("keeps the newest checkpoint, however many the worker sends", async () => {
    await tell({ kind: "start" });
    for (let epoch = 1; epoch <= 50; epoch++)
      await tell({ kind: "keep", fit: 0, epoch, batch: epoch, bytes: Uint8Array.of(epoch) });
    expect(rooms.stored.size).toBe(1);
    world.tick(5000);
    await tell({ kind: "keep", fit: 0, epoch: 51, batch: 51, bytes: Uint8Array.of(51) });
    await tell({ kind: "keep", fit: 0, epoch: 52, batch: 52, bytes: Uint8Array.of(52) });
    await tell({ kind: "end", how: "interrupted" });
    expect(readCheckpoint(room())).toMatchObject({ fit: 0, epoch: 52 });
    expect(rooms.stored.size).toBe(3);
    expect(() => host.parse({ kind: "keep", run: 1, bytes: "text" })).toThrow();
  });

  it("is cut to size", () => {
    const long = "x".repeat(1e6);
    const parsed = host.parse({
      run: 1,
      kind: "start",
      name: long,
      params: { long, bad: 1n, never: NaN, fn: undefined },
    }) as RunRequest & { kind: "start" };
    expect(parsed.name).toHaveLength(200);
    expect(JSON.stringify(parsed.params).length).toBeLessThan(2200);
    expect(parsed.params).toMatchObject({ never: "NaN" });
  });

  it("changes nothing for a run that was never started", async () => {
    await tell({ kind: "log", blocks: blocks(1, 3) });
    await tell({ kind: "end", how: "finished" });
    expect(listRuns(rooms.doc("runs"))).toEqual([]);
  });
});

describe("what another client wrote", () => {
  it("is read as a run or left out, whatever it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.anything(), (fields, noise) => {
        const doc = new Y.Doc();
        const map = new Y.Map<unknown>();
        const keys = [
          "startedAt",
          "live",
          "params",
          "end",
          "datasets",
          "attempt",
          "number",
          "name",
        ];
        for (const [i, value] of Object.values(fields).entries())
          put(map, keys[i % keys.length]!, value);
        runsRoots.runs(doc).set("a", map);
        put(runsRoots.runs(doc) as unknown as Y.Map<unknown>, "b", noise);
        for (const run of listRuns(doc)) {
          expect(typeof run.startedAt).toBe("number");
          expect(runState(run, 1e15)).toMatch(/^(finished|failed|interrupted|cut off|running)$/);
        }
        const about = runRoots.about(doc);
        for (const key of ["inputs", "model", "progress"]) put(about, key, noise);
        readInputs(doc);
        readModel(doc);
        readProgress(doc);
      }),
    );
  });

  it("does not bring a run to life by tagging it", () => {
    setTag(rooms.doc("runs"), "nobody" as RunId, "champion", true);
    expect(listRuns(rooms.doc("runs"))).toEqual([]);
  });
});

/** As a hostile client can: whatever Yjs itself lets through. */
function put(map: Y.Map<unknown>, key: string, value: unknown): void {
  try {
    map.set(key, value);
  } catch {
    // Yjs refuses functions and the like
  }
}
