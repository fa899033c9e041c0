/** The notebook's runs for the page: an execution with its kernel, and the backend that this person chose. */
import type { CellId } from "../../lib/base/ids.ts";
import { type Observable, Settable } from "../../lib/base/observable.ts";
import type { Resume } from "../../lib/kernel/capability.ts";
import type { Backend } from "../../lib/kernel/device.ts";
import type { HeldValues } from "../../lib/kernel/variables.ts";
import type { Kernel } from "../../lib/kernel/kernel.ts";
import type { CellView } from "../../lib/notebook/cellView.ts";
import type { Execution } from "../../lib/notebook/execution.ts";
import type { RunQuestion } from "../../lib/notebook/runQuestion.ts";
import type { Params } from "../../lib/notebook/params.ts";
import { chooseBackend } from "./backendChoice.ts";
import { browserClock } from "./browserClock.ts";
import type { KernelView, NotebookRuns } from "./cellView.ts";

/** Many cells are done before anybody could see the kernel run. */
const SOON_MS = 60;

export class KernelRuns implements NotebookRuns {
  readonly #execution: Execution;
  readonly #kernel: Kernel;
  readonly #view: Settable<KernelView>;
  readonly #stop: () => void;
  #leaveShow: (() => void) | undefined;

  constructor(execution: Execution, kernel: Kernel, backend: Backend) {
    this.#execution = execution;
    this.#kernel = kernel;
    this.#view = new Settable(viewOf(kernel, backend));
    this.#stop = kernel.status.subscribe(() => this.#changed());
  }

  get kernel(): Observable<KernelView> {
    return this.#view;
  }
  get held(): Observable<HeldValues> {
    return this.#kernel.held;
  }
  get stale(): Observable<readonly CellId[]> {
    return this.#execution.stale;
  }
  get params(): Params {
    return this.#execution.params;
  }
  get asking(): Observable<RunQuestion | undefined> {
    return this.#execution.asking;
  }
  get gone(): Observable<readonly CellId[]> {
    return this.#execution.gone;
  }

  cell(id: CellId): Observable<CellView> {
    return this.#execution.cell(id);
  }
  runCell(id: CellId): void {
    this.#execution.runCell(id);
  }
  resume(id: CellId, how: Resume["how"]): void {
    this.#execution.resume(id, how);
  }
  runAll(): void {
    this.#execution.runAll();
  }
  runStale(): void {
    this.#execution.runStale();
  }
  dismissChange(id: CellId): void {
    this.#execution.dismissChange(id);
  }
  interrupt(): void {
    this.#execution.interrupt();
  }
  restart(): void {
    this.#execution.restart();
  }

  setBackend(backend: Backend): void {
    chooseBackend(backend);
    this.#show(backend);
    this.#kernel.setBackend(backend);
  }

  freeLeft(): void {
    this.#kernel.freeLeft();
  }

  close(): void {
    this.#stop();
    this.#leaveShow?.();
    this.#execution.close();
  }

  #changed(): void {
    if (this.#kernel.status.current.state !== "running")
      return this.#show(this.#view.current.backend);
    this.#leaveShow ??= browserClock.after(SOON_MS, () => this.#show(this.#view.current.backend));
  }

  #show(backend: Backend): void {
    this.#leaveShow?.();
    this.#leaveShow = undefined;
    this.#view.set(viewOf(this.#kernel, backend));
  }
}

function viewOf(kernel: Kernel, backend: Backend): KernelView {
  const { state, device, notice } = kernel.status.current;
  return {
    state,
    backend,
    ...(device ? { using: device } : {}),
    ...(notice === undefined ? {} : { notice }),
  };
}
