/** Rules of the kernel's life in the page, with a scripted worker in place of the sandbox. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CellId, NotebookId } from "../../base/ids.ts";
import type { CellListener, CellRun } from "../../kernel/kernel.ts";
import { nothingGiven } from "../../kernel/params.ts";
import type { ToWorker } from "../../kernel/protocol.ts";
import { createKernel } from "./kernel.ts";
import type { SandboxListener } from "./sandbox.ts";

const device = { backend: "CPU", adapter: "", packages: {} };
const nothing: CellListener = {
  output: () => undefined,
  progress: () => undefined,
  readDataset: () => undefined,
  startedRun: () => undefined,
  trained: () => undefined,
  readParam: () => undefined,
};

function cellRun(cell = "a"): CellRun {
  const facts = { notebook: "n" as NotebookId, sources: [], datasets: [] };
  const none = { code: "", defines: [], reads: [], params: nothingGiven, controls: [] };
  return { cell: cell as CellId, seed: 1, capturing: true, facts, ...none };
}

/** The workers that were opened, newest last, each with what the page told it. */
let workers: { listener: SandboxListener | undefined; told: ToWorker[]; closed: boolean }[];
let closing: Promise<void>;
/** Workers that are told to start are ready when this is. */
let starting: Promise<void>;

beforeEach(() => {
  workers = [];
  closing = Promise.resolve();
  starting = Promise.resolve();
});

function openKernel() {
  return createKernel({
    sandbox() {
      const opened: (typeof workers)[number] = {
        told: [],
        closed: false,
        listener: undefined,
      };
      workers.push(opened);
      return Promise.resolve({
        listen: (listener: SandboxListener) => void (opened.listener = listener),
        post(message: unknown) {
          opened.told.push(message as ToWorker);
          if ((message as ToWorker).kind === "start")
            void starting.then(() =>
              opened.listener?.message({ kind: "ready", device, notice: null }),
            );
        },
        close: () => void (opened.closed = true),
      });
    },
    wasm: () => Promise.reject(new Error("no wasm here")),
    capabilities: [
      {
        name: "slow to close",
        parse: (value) => value,
        host: () => Promise.resolve(null),
        cellEnded: () => closing,
      },
    ],
    backend: "cpu",
    explain: String,
  });
}

const worker = () => {
  const newest = workers.at(-1);
  if (!newest) throw new Error("no worker was opened");
  return newest;
};
const told = (kind: ToWorker["kind"]) => worker().told.filter((one) => one.kind === kind).length;
/** That the cell which it was told to run last is done. */
const endOf = ({ told }: (typeof workers)[number]) => ({
  kind: "ended",
  run: told.findLast((one) => one.kind === "run")?.run,
  end: { kind: "done" },
});
const begun = (lives = 1) =>
  vi.waitFor(() => expect([workers.length, told("run")]).toEqual([lives, 1]));

describe("a kernel", () => {
  it("runs a cell to its end, and one at a time", async () => {
    const kernel = openKernel();
    const end = kernel.run(cellRun(), nothing);
    await begun();
    expect(kernel.status.current.state).toBe("running");
    expect((await kernel.run(cellRun("b"), nothing)).kind).toBe("kernel-ended");
    worker().listener?.message(endOf(worker()));
    expect(await end).toEqual({ kind: "done" });
    expect(kernel.status.current.state).toBe("idle");
  });

  it("that is ready is told of a cell at once, before anybody hears that it runs", async () => {
    const kernel = openKernel();
    await kernel.start();
    const toldWhenHeard: number[] = [];
    kernel.status.subscribe(() => toldWhenHeard.push(told("run")));
    void kernel.run(cellRun(), nothing);
    expect(told("run")).toBe(1);
    expect(toldWhenHeard).toEqual([1]);
  });

  it("that is ended while a done cell is being closed does not say that the cell's values are there", async () => {
    let close = (): void => undefined;
    closing = new Promise((resolve) => (close = resolve));
    const kernel = openKernel();
    const end = kernel.run(cellRun(), nothing);
    await begun();
    worker().listener?.message(endOf(worker()));
    kernel.restart();
    close();
    expect(await end).toEqual({
      kind: "kernel-ended",
      reason: "The kernel was restarted: every value is gone.",
    });
    expect(worker().closed).toBe(true);
    expect(kernel.status.current.state).toBe("off");
  });

  it("that is interrupted while it starts ends the cell and goes on starting", async () => {
    let started: () => void = () => undefined;
    starting = new Promise((resolve) => (started = resolve));
    const kernel = openKernel();
    const end = kernel.run(cellRun(), nothing);
    kernel.interrupt();
    kernel.interrupt();
    expect(await end).toEqual({ kind: "interrupted", kernelEnded: false });
    started();
    await kernel.start();
    expect(kernel.status.current.state).toBe("idle");
    expect(told("run")).toBe(0);
  });

  it("hears nothing of a worker that was ended", async () => {
    const kernel = openKernel();
    const first = kernel.run(cellRun(), nothing);
    await begun();
    const old = worker();
    kernel.restart("again");
    expect(await first).toEqual({ kind: "kernel-ended", reason: "again" });
    const second = kernel.run(cellRun("b"), nothing);
    await begun(2);
    old.listener?.message(endOf(old));
    old.listener?.died("it crashed");
    expect(kernel.status.current.state).toBe("running");
    worker().listener?.died("it crashed");
    expect(await second).toEqual({ kind: "kernel-ended", reason: "The kernel ended: it crashed." });
  });

  it("takes nothing that is said of an earlier run for news of this one", async () => {
    const kernel = openKernel();
    const shown: unknown[] = [];
    const listener: CellListener = { ...nothing, output: (bundle) => void shown.push(bundle) };
    const first = kernel.run(cellRun(), nothing);
    await begun();
    const ended = endOf(worker());
    worker().listener?.message(ended);
    await first;
    const second = kernel.run(cellRun("b"), listener);
    await vi.waitFor(() => expect(told("run")).toBe(2));
    const bundle = { "text/plain": "forged" };
    worker().listener?.message({ ...ended, kind: "outputs", shown: [{ bundle, id: null }] });
    for (const run of [ended.run, 0, 1, undefined, "1"])
      worker().listener?.message({ ...ended, run });
    expect(kernel.status.current.state).toBe("running");
    expect(shown).toEqual([]);
    worker().listener?.message(endOf(worker()));
    expect(await second).toEqual({ kind: "done" });
  });

  it("is ended with the reason when its worker says more than a page can listen to", async () => {
    for (const flood of [
      Array.from({ length: 25_000 }, () => ({ kind: "notice", message: "again" })),
      [{ kind: "outputs", run: 1, shown: [{ bundle: { "text/plain": "a".repeat(80_000_000) } }] }],
      [{ kind: "outputs", run: 1, shown: new Array(2 ** 32 - 1) }],
    ]) {
      const kernel = openKernel();
      const end = kernel.run(cellRun(), nothing);
      await vi.waitFor(() => expect(told("run")).toBe(1));
      const flooding = worker();
      for (const message of flood) flooding.listener?.message(message);
      expect(await end).toMatchObject({
        kind: "kernel-ended",
        reason: /more than it can take in.*every value is gone/,
      });
      expect(kernel.status.current).toMatchObject({ state: "off", notice: /Show or log less/ });
      expect(flooding.closed).toBe(true);
    }
  });
});
