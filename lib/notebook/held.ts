/** What this tab's kernel holds: which cells ran in it, with what, and what has changed their values since. */
import type { CellId } from "../base/ids.ts";
import type { ParamControl } from "../kernel/params.ts";
import type { Edge, Graph } from "../kernel/graph.ts";
import type { Holdings } from "../kernel/plan.ts";
import { type Inputs, type Now, changedSince } from "./inputs.ts";

/** One cell that ran to its end here. */
export interface HeldCell {
  /** Counts the runs of this kernel: later is larger. */
  readonly stamp: number;
  readonly inputs: Inputs;
  /** The codes behind it as they were when they ran, itself last. */
  readonly sources: readonly { readonly cell: CellId; readonly source: string }[];
  readonly defines: readonly string[];
  /** The controls that it asked for itself. */
  readonly controls: readonly ParamControl[];
  /** The runs of other cells whose values it was made from. */
  readonly used: ReadonlyMap<CellId, number>;
}

/** What the last run of a cell in this kernel left, however it ended. */
export interface Left {
  readonly runs: readonly string[];
  readonly inputs: Inputs;
}

export class Held implements Holdings {
  #stamp = 0;
  readonly #cells = new Map<CellId, HeldCell>();
  readonly #left = new Map<CellId, Left>();
  /** The newest run of each cell that changed a name, by name. */
  readonly #training = new Map<string, Map<CellId, number>>();
  /** Cells that are to train on with what is here. */
  readonly #continuing = new Set<CellId>();
  #graph: Graph | undefined;
  #now: Now | undefined;
  readonly #fresh = new Map<CellId, boolean>();

  get(cell: CellId): HeldCell | undefined {
    return this.#cells.get(cell);
  }

  get cells(): readonly CellId[] {
    return [...this.#cells.keys()];
  }

  nextStamp(): number {
    return ++this.#stamp;
  }

  keep(cell: CellId, held: HeldCell): void {
    this.#cells.set(cell, held);
    this.#fresh.clear();
  }

  forget(cell: CellId): void {
    this.#cells.delete(cell);
    this.#fresh.clear();
  }

  /** A run changed the values of these names in place; true even where it does not come to its end. */
  trained(cell: CellId, names: readonly string[], stamp: number): void {
    for (const name of names) {
      const definers = this.#graph?.cells.values() ?? [];
      if (![...definers].some((one) => one.defines.includes(name))) continue;
      const known = this.#training.get(name) ?? new Map<CellId, number>();
      this.#training.set(name, known.set(cell, stamp));
    }
  }

  leave(cell: CellId, left: Left): void {
    this.#left.set(cell, left);
  }

  leftBy(cell: CellId): Left | undefined {
    return this.#left.get(cell);
  }

  /** The kernel is gone, and with it everything. */
  clear(): void {
    this.#cells.clear();
    this.#left.clear();
    this.#training.clear();
    this.#continuing.clear();
    this.#fresh.clear();
  }

  /** Says what is so now, before anything is asked. */
  compareWith(graph: Graph | undefined, now: Now): void {
    this.#graph = graph;
    this.#now = now;
    this.#fresh.clear();
  }

  fresh(cell: CellId): boolean {
    const known = this.#fresh.get(cell);
    if (known !== undefined) return known;
    this.#fresh.set(cell, false); // for a circle, which is never fresh
    const fresh = this.#isFresh(cell);
    this.#fresh.set(cell, fresh);
    return fresh;
  }

  trainersSince(definer: CellId, name: string): CellId[] {
    const since = this.#cells.get(definer)?.stamp ?? Infinity;
    const trainers = [...(this.#training.get(name) ?? [])];
    return trainers.filter(([, stamp]) => stamp > since).map(([cell]) => cell);
  }

  continues(cell: CellId): boolean {
    return this.#continuing.has(cell);
  }

  /** Lets its next run train on. */
  letContinue(cell: CellId, on: boolean): void {
    if (on) this.#continuing.add(cell);
    else this.#continuing.delete(cell);
  }

  /** What it trains is here, and as it left it: nothing but what it needs has changed it otherwise. */
  canContinue(cell: CellId): boolean {
    const graph = this.#graph;
    const trained = graph?.cells.get(cell)?.trains ?? [];
    const needs = this.#now?.upstream(cell);
    if (!graph || !needs || trained.length === 0) return false;
    const definers = needs.flatMap((definer) =>
      trained
        .filter((name) => graph.cells.get(definer)?.defines.includes(name) === true)
        .map((name) => this.trainersSince(definer, name)),
    );
    return (
      definers.some((since) => since.includes(cell)) &&
      definers.every((since) => since.every((one) => one === cell || needs.includes(one))) &&
      needs.every((one) => this.fresh(one))
    );
  }

  #isFresh(cell: CellId): boolean {
    const held = this.#cells.get(cell);
    return held !== undefined && this.asItRan(cell, held);
  }

  /** Whether a run of the cell was made from what it would be made from now. */
  asItRan(cell: CellId, held: HeldCell): boolean {
    if (!this.#now || !this.#graph) return false;
    const edges: readonly Edge[] = this.#graph.edges.get(cell) ?? [];
    return (
      edges.every(
        ({ from, kind }) =>
          this.fresh(from) &&
          (kind === "imported" || held.used.get(from) === this.#cells.get(from)?.stamp),
      ) && changedSince(cell, held.inputs, this.#now) === undefined
    );
  }
}
