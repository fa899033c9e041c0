/**
 * Runs cells by themselves when an input changes: after a short calm, one round at a time, so that what changes
 * meanwhile is run once more at its end. Which cells those are is autoPlan.ts; running them is the execution's.
 */
import type { CellId } from "../base/ids.ts";
import type { Timers } from "../base/timers.ts";
import { type AutoPlan, type AutoWait, planAuto } from "./autoPlan.ts";
import type { CodeCell, NotebookCode } from "./code.ts";
import { Consent } from "./consent.ts";
import type { Held, HeldCell } from "./held.ts";
import type { Now } from "./inputs.ts";

/** A run of a cell in this kernel, whatever came of it. */
export interface Attempt {
  readonly from: HeldCell;
  readonly ms: number;
  /** It trained or recorded something. */
  readonly leaves: boolean;
}

const CALM_MS = 250;
const CHEAP_MS = 1_000;

export class AutoRun {
  readonly #code: NotebookCode;
  readonly #held: Held;
  readonly #clock: Timers;
  readonly #run: (cells: readonly CellId[]) => void;
  readonly #consent = new Consent();
  readonly #attempts = new Map<CellId, Attempt>();
  #plan: AutoPlan = { run: [], waits: new Map() };
  /** What was to be run when the timer was set or last fired, and from what: the same is not run twice. */
  #round = "";
  #leave: (() => void) | undefined;
  #presses = 0;
  /** The person stopped what ran: nothing begins by itself until something is other than this. */
  #stoppedAt: string | undefined;
  #stopping = false;

  constructor(
    world: { readonly code: NotebookCode; readonly held: Held; readonly clock: Timers },
    run: (cells: readonly CellId[]) => void,
  ) {
    this.#code = world.code;
    this.#held = world.held;
    this.#clock = world.clock;
    this.#run = run;
  }

  /** This person's press runs it now. */
  pressed(cell: CodeCell): void {
    this.#presses++;
    this.#consent.grant(cell.id, cell.source);
  }

  attempted(cell: CellId, attempt: Attempt): void {
    this.#attempts.set(cell, attempt);
  }

  /** The person stopped what runs and what waits. */
  stopped(): void {
    this.#stopping = true;
  }

  /** The kernel is gone: what it held is no input that has changed. */
  clear(): void {
    this.#attempts.clear();
  }

  /** Whether it may run without a press, on its own account or on the way to one that does. */
  mayRun({ id, source, auto }: CodeCell): boolean {
    return this.#consent.covers(id, source) && (auto || this.#cheap(id));
  }

  /** Looks for what is to be run, and runs it after a while unless it changes again. Not while cells run. */
  look(now: Now, busy: boolean): void {
    const graph = this.#code.graph;
    if (!graph) return;
    const cells = this.#code.cells;
    this.#plan = planAuto(
      graph,
      {
        auto: (cell) => cells.get(cell)?.auto === true,
        changed: (cell) => this.#changed(cell),
        allowed: (cell) => this.#consent.covers(cell, cells.get(cell)?.source),
        failed: (cell) => this.#failed(cell),
        cheap: (cell) => this.#cheap(cell),
      },
      this.#held,
    );
    const { run } = this.#plan;
    const outside = this.#outside(now);
    if (this.#stopping) this.#stoppedAt = outside;
    this.#stopping = false;
    if (outside === this.#stoppedAt) return this.#calmDown();
    this.#stoppedAt = undefined;
    if (busy || run.length === 0) return this.#calmDown();
    const round = this.#roundOf(run, now);
    if (round === this.#round) return;
    this.#calmDown();
    this.#round = round;
    this.#leave = this.#clock.after(CALM_MS, () => {
      this.#leave = undefined;
      this.#run(this.#plan.run);
    });
  }

  /** Why a cell that is set to run by itself waits for a press. */
  waits(cell: CellId): AutoWait | undefined {
    const known = this.#plan.waits.get(cell);
    if (known || this.#attempts.has(cell)) return known;
    return { why: "code", cell };
  }

  close(): void {
    this.#calmDown();
  }

  #calmDown(): void {
    if (!this.#leave) return;
    this.#leave();
    this.#leave = undefined;
    this.#round = "";
  }

  #changed(cell: CellId): boolean {
    const attempt = this.#attempts.get(cell);
    return attempt !== undefined && !this.#held.asItRan(cell, attempt.from);
  }

  #failed(cell: CellId): boolean {
    const attempt = this.#attempts.get(cell);
    return attempt !== undefined && !this.#held.get(cell) && this.#held.asItRan(cell, attempt.from);
  }

  #cheap(cell: CellId): boolean {
    const attempt = this.#attempts.get(cell);
    return attempt !== undefined && attempt.ms <= CHEAP_MS && !attempt.leaves;
  }

  /** The cells, and all that they would be made from. */
  #roundOf(run: readonly CellId[], now: Now): string {
    const closure = run.flatMap((cell) => [...(this.#code.upstream(cell) ?? []), cell]);
    const made = [...new Set(closure)].map((cell) => [
      cell,
      now.code(cell),
      this.#held.get(cell)?.stamp ?? 0,
    ]);
    return JSON.stringify([run, made, this.#outside(now)]);
  }

  /** What changes by people's doing, and not by what cells do. */
  #outside(now: Now): string {
    const data = [...this.#attempts.values()].flatMap(({ from }) =>
      from.inputs.datasets.map(({ name }) => now.dataset(name)),
    );
    return JSON.stringify([this.#presses, data, now.params, now.seed]);
  }
}
