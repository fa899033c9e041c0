// @vitest-environment jsdom
// What the others in a notebook hear of this tab's kernel, and when.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { CellId, MemberId } from "../../lib/base/ids.ts";
import { Settable } from "../../lib/base/observable.ts";
import type { KernelStatus } from "../../lib/kernel/kernel.ts";
import type { RunningCell } from "../../lib/notebook/cellView.ts";
import { turn } from "../../lib/platform/browser/turn.ts";
import type { Member } from "../../lib/workspace/session.ts";
import { announceRunning } from "./announceRunning.ts";

const cell = "a" as CellId;
let awareness: Awareness;
let running: Settable<RunningCell | undefined>;
let stop: () => void;
const said = (): unknown =>
  (awareness.getLocalState()?.["running"] as RunningCell | undefined)?.cell;

beforeEach(() => {
  vi.useFakeTimers();
  awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(null);
  running = new Settable<RunningCell | undefined>(undefined);
  const me = new Settable<Member>({ id: "m" as MemberId, name: "Mira", role: "owner" });
  stop = announceRunning(awareness, me, running, {
    status: new Settable<KernelStatus>({ state: "running" }),
  });
});
afterEach(() => {
  stop();
  awareness.destroy();
  vi.useRealTimers();
});

it("says nothing of a cell that is done at once", async () => {
  running.set({ cell, since: 0 });
  vi.advanceTimersByTime(29);
  running.set(undefined);
  vi.advanceTimersByTime(1000);
  await turn();
  expect(said()).toBeUndefined();
});

it("says soon what runs, also where it was a short one's turn just before, and afterwards that nothing does", async () => {
  running.set({ cell, since: 0 });
  running.set(undefined);
  running.set({ cell: "b" as CellId, since: 1 });
  vi.advanceTimersByTime(30);
  expect(said()).toBe("b");
  running.set(undefined);
  expect(said()).toBe("b"); // what it has shown is written first
  await turn();
  expect(said()).toBeUndefined();
});

it("goes on to the next cell, and tells how far it is twice a second", async () => {
  running.set({ cell, since: 0 });
  vi.advanceTimersByTime(30);
  running.set(undefined);
  running.set({ cell: "b" as CellId, since: 1 });
  await turn();
  expect(said()).toBe("b");
  const heard: unknown[] = [];
  awareness.on("change", () => heard.push(said()));
  for (let i = 1; i <= 20; i++) {
    running.set({
      cell: "b" as CellId,
      since: 1,
      progress: { label: "", fraction: i / 20, leftMs: null },
    });
    vi.advanceTimersByTime(50);
  }
  expect(heard).toHaveLength(2);
});
