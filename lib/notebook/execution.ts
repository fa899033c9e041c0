/**
 * A notebook that runs in this tab: the queue of its cells, one at a time through the kernel, and what can be said
 * of each. What runs is planned from the code of the moment, so that it knows what a cell trained just now. Nothing
 * runs unless this person asks, save what they set to run by itself (autoRun.ts); others' outputs come through the document.
 */
import type { CellId } from "../base/ids.ts";
import { type Observable, Settable } from "../base/observable.ts";
import type { Resume } from "../kernel/capability.ts";
import { AutoRun } from "./autoRun.ts";
import { runCell } from "./cellRun.ts";
import type { CellView, RunningCell } from "./cellView.ts";
import { CellViews } from "./cellViews.ts";
import { type Compiler, NotebookCode } from "./code.ts";
import type { ExecutionWorld } from "./executionWorld.ts";
import { Held } from "./held.ts";
import type { Now } from "./inputs.ts";
import { watchNotebook } from "./notebookChanges.ts";
import { controlsElsewhere, forgetGone, readNow } from "./now.ts";
import { OtherHands } from "./otherHands.ts";
import { NotebookParams, type Params } from "./params.ts";
import { ReadingPace } from "./readingPace.ts";
import { Resumes } from "./resumes.ts";
import { LongRunQuestion, type RunQuestion, longBefore } from "./runQuestion.ts";
import { RunQueue } from "./runQueue.ts";
import { ShownOutputs } from "./shownOutputs.ts";

export class Execution {
  readonly #world: ExecutionWorld;
  readonly #compilerCame: Promise<void>;
  #compiler: Compiler | undefined;
  readonly #code: NotebookCode;
  readonly #held = new Held();
  readonly #resumes = new Resumes(this.#held);
  readonly #queue: RunQueue;
  readonly #outputs: ShownOutputs;
  readonly #auto: AutoRun;
  readonly #hands: OtherHands;
  readonly #params: NotebookParams;
  readonly #views: CellViews;
  readonly #stale = new Settable<readonly CellId[]>([]);
  readonly #question = new LongRunQuestion();
  readonly #gone = new Settable<readonly CellId[]>([]);
  readonly #running = new Settable<RunningCell | undefined>(undefined);
  readonly #stops: readonly (() => void)[];
  readonly #pace: ReadingPace;
  #now: Now;
  #working = false;
  /** What waits runs because this person asked, and not by itself. */
  #pressed = true;
  /** The person has stopped the cell that runs. What they ask for while it comes to its end runs after it. */
  #stopped = false;
  #closed = false;

  readonly stale: Observable<readonly CellId[]> = this.#stale;
  readonly asking: Observable<RunQuestion | undefined> = this.#question.asked;
  readonly running: Observable<RunningCell | undefined> = this.#running;
  readonly params: Params;
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
    this.#auto = new AutoRun({ code: this.#code, held: this.#held, clock: world.clock }, (due) =>
      this.#enqueue(due, false),
    );
    this.#hands = new OtherHands(world.doc, world.authorOf, () => world.me.current.id);
    this.params = this.#params = new NotebookParams(world.doc, world.me);
    this.#views = new CellViews({
      code: this.#code,
      held: this.#held,
      queue: this.#queue,
      outputs: this.#outputs,
      auto: this.#auto,
      hands: this.#hands,
      pace: this.#pace,
      elsewhere: world.elsewhere,
    });
    this.#now = this.#readNow();
    this.#compilerCame = world.compiler().then((compiler) => {
      this.#compiler = compiler;
      this.#code.use(compiler);
      this.#refreshSoon();
    });
    this.#stops = [
      watchNotebook(world, (typed) => {
        if (typed) this.#pace.typed();
        else this.#refreshSoon();
      }),
      this.#params.moves.subscribe(() => this.#refreshSoon()),
      world.elsewhere.subscribe(() => this.#refreshSoon()),
      world.kernel.status.subscribe(() => this.#watchKernel()),
    ];
    this.#refresh();
  }

  cell(id: CellId): Observable<CellView> {
    return this.#views.cell(id, { now: this.#now, running: this.#running.current });
  }

  runCell(id: CellId): void {
    this.#resumes.drop(id);
    this.#request([id], false);
  }

  /** Runs a cell as what its last run goes on to: trains on with what is here, or takes up what was kept of it. */
  resume(id: CellId, how: Resume["how"]): void {
    this.#refresh();
    const view = this.cell(id).current;
    if (view[how === "continue" ? "canContinue" : "canGoOn"] !== true) return;
    // What is here was trained by this kernel's last run of it, whoever ran it elsewhere since.
    const last = how === "continue" ? this.#held.leftBy(id) : this.#outputs.get(id);
    this.#resumes.want(id, { how, runs: last?.runs ?? [] });
    this.#request([id], false);
  }

  /** Every cell that says something, anew. */
  runAll(): void {
    this.#look();
    this.#request(this.#code.speaking, true);
  }

  /** Exactly the stale cells, and what they need that is not here. */
  runStale(): void {
    this.#refresh();
    this.#request(this.#stale.current, false);
  }

  /** The person has seen that others changed the cell. */
  dismissChange(cell: CellId): void {
    this.#hands.dismiss(cell);
    this.#refresh();
  }

  /** Stops the cell that runs, and drops what waits. */
  interrupt(): void {
    this.#stop();
    this.#auto.stopped();
    if (this.#running.current) this.#world.kernel.interrupt();
    this.#refresh();
  }

  restart(): void {
    this.#stop();
    this.#lose();
    this.#world.kernel.restart();
    this.#refresh();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
    for (const stop of this.#stops) stop();
    this.#pace.close();
    this.#code.close();
    this.#auto.close();
    this.#hands.close();
    this.#params.close();
    this.#outputs.close();
    this.#world.kernel.close();
  }

  /** `sure`: this person asked for all of it, however long it takes. A cell that runs on is not asked twice. */
  #request(cells: readonly CellId[], sure: boolean): void {
    if (!this.#compiler) return void this.#compilerCame.then(() => this.#request(cells, sure));
    if (this.#closed) return;
    this.#look();
    const running = this.#stopped ? undefined : this.#running.current?.cell;
    const asked = cells.filter((cell) => cell !== running);
    const long = sure ? [] : longBefore(this.#code.graph, asked, this.#held, this.#outputs);
    this.#question.ask(long, (run) => {
      if (run) this.#enqueue(asked, true);
      else this.#resumes.drop(...asked);
    });
  }

  #enqueue(cells: readonly CellId[], pressed: boolean): void {
    // What would run by itself gives way, and comes again when the person's own cells are done.
    if (this.#working && pressed && !this.#pressed) this.#queue.drop();
    else if (this.#working && !pressed) return;
    this.#pressed = pressed;
    this.#queue.want(cells);
    if (this.#working) this.#refresh();
    else void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (;;) {
      this.#look();
      const [next] = this.#queue.order;
      if (next === undefined) break;
      await this.#run(next);
      if (this.#queue.order.length > 0 && !this.#pace.justRead) this.#refresh();
    }
    this.#working = false;
    this.#queue.rest();
    this.#resumes.dropAll();
    this.#refresh();
  }

  async #run(id: CellId): Promise<void> {
    this.#queue.take(id);
    const cell = this.#code.cells.get(id);
    const compiled = cell && this.#compiler?.compileCell(cell.source);
    if (!cell || compiled?.ok !== true) return this.#queue.failed(id);
    if (this.#pressed) this.#auto.pressed(cell);
    else if (!this.#auto.mayRun(cell)) return this.#queue.drop();
    this.#hands.ran(id, cell.source);
    const since = this.#world.clock.now();
    this.#running.set({ cell: id, since });
    const running = runCell(this.#world, {
      cell,
      code: compiled.code,
      edges: this.#code.graph?.edges.get(id) ?? [],
      held: this.#held,
      unclaimed: (name) => !this.#code.defines(name),
      now: this.#now,
      controls: controlsElsewhere(id, this.#held, this.#code),
      outputs: this.#outputs,
      attempted: (attempt) => this.#auto.attempted(id, attempt),
      resume: this.#resumes.get(id),
      progress: (progress) => {
        this.#running.set({ cell: id, since, progress });
        this.#refreshSoon();
      },
    });
    this.#refreshSoon(); // many cells are done before anybody could see them run
    const end = await running;
    this.#running.set(undefined);
    if (!this.#stopped) this.#resumes.drop(id);
    if (end === "error") this.#queue.failed(id);
    else if (end !== "done" && !this.#stopped) this.#drop();
    this.#stopped = false;
  }

  #stop(): void {
    this.#stopped = this.#running.current !== undefined;
    this.#drop();
  }

  #drop(): void {
    this.#queue.drop();
    this.#resumes.dropAll();
    this.#question.withdraw();
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
    this.#auto.clear();
  }

  #refreshSoon(): void {
    if (!this.#closed) this.#pace.soon();
  }

  /** Reads everything and says it anew; what says the same as before is told to nobody. */
  #refresh(): void {
    if (this.#closed) return;
    this.#pace.wasRead();
    this.#look();
    const stale = this.#views.refresh({ now: this.#now, running: this.#running.current });
    if (stale.join() !== this.#stale.current.join()) this.#stale.set(stale);
  }

  /** Reads everything and plans what waits, without a word. */
  #look(): void {
    this.#now = this.#readNow();
    if (this.#working) this.#queue.plan(this.#running.current?.cell);
    this.#auto.look(this.#now, this.#working);
  }

  #readNow(): Now {
    this.#code.read((cell) => this.#outputs.get(cell)?.trains ?? []);
    const now = readNow(this.#world, this.#code, this.#params, this.#outputs);
    this.#held.compareWith(this.#code.graph, now);
    forgetGone(this.#held, this.#code, this.#world.kernel);
    return now;
  }
}
