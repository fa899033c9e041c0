/**
 * The kernel of this tab: starts the worker in its sandbox when it is needed, runs one cell at a time in it,
 * answers what cells ask of the page, and ends the worker when it does not stop. It trusts nothing the worker
 * says beyond what it can be read as.
 */
import type { Observable } from "../../base/observable.ts";
import { Settable } from "../../base/observable.ts";
import { assertNever } from "../../base/assertNever.ts";
import { Allowance } from "../../kernel/allowance.ts";
import type { Capability } from "../../kernel/capability.ts";
import type { Backend, Device } from "../../kernel/device.ts";
import type { CellEnd, CellListener, CellRun, Kernel, KernelStatus } from "../../kernel/kernel.ts";
import { type ToPage, type ToWorker, type WasmBytes, parseToPage } from "../../kernel/protocol.ts";
import { type HeldValues, NOTHING_HELD } from "../../kernel/variables.ts";
import { RunningCell } from "./runningCell.ts";
import type { Sandbox } from "./sandbox.ts";

/** The worker, as far as the kernel drives it: a Sandbox, or a scripted one in a test. */
type Worker = Pick<Sandbox, "listen" | "post" | "close">;

export interface KernelParts {
  /** A worker that loads the kernel's bundle (app/kernel/bundle.ts), or has loaded it; the caller's from then on. */
  sandbox(backend: Backend): Promise<Worker>;
  /** The bytes of TensorFlow.js's WebAssembly; asked for only where that backend is. New ones at each call. */
  wasm(): Promise<WasmBytes>;
  readonly capabilities: readonly Capability[];
  readonly backend: Backend;
  /** What a cell is told of a capability that failed. */
  explain(error: unknown): string;
}

const INTERRUPT_MS = 500;
const TOO_MUCH =
  "The kernel was ended: its cells sent the page more than it can take in, and every value is gone. Show or log less at a time.";
/** A start takes a second or two; longer than this and it will not come. */
const START_MS = 60_000;

/** One life of the worker: from the asking for it to its end. */
interface Life {
  readonly ready: Promise<void>;
  readonly fail: (error: Error) => void;
  readonly begun: (device: Device) => void;
  sandbox: Worker | undefined;
  device: Device | undefined;
  /** What was asked for and is not to be had. */
  notice: string | undefined;
}

export function createKernel(parts: KernelParts): Kernel {
  return new BrowserKernel(parts);
}

class BrowserKernel implements Kernel {
  readonly #parts: KernelParts;
  readonly #status = new Settable<KernelStatus>({ state: "off" });
  readonly #held = new Settable<HeldValues>(NOTHING_HELD);
  #backend: Backend;
  #life: Life | undefined;
  #running: RunningCell | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: KernelParts) {
    this.#parts = parts;
    this.#backend = parts.backend;
  }

  get status(): Observable<KernelStatus> {
    return this.#status;
  }

  get held(): Observable<HeldValues> {
    return this.#held;
  }

  start(): Promise<void> {
    return (this.#life ??= this.#begin()).ready;
  }

  async run(run: CellRun, listener: CellListener): Promise<CellEnd> {
    if (this.#running) return { kind: "kernel-ended", reason: "another cell is still running" };
    const running = new RunningCell(run, listener, this.#parts);
    this.#running = running;
    // What ends the start has ended the cell as well; and who gives up does not wait for it.
    if (!this.#life?.device) await Promise.race([this.start().catch(() => undefined), running.end]);
    const { sandbox, device, notice } = this.#life ?? {};
    if (!running.over && sandbox && device) {
      running.begin(device, (message) => sandbox.post(message));
      // Why the last kernel ended has been read by now; what is wrong with this one stays.
      this.#say({ state: "running", device, ...(notice !== undefined && { notice }) });
    }
    return running.end;
  }

  interrupt(): void {
    if (!this.#running || this.#running.over || this.#deadline !== undefined) return;
    if (this.#status.current.state !== "running") {
      // The cell has not begun; the worker may as well go on starting.
      return this.#cellEnded({ kind: "interrupted", kernelEnded: false });
    }
    this.#running.interrupt();
    this.#post({ kind: "interrupt" });
    this.#deadline = setTimeout(() => {
      const reason =
        "The cell did not stop by itself, so the kernel was ended: every value is gone.";
      this.#end(reason, { kind: "interrupted", kernelEnded: true });
    }, INTERRUPT_MS);
  }

  restart(reason = "The kernel was restarted: every value is gone."): void {
    this.#end(reason);
  }

  setBackend(backend: Backend): void {
    if (backend === this.#backend) return;
    this.#backend = backend;
    if (!this.#life) return;
    this.#end("The kernel was restarted on another backend: every value is gone.");
    this.start().catch(() => undefined); // The status says why.
  }

  forget(names: readonly string[]): void {
    this.#post({ kind: "forget", names });
  }

  freeLeft(): void {
    this.#post({ kind: "free" });
  }

  close(): void {
    this.#end("");
  }

  #begin(): Life {
    let begun: Life["begun"] = () => undefined;
    let fail: Life["fail"] = () => undefined;
    const ready = new Promise<void>((resolve, reject) => {
      begun = (device) => {
        clearTimeout(late);
        life.device = device;
        resolve();
      };
      fail = (error) => {
        clearTimeout(late);
        reject(error);
      };
    });
    const late = setTimeout(() => this.#end("The kernel did not start within a minute."), START_MS);
    const life: Life = {
      ready,
      fail,
      begun,
      sandbox: undefined,
      device: undefined,
      notice: undefined,
    };
    ready.catch(() => undefined); // Whoever waits is told; nobody needs to.
    this.#say({ state: "starting", ...this.#notice() });
    this.#open(life).catch((error: unknown) => {
      if (this.#life !== life) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#end(`The kernel could not be started: ${why}`);
    });
    return life;
  }

  async #open(life: Life): Promise<void> {
    const backend = this.#backend;
    const [sandbox, wasm] = await Promise.all([
      this.#parts.sandbox(backend),
      backend === "wasm" ? this.#parts.wasm() : null,
    ]);
    if (this.#life !== life) return sandbox.close();
    life.sandbox = sandbox;
    const allowance = new Allowance(performance.now());
    sandbox.listen({
      message: (value) => {
        if (this.#life !== life) return;
        if (!allowance.takes(value, performance.now())) return this.#end(TOO_MUCH);
        const message = parseToPage(value);
        if (message) this.#receive(message, life);
      },
      died: (reason) => {
        if (this.#life === life) this.#end(`The kernel ended: ${reason}.`);
      },
    });
    const transfer = wasm ? [wasm.simd, wasm.plain] : [];
    sandbox.post({ kind: "start", backend, wasm } satisfies ToWorker, transfer);
  }

  #receive(message: ToPage, life: Life): void {
    switch (message.kind) {
      case "ready": {
        if (life.device) return;
        life.notice = message.notice ?? undefined;
        const notice = life.notice ?? this.#status.current.notice;
        this.#say({
          state: "idle",
          device: message.device,
          ...(notice !== undefined && { notice }),
        });
        return life.begun(message.device);
      }
      case "failed":
        return this.#end(`The kernel could not be started: ${message.message}`);
      case "held":
        return this.#held.set(message.held);
      case "notice":
        return this.#say({ ...this.#status.current, notice: message.message });
      case "lost":
        return this.#end(`${message.message}. The kernel was ended: every value is gone.`);
      case "ended":
        // What was said of an earlier run says nothing of this one.
        if (message.run !== this.#running?.id) return;
        return this.#cellEnded(
          message.end.kind === "interrupted"
            ? { kind: "interrupted", kernelEnded: false }
            : message.end,
        );
      case "outputs":
      case "trained":
      case "param":
      case "call":
        return this.#running?.receive(message);
      default:
        return assertNever(message);
    }
  }

  #cellEnded(end: CellEnd): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    const [running, life] = [this.#running, this.#life];
    if (!running) return;
    void running.close(end).then((ended) => {
      if (!ended) return;
      this.#running = undefined;
      const { state, notice = "" } = this.#status.current;
      // While its runs were being closed the kernel may have been ended: a cell that is done has its values.
      const gone = end.kind === "done" && this.#life !== life;
      if (state === "running") this.#say({ ...this.#status.current, state: "idle" });
      running.settle(gone ? { kind: "kernel-ended", reason: notice } : end);
    });
  }

  /** Ends the worker, and with it the cell that runs. */
  #end(reason: string, end: CellEnd = { kind: "kernel-ended", reason }): void {
    const life = this.#life;
    this.#life = undefined;
    life?.sandbox?.close();
    this.#held.set(NOTHING_HELD);
    this.#say({ state: "off", ...(reason !== "" && { notice: reason }) });
    life?.fail(new Error(reason));
    this.#cellEnded(end);
  }

  #post(message: ToWorker): void {
    this.#life?.sandbox?.post(message);
  }

  #notice(): Pick<KernelStatus, "notice"> {
    const { notice } = this.#status.current;
    return notice === undefined ? {} : { notice };
  }

  #say(status: KernelStatus): void {
    this.#status.set(status);
  }
}
