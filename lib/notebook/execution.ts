/**
 * A notebook that runs in this tab: the queue of its cells, one at a time through the kernel, and what can be said
 * of each. What runs is planned from the code of the moment, so that it knows what a cell trained just now. Nothing
 * runs unless this person asks; others' outputs come through the document.
 */
import type { CellId } from "../base/ids.ts";
import { type Observable, Settable } from "../base/observable.ts";
import type { CellProgress } from "../kernel/capability.ts";
import { planRun } from "../kernel/plan.ts";
import { type RunWorld, runCell } from "./cellRun.ts";
import type { CellView } from "./cellView.ts";
import { type Compiler, NotebookCode } from "./code.ts";
import { Held } from "./held.ts";
import { type Now, changedSince } from "./inputs.ts";
import { currentVersions, watchNotebook } from "./notebookChanges.ts";
import { ReadingPace } from "./readingPace.ts";
import { RunQueue } from "./runQueue.ts";
import { seedOf } from "./settings.ts";
import { ShownOutputs } from "./shownOutputs.ts";
import { sameView, viewOf } from "./viewOf.ts";

export interface ExecutionWorld extends RunWorld {
  /** Loads what reads and compiles cells; asked once, at once. */
  readonly compiler: () => Promise<Compiler>;
  /** Cells that other members' kernels run now. */
  readonly elsewhere: Observable<ReadonlySet<string>>;
}

/** What is asked before cells run that nobody pressed and that took long when they last ran. */
export interface RunQuestion {
  readonly cells: readonly { readonly cell: CellId; readonly ms: number }[];
  readonly answer: (run: boolean) => void;
}

/** What this tab's kernel runs now. */
export interface RunningCell {
  readonly cell: CellId;
  readonly since: number;
  readonly progress?: CellProgress;
}

const LONG_MS = 30_000;

export class Execution {
  readonly #world: ExecutionWorld;
  readonly #compiler: Promise<Compiler>;
  readonly #code: NotebookCode;
  readonly #held = new Held();
  readonly #queue: RunQueue;
  readonly #outputs: ShownOutputs;
  readonly #views = new Map<CellId, Settable<CellView>>();
  readonly #stale = new Settable<readonly CellId[]>([]);
  readonly #asking = new Settable<RunQuestion | undefined>(undefined);
  readonly #gone = new Settable<readonly CellId[]>([]);
  readonly #running = new Settable<RunningCell | undefined>(undefined);
  readonly #stops: readonly (() => void)[];
  readonly #pace: ReadingPace;
  #now: Now;
  #working = false;
  #closed = false;

  readonly stale: Observable<readonly CellId[]> = this.#stale;
  readonly asking: Observable<RunQuestion | undefined> = this.#asking;
  readonly running: Observable<RunningCell | undefined> = this.#running;
  /** The cells whose values went with the kernel that ended last, until another one runs. */
  readonly gone: Observable<readonly CellId[]> = this.#gone;

  constructor(world: ExecutionWorld) {
    this.#world = world;
    this.#pace = new ReadingPace(world.clock, () => this.#refresh());
    this.#code = new NotebookCode(world.doc);
    this.#queue = new RunQueue(this.#code, this.#held);
    this.#outputs = new ShownOutputs({
      doc: world.doc,
      blobs: world.blobs,
      clock: world.clock,
      mayWrite: () => world.me.current.role !== "viewer",
      changed: () => this.#refreshSoon(),
    });
    this.#now = this.#readNow();
    this.#compiler = world.compiler();
    void this.#compiler.then((compiler) => {
      this.#code.use(compiler);
      this.#refreshSoon();
    });
    this.#stops = [
      watchNotebook(world, (typed) => {
        if (typed) this.#pace.typed();
        else this.#refreshSoon();
      }),
      world.elsewhere.subscribe(() => this.#refreshSoon()),
      world.kernel.status.subscribe(() => this.#watchKernel()),
    ];
    this.#refresh();
  }

  cell(id: CellId): Observable<CellView> {
    const known = this.#views.get(id) ?? new Settable(this.#view(id));
    this.#views.set(id, known);
    return known;
  }

  runCell(id: CellId): void {
    void this.#request([id], false);
  }

  /** Every cell that says something, anew. */
  runAll(): void {
    this.#refresh();
    const cells = [...this.#code.cells.values()].filter((cell) => cell.source.trim() !== "");
    void this.#request(
      cells.map((cell) => cell.id),
      true,
    );
  }

  /** Exactly the stale cells, and what they need that is not here. */
  runStale(): void {
    this.#refresh();
    void this.#request(this.#stale.current, false);
  }

  /** Stops the cell that runs, and drops what waits. */
  interrupt(): void {
    this.#drop();
    if (this.#running.current) this.#world.kernel.interrupt();
    this.#refresh();
  }

  restart(): void {
    this.#drop();
    this.#lose();
    this.#world.kernel.restart();
    this.#refresh();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
    for (const stop of this.#stops) stop();
    this.#pace.close();
    this.#outputs.close();
    this.#world.kernel.close();
  }

  /** `sure`: this person asked for all of it, however long it takes. A cell that runs is not asked twice. */
  async #request(cells: readonly CellId[], sure: boolean): Promise<void> {
    await this.#compiler;
    if (this.#closed) return;
    this.#refresh();
    const asked = cells.filter((cell) => cell !== this.#running.current?.cell);
    const long = sure ? [] : this.#longBefore(asked);
    if (long.length === 0) return this.#enqueue(asked);
    const answer = (run: boolean): void => {
      this.#asking.set(undefined);
      if (run) this.#enqueue(asked);
    };
    this.#asking.set({ cells: long, answer });
  }

  /** What would run first and took long, each with how long. */
  #longBefore(asked: readonly CellId[]): RunQuestion["cells"] {
    const graph = this.#code.graph;
    if (!graph) return [];
    return planRun(graph, asked, this.#held)
      .order.filter((cell) => !asked.includes(cell))
      .map((cell) => ({ cell, ms: this.#outputs.get(cell)?.ms ?? 0 }))
      .filter(({ ms }) => ms > LONG_MS);
  }

  #enqueue(cells: readonly CellId[]): void {
    this.#queue.want(cells);
    if (this.#working) this.#refresh();
    else void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#run(next);
    this.#working = false;
    this.#queue.rest();
    this.#refresh();
  }

  #next(): CellId | undefined {
    this.#refresh();
    return this.#queue.order[0];
  }

  async #run(id: CellId): Promise<void> {
    const { clock } = this.#world;
    this.#queue.take(id);
    const cell = this.#code.cells.get(id);
    const compiled = cell && (await this.#compiler).compileCell(cell.source);
    if (!cell || compiled?.ok !== true) return this.#queue.failed(id);
    const since = clock.now();
    this.#running.set({ cell: id, since });
    this.#refresh();
    const end = await runCell(this.#world, {
      cell,
      code: compiled.code,
      edges: this.#code.graph?.edges.get(id) ?? [],
      held: this.#held,
      unclaimed: (name) => !this.#code.defines(name),
      outputs: this.#outputs,
      progress: (progress) => {
        this.#running.set({ cell: id, since, progress });
        this.#refreshSoon();
      },
    });
    this.#running.set(undefined);
    if (end === "error") this.#queue.failed(id);
    else if (end !== "done") this.#drop();
  }

  #drop(): void {
    this.#queue.drop();
    this.#asking.set(undefined);
  }

  /** A kernel that is off or starts anew holds nothing. */
  #watchKernel(): void {
    const { state } = this.#world.kernel.status.current;
    if (state === "off" || state === "starting") this.#lose();
    else if (state === "running" && this.#gone.current.length > 0) this.#gone.set([]);
    this.#refreshSoon();
  }

  #lose(): void {
    const { cells } = this.#held;
    if (cells.length > 0)
      this.#gone.set([...this.#code.cells.keys()].filter((one) => cells.includes(one)));
    this.#held.clear();
  }

  #refreshSoon(): void {
    if (!this.#closed) this.#pace.soon();
  }

  /** Reads everything and says it anew; what says the same as before is told to nobody. */
  #refresh(): void {
    if (this.#closed) return;
    this.#pace.wasRead();
    this.#now = this.#readNow();
    if (this.#working) this.#queue.plan(this.#running.current?.cell);
    const stale: CellId[] = [];
    for (const id of new Set([...this.#code.cells.keys(), ...this.#views.keys()])) {
      const view = this.#view(id);
      if (view.state === "stale") stale.push(id);
      const shown = this.#views.get(id);
      if (shown && !sameView(view, shown.current)) shown.set(view);
    }
    if (stale.join() !== this.#stale.current.join()) this.#stale.set(stale);
  }

  #readNow(): Now {
    const { doc, index, kernel } = this.#world;
    const code = this.#code;
    code.read((cell) => this.#outputs.get(cell)?.trains ?? []);
    const versions = currentVersions(index);
    const now: Now = {
      seed: seedOf(doc),
      code: (cell) => code.cells.get(cell)?.code,
      dataset: (name) => versions.get(name),
      upstream: (cell) => code.upstream(cell),
    };
    this.#held.compareWith(code.graph, now);
    for (const cell of this.#held.cells.filter((one) => !code.cells.has(one))) {
      const names = this.#held.get(cell)?.defines.filter((name) => !code.defines(name)) ?? [];
      this.#held.forget(cell);
      if (names.length > 0) kernel.forget(names);
    }
    return now;
  }

  #view(id: CellId): CellView {
    const record = this.#outputs.get(id);
    const running = this.#running.current;
    const at = this.#queue.order.indexOf(id);
    return viewOf({
      running: running?.cell === id ? running : undefined,
      queued: at >= 0,
      behind: this.#queue.order[at - 1] ?? running?.cell,
      elsewhere: this.#world.elsewhere.current.has(id),
      fresh: this.#held.fresh(id),
      problem: this.#queue.problem(id, this.#pace.typing),
      record,
      staleSince: record && changedSince(id, record.inputs, this.#now),
      defines: this.#code.cells.get(id)?.names.defines ?? [],
      edges: this.#code.graph?.edges.get(id) ?? [],
    });
  }
}
