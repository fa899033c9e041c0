/**
 * What runs a notebook's cells in this tab: a port. The browser's kernel is a worker in a sandboxed frame
 * (lib/platform/browser), tests script one (lib/testing). It runs one cell at a time and knows nothing of
 * order, documents or what is stale.
 */
import type { CellId, Digest } from "../base/ids.ts";
import type { Observable } from "../base/observable.ts";
import type { CellFacts, CellProgress } from "./capability.ts";
import type { Backend, Device } from "./device.ts";
import type { ErrorOutput, MimeBundle } from "./mime.ts";
import type { GivenParams, OtherControl, ParamControl } from "./params.ts";
import type { HeldValues } from "./variables.ts";

export interface KernelStatus {
  readonly state: "off" | "starting" | "idle" | "running";
  readonly device?: Device;
  /** Why the kernel is not what it was: it was ended, its device was lost, what was asked for is not to be had. */
  readonly notice?: string;
}

/** One run of a cell. `code`, `defines` and `reads` are what compileCell gave (lib/kernel/compile.ts). */
export interface CellRun {
  readonly cell: CellId;
  readonly code: string;
  /** Top-level names, kept in the kernel's scope for other cells; those of imports too. */
  readonly defines: readonly string[];
  /** Free names that other cells define. */
  readonly reads: readonly string[];
  /** Math.random starts from it anew. */
  readonly seed: number;
  /** Training may run from a captured program: the same numbers, faster. */
  readonly capturing: boolean;
  /** What is set of all controls, and those that other cells of this kernel have. */
  readonly params: GivenParams;
  readonly controls: readonly OtherControl[];
  /** The page's knowledge for capabilities; what the cell reads and the device are added by the kernel. */
  readonly facts: Pick<CellFacts, "notebook" | "sources" | "datasets" | "params" | "resume">;
}

/** What happens while a cell runs, in order. */
export interface CellListener {
  /** Something to show. A bundle with an `id` takes the place of the one before it with that id. */
  output(bundle: MimeBundle, id?: string): void;
  progress(progress: CellProgress): void;
  readDataset(name: string, digest: Digest): void;
  readParam(control: ParamControl): void;
  startedRun(run: string): void;
  /** The cell changed the values of these names of other cells in place (model.fit and its like). */
  trained(names: readonly string[]): void;
}

export type CellEnd =
  | { readonly kind: "done" }
  | { readonly kind: "error"; readonly error: ErrorOutput }
  /** `kernelEnded`: it did not stop by itself, so the worker was ended and with it every cell's values. */
  | { readonly kind: "interrupted"; readonly kernelEnded: boolean }
  /** The worker is gone for another reason (out of memory, its device lost, restarted). */
  | { readonly kind: "kernel-ended"; readonly reason: string };

export interface Kernel {
  readonly status: Observable<KernelStatus>;
  /** What it holds since the last cell ended; nothing while it is off. */
  readonly held: Observable<HeldValues>;
  /** Starts the worker where it is off, and waits until it can run cells. Rejects with an Error fit to read. */
  start(): Promise<void>;
  /** Runs one cell; starts the worker first where need be. Never rejects. One at a time. */
  run(run: CellRun, listener: CellListener): Promise<CellEnd>;
  /** Asks the running cell to stop; after 500 ms ends the worker. */
  interrupt(): void;
  /** Ends the worker: every value is gone. The next run starts another. */
  restart(reason?: string): void;
  /** Takes effect at once: ends the worker where it uses another backend. */
  setBackend(backend: Backend): void;
  /** Forgets names that no cell defines any more, and disposes nothing that others still hold. */
  forget(names: readonly string[]): void;
  /** Disposes the tensors that earlier runs left behind, and nothing that a name still leads to. */
  freeLeft(): void;
  close(): void;
}
