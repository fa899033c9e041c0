// What a document holds of outputs that change while their cell runs.
import { expect, it } from "vitest";
import * as Y from "yjs";
import type { CellId, MemberId } from "../base/ids.ts";
import { memoryClock } from "../testing/memoryClock.ts";
import { LiveOutput } from "./liveOutput.ts";
import { outputOf, putOutput } from "./outputs.ts";
import { ShownOutputs } from "./shownOutputs.ts";

const cell = "a" as CellId;

/** A chart of 20 kB that never comes twice. */
function chart(i: number): string {
  let state = i + 1;
  const points = Array.from({ length: 2000 }, () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return (state >>> 8).toString(36);
  });
  return `<svg><path d="${points.join(" ")}"/></svg>`;
}

it("does not grow with a chart that is updated a thousand times", async () => {
  const doc = new Y.Doc();
  const clock = memoryClock();
  let sent = 0;
  let writes = 0;
  doc.on("update", (update: Uint8Array) => {
    sent += update.length;
    writes++;
  });
  const outputs = new ShownOutputs({
    doc,
    blobs: { put: () => Promise.reject(new Error("none")) } as never,
    clock,
    mayWrite: () => true,
    changed: () => undefined,
  });
  const live = new LiveOutput({
    by: "m" as MemberId,
    byName: "Mira",
    at: clock.now(),
    inputs: { seed: 1, sources: [], datasets: [], params: [] },
  });
  for (let i = 0; i < 1000; i++) {
    live.show({ "image/svg+xml": chart(i), "text/plain": "chart" }, "chart");
    outputs.running(cell, live.record("running", clock.now(), "CPU"));
    clock.tick(20);
  }
  const ended = outputs.ended(cell, live.record("done", clock.now(), "CPU"));
  clock.tick(1);
  await ended;
  const last = outputOf(doc, cell)?.bundles;
  expect(last).toEqual([{ "image/svg+xml": chart(999), "text/plain": "chart" }]);
  // 20 s of updates at no more than two a second, and the end.
  expect(writes).toBeLessThan(45);
  expect(Y.encodeStateAsUpdate(doc).length).toBeLessThan(2 * chart(0).length);
  expect(sent).toBeLessThan(45 * 1.2 * chart(0).length);
  outputs.close();
});

function bench(): {
  doc: Y.Doc;
  clock: ReturnType<typeof memoryClock>;
  rights: { write: boolean };
  outputs: ShownOutputs;
  two: (clock: number) => ReturnType<LiveOutput["record"]>;
} {
  const doc = new Y.Doc();
  const clock = memoryClock();
  const rights = { write: true };
  const outputs = new ShownOutputs({
    doc,
    blobs: { put: () => Promise.reject(new Error("none")) } as never,
    clock,
    mayWrite: () => rights.write,
    changed: () => undefined,
  });
  const two = (at: number): ReturnType<LiveOutput["record"]> => {
    const inputs = { seed: 1, sources: [], datasets: [], params: [] };
    const live = new LiveOutput({ by: "m" as MemberId, byName: "Mira", at, inputs });
    live.show({ "text/plain": "2" });
    return live.record("done", at, "CPU");
  };
  return { doc, clock, rights, outputs, two };
}
const TWO = [{ "text/plain": "2" }];

it("writes what has just ended before it closes", () => {
  const { doc, clock, outputs, two } = bench();
  void outputs.ended(cell, two(clock.now()));
  expect(outputOf(doc, cell)).toBeUndefined();
  outputs.close();
  expect(outputOf(doc, cell)?.bundles).toEqual(TWO);
});

it("keeps what a viewer ran to the viewer, also where they may write later", async () => {
  const { doc, clock, rights, outputs, two } = bench();
  rights.write = false;
  const ended = outputs.ended(cell, two(clock.now()));
  clock.tick(1);
  await ended;
  rights.write = true;
  outputs.close();
  expect(outputOf(doc, cell)).toBeUndefined();
  expect(outputs.get(cell)?.bundles).toEqual(TWO);
});

it("does not lose what has just ended to an output that comes at that moment", async () => {
  const { doc, clock, outputs, two } = bench();
  const ended = outputs.ended(cell, two(clock.now()));
  putOutput(doc, cell, { ...two(clock.now()), bundles: [{ "text/plain": "another's" }] });
  clock.tick(1);
  await ended;
  expect(outputOf(doc, cell)?.bundles).toEqual(TWO);
});
