// Tracking within the kernel's own runtime: what a cell logs has arrived when the page is told that it ended.
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it, vi } from "vitest";
import type { CellId, NotebookId } from "../base/ids.ts";
import { readSealed } from "../document/runDoc.ts";
import { type RunRow, listRuns } from "../document/runsDoc.ts";
import type { CallContext } from "../kernel/capability.ts";
import { watchTraining } from "../kernel/guest/training.ts";
import { GuestWorkshop } from "../testing/guestWorld.ts";
import { memoryPlatform } from "../testing/memoryPlatform.ts";
import { memoryRooms } from "../testing/memoryRooms.ts";
import { runsGuest } from "./guest.ts";
import { runsCapability } from "./host.ts";
import { RUNS } from "./requests.ts";
import { swapRandom } from "../platform/browser/workerWorld.ts";

const rooms = memoryRooms();
const host = runsCapability({
  session: rooms,
  world: { ...memoryPlatform(), every: () => () => undefined },
});
const context = {
  cell: "cell" as CellId,
  facts: {
    notebook: "notebook" as NotebookId,
    sources: [],
    datasets: [],
    seed: 1,
    device: { backend: "CPU", adapter: "", packages: {} },
  },
  startedRun: () => undefined,
  progress: () => undefined,
} as unknown as CallContext;

const workshop = new GuestWorkshop([
  { name: RUNS, host: (request) => host.host(host.parse(request), context) },
]);

beforeAll(async () => {
  await tf.setBackend("cpu");
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  workshop.runtime.redirectConsole(console);
  workshop.runtime.provide({ "@tensorflow/tfjs": tf }, [
    runsGuest(tf, { swapRandom, now: () => performance.now() }),
  ]);
  watchTraining(tf, workshop.runtime.guest, workshop.world);
});

/** Runs a cell, and closes it as the page does. */
async function run(source: string): Promise<string> {
  const { end } = await workshop.run("cell", source);
  await host.cellEnded?.(context.cell, end.kind);
  return end.kind;
}

const newest = (): RunRow => {
  const rows = listRuns(rooms.doc("runs"));
  return rows.reduce((a, b) => (b.number > a.number ? b : a));
};
const points = (row: RunRow): number => readSealed(rooms.doc(`run/${row.id}`))[0]?.points ?? 0;

const MODEL = `import * as tf from "@tensorflow/tfjs";
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
const [x, y] = [tf.ones([32, 2]), tf.ones([32, 1])];
`;

it("keeps every batch of a fit, and of a loop that ends at once", async () => {
  expect(await run(`${MODEL}await model.fit(x, y, { epochs: 3, batchSize: 8, verbose: 0 });`)).toBe(
    "done",
  );
  expect(points(newest())).toBe(3 * 4 + 3);
  expect(newest().params).toMatchObject({ optimizer: "SGD", "learning rate": 0.1, epochs: 3 });
  expect(await run(`${MODEL}for (let i = 0; i < 7; i++) await model.trainOnBatch(x, y);`)).toBe(
    "done",
  );
  expect(points(newest())).toBe(7);
  expect(newest().end?.how).toBe("finished");
});

it("offers startRun to cells, and closes what they leave open as they end", async () => {
  const source = `import { startRun } from "ensemble";
const run = startRun("mine", { params: { rate: 0.5 } });
for (let i = 1; i <= 9; i++) run.log({ loss: 1 / i });
throw new Error("no more");`;
  expect(await run(source)).toBe("error");
  expect(newest()).toMatchObject({ name: "mine", params: { rate: 0.5 }, end: { how: "failed" } });
  expect(points(newest())).toBe(9);
});

it("keeps what was logged when the person interrupts", async () => {
  const ended = run(`${MODEL}await model.fit(x, y, { epochs: 1e6, verbose: 0 });`);
  await vi.waitFor(() => expect(newest().params["epochs"]).toBe(1e6));
  workshop.runtime.receive({ kind: "interrupt" });
  expect(await ended).toBe("interrupted");
  expect(newest().end?.how).toBe("interrupted");
  expect(points(newest())).toBeGreaterThan(0);
});
