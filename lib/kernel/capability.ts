/**
 * A capability is something the page does for a cell: reading a dataset, starting a run.
 * The guest half (lib/<domain>/guest.ts) runs in the sandboxed worker and asks by name;
 * the host half (lib/<domain>/host.ts) runs in the page and answers. Requests are untrusted.
 */
import type { CellId, Digest, NotebookId } from "../base/ids.ts";
import type { Device } from "./device.ts";
import type { SeededRandom } from "./guest/random.ts";
import type { ParamControl, ParamValue } from "./params.ts";

/** The page's half. */
export interface Capability<Request = unknown> {
  readonly name: string;
  /** What the worker sent, or an AppError where it is not a request of this capability. */
  parse(value: unknown): Request;
  /** Answers one request. The reply must survive structured clone; see `transfer` for moving buffers. */
  host(request: Request, context: CallContext): Promise<unknown>;
  /** The cell ended, in whatever way; what is left open for it should be closed. */
  cellEnded?(cell: CellId, how: "done" | "error" | "interrupted"): Promise<void>;
}

/** What the host knows about the call, told by the page and not by the worker. */
export interface CallContext {
  readonly cell: CellId;
  /** What led to this moment, for a run's record. Read it when it is needed: it grows while a cell runs. */
  readonly facts: CellFacts;
  /** Aborted when the cell is interrupted or the kernel ends. */
  readonly signal: AbortSignal;
  /** Records on the cell's output that it read this version of this dataset. */
  readDataset(name: string, digest: Digest): void;
  /** Records on the cell's output that it started this run. */
  startedRun(run: string): void;
  /** Progress of the cell that is running, shown on the cell and to other members. */
  progress(progress: CellProgress): void;
}

/** Where a call comes from: the code, data and chance behind it, and the device. */
export interface CellFacts {
  readonly notebook: NotebookId;
  /** The cells that led to it in the order in which they ran, the calling cell last, with what they said then. */
  readonly sources: readonly { readonly cell: CellId; readonly source: string }[];
  /** What those cells read, this one's reads so far included. */
  readonly datasets: readonly { readonly name: string; readonly digest: Digest }[];
  /** The params that those cells read, this one's so far included. */
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly seed: number;
  readonly device: Device;
  /** Where this run of the cell goes on from an earlier one. */
  readonly resume?: Resume;
}

/**
 * `continue`: it trains on with what the kernel holds. `restore`: it was cut off, and brings back what was kept of it.
 * `runs`: those that the cell had started then, in order.
 */
export interface Resume {
  readonly how: "continue" | "restore";
  readonly runs: readonly string[];
}

/** How far a running cell is. `leftMs` is an estimate; null while it cannot be known. */
export interface CellProgress {
  readonly label: string; // "epoch 3 of 60"
  readonly fraction: number; // 0 to 1
  readonly leftMs: number | null;
  /** Nobody knows how much there is: `fraction` says nothing. */
  readonly open?: true;
}

/** The worker's half: what a guest module may use. Composed in app/kernel/guest.ts. */
export interface Guest {
  /** The cell that is running, or undefined between cells. */
  readonly cell: CellId | undefined;
  /** Asks the page and waits for the answer. Rejects with an Error whose message is fit to read. */
  call(capability: string, request: unknown, transfer?: Transferable[]): Promise<unknown>;
  /** Tells the page without waiting. Messages of one worker arrive in order. */
  tell(capability: string, request: unknown, transfer?: Transferable[]): void;
  /** Shows a value under the cell, as `display()` does. */
  display(value: unknown, options?: { id?: string }): void;
  /** The value of a control for the running cell, which is recorded. Throws where another cell's is not the same. */
  param(control: ParamControl): ParamValue;
  /** Records that the running cell changed this object in place (model.fit and its like). */
  trained(object: object): void;
  /** Records that the running cell made this object, whose values can be changed in place. */
  made(object: object): void;
  /** Where the running cell draws Math.random from. */
  readonly chance: SeededRandom | undefined;
  /** The running cell goes on from an earlier run of it; the page knows which. */
  readonly resumes: boolean;
  /** The running cell may train from a captured program: the same numbers, faster. */
  readonly capturing: boolean;
  /** True once the person asked to interrupt; a training loop stops at its next batch. */
  readonly interrupted: boolean;
  /**
   * Called once when the cell that is running now has ended, in whatever way, and awaited before the page is
   * told: the last chance to send what was collected. Errors in it are logged and go no further.
   */
  atCellEnd(act: () => Promise<void> | void): void;
}

/**
 * What a domain adds to the module "ensemble" inside the worker: exported names and their values.
 * Called once when the worker starts; app/kernel/guest.ts lists them all.
 */
export type GuestModule = (guest: Guest) => Readonly<Record<string, unknown>>;
