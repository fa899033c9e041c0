/** A kernel whose cells do and end as the test says; a cell that nothing is said of is done at once. */
import type { CellId } from "../base/ids.ts";
import { Settable } from "../base/observable.ts";
import type { Backend } from "../kernel/device.ts";
import type { CellEnd, CellListener, CellRun, Kernel, KernelStatus } from "../kernel/kernel.ts";
import { type HeldValues, NOTHING_HELD } from "../kernel/variables.ts";

type Script = (listener: CellListener, run: CellRun) => CellEnd | Promise<CellEnd>;

/** A cell that runs until the test ends it. */
export interface HeldUp {
  readonly listener: CellListener;
  readonly end: (how: CellEnd) => void;
}

export const scriptedDevice = { backend: "CPU", adapter: "", packages: {} };

export class ScriptedKernel implements Kernel {
  readonly status = new Settable<KernelStatus>({ state: "off" });
  readonly held = new Settable<HeldValues>(NOTHING_HELD);
  readonly runs: CellRun[] = [];
  readonly forgotten: string[] = [];
  readonly #scripts = new Map<CellId, Script>();
  #endRunning: ((end: CellEnd) => void) | undefined;

  /** The cells that ran, in order. */
  get ran(): string {
    return this.runs.map((run) => run.cell).join(" ");
  }

  script(cell: CellId, script: Script): void {
    this.#scripts.set(cell, script);
  }

  /** Lets the next run of this cell go on until the test ends it. */
  hold(cell: CellId): Promise<HeldUp> {
    return new Promise((held) => {
      this.#scripts.set(cell, (listener) => {
        this.#scripts.delete(cell);
        return new Promise((end) => held({ listener, end }));
      });
    });
  }

  start(): Promise<void> {
    if (this.status.current.state === "off") {
      this.status.set({ state: "starting" });
      this.status.set({ state: "idle", device: scriptedDevice });
    }
    return Promise.resolve();
  }

  async run(run: CellRun, listener: CellListener): Promise<CellEnd> {
    if (this.status.current.state !== "idle") await this.start();
    this.runs.push(run);
    this.status.set({ state: "running", device: scriptedDevice });
    const script = this.#scripts.get(run.cell) ?? (() => ({ kind: "done" }) as const);
    const end = await Promise.race([
      new Promise<CellEnd>((ended) => (this.#endRunning = ended)),
      Promise.resolve(script(listener, run)),
    ]);
    this.#endRunning = undefined;
    if (this.status.current.state === "running")
      this.status.set({ state: "idle", device: scriptedDevice });
    return end;
  }

  interrupt(): void {
    this.#endRunning?.({ kind: "interrupted", kernelEnded: false });
  }

  restart(reason = "restarted"): void {
    this.status.set({ state: "off", notice: reason });
    this.#endRunning?.({ kind: "kernel-ended", reason });
  }

  setBackend(backend: Backend): void {
    this.restart(`now on ${backend}`);
  }

  forget(names: readonly string[]): void {
    this.forgotten.push(...names);
  }

  freeLeft(): void {
    this.held.set({ ...this.held.current, leaks: [] });
  }

  close(): void {
    this.restart("closed");
  }
}
