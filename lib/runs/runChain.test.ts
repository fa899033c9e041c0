// The curves of a run that goes on from others.
import { expect, it } from "vitest";
import * as Y from "yjs";
import type { CellId, MemberId, NotebookId, RunId } from "../base/ids.ts";
import { appendChunk } from "../document/runDoc.ts";
import { type RunAttempt, putRun } from "../document/runsDoc.ts";
import { ChainMetrics, chainOf } from "./runChain.ts";
import { encodeChunk } from "./series.ts";

const runs = new Y.Doc();
const put = (id: string, attempt: Partial<RunAttempt>): void => {
  const start = {
    number: 1,
    notebook: "n" as NotebookId,
    cell: "c" as CellId,
    by: "m" as MemberId,
    byName: "",
    device: "",
    startedAt: 1,
    datasets: [],
    attempt: { attempt: 1, parentCheckpoint: undefined, fromStep: 0, ...attempt },
  };
  const live = { beatAt: 1, progress: undefined, last: {}, spark: [] };
  putRun(runs, id as RunId, start, { name: "", params: {}, live });
};
const log = (doc: Y.Doc, steps: number[]): void =>
  appendChunk(
    doc,
    encodeChunk({
      attempt: 1,
      at: 0,
      blocks: [{ name: "loss", by: "epoch", steps, values: steps }],
    }),
  );

it("leads from the first run to the one at hand, each until the next took over", () => {
  put("a", {});
  put("b", { parent: "a" as RunId, fromStep: 5, fromBatch: 50 });
  put("c", { parent: "b" as RunId, fromStep: 3 });
  expect(chainOf(runs, "c" as RunId)).toEqual([
    { run: "a", epoch: 3, batch: 50 },
    { run: "b", epoch: 3, batch: Infinity },
    { run: "c", epoch: Infinity, batch: Infinity },
  ]);
});

it("ends where somebody has written a circle, or where a run is gone", () => {
  put("x", { parent: "y" as RunId });
  put("y", { parent: "x" as RunId });
  put("z", { parent: "nobody" as RunId });
  const ids = (id: string): string[] => chainOf(runs, id as RunId).map((one) => one.run);
  expect(ids("x")).toEqual(["y", "x"]);
  expect(ids("z")).toEqual(["nobody", "z"]);
});

it("shows one curve, without what a run logged after it was taken over, and grows", () => {
  const [before, now] = [new Y.Doc(), new Y.Doc()];
  log(before, [1, 2, 3, 4]);
  log(now, [3]);
  const chain = new ChainMetrics([
    { doc: before, epoch: 2, batch: 2 },
    { doc: now, epoch: Infinity, batch: Infinity },
  ]);
  let told = 0;
  const stop = chain.subscribe(() => told++);
  expect(chain.current[0]?.steps).toEqual([1, 2, 3]);
  log(now, [4]);
  expect(chain.current[0]?.values).toEqual([1, 2, 3, 4]);
  expect(told).toBe(1);
  stop();
});
