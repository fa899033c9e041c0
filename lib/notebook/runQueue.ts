/**
 * What waits to run: the cells that this person asked for, together with what has to run first, planned anew
 * whenever something is known better. Remembers why a cell that was asked for did not run.
 */
import type { CellId } from "../base/ids.ts";
import type { ErrorOutput } from "../kernel/mime.ts";
import { planRun } from "../kernel/plan.ts";
import type { NotebookCode } from "./code.ts";
import type { Held } from "./held.ts";
import type { CodeDigest } from "./inputs.ts";
import { blockedWords, problemWords } from "./problems.ts";

interface Refusal {
  /** The cell whose problem is in the way: itself, or one above it in the graph. */
  readonly by: CellId;
  readonly code: CodeDigest | undefined;
  readonly byCode: CodeDigest | undefined;
  /** That cell was disabled. */
  readonly disabled: boolean;
}

export class RunQueue {
  readonly #code: NotebookCode;
  readonly #held: Held;
  readonly #wanted = new Set<CellId>();
  #order: readonly CellId[] = [];
  /** Run since something was last asked for: an input runs once, even where somebody edits it meanwhile. */
  readonly #ran = new Set<CellId>();
  readonly #refused = new Map<CellId, Refusal>();

  constructor(code: NotebookCode, held: Held) {
    this.#code = code;
    this.#held = held;
  }

  /** Wanted cells and what they need, in the order in which they will run. */
  get order(): readonly CellId[] {
    return this.#order;
  }

  want(cells: readonly CellId[]): void {
    this.#ran.clear();
    for (const cell of cells) {
      this.#wanted.add(cell);
      this.#refused.delete(cell);
    }
  }

  /** Plans from what is so now. `running` is not planned a second time. */
  plan(running: CellId | undefined): void {
    const graph = this.#code.graph;
    if (!graph) return;
    for (const cell of this.#wanted) if (!graph.cells.has(cell)) this.#wanted.delete(cell);
    const { order, blocked } = planRun(graph, [...this.#wanted], this.#held);
    for (const { cell, by } of blocked) this.#refuse(cell, by);
    this.#order = order.filter(
      (cell) => cell !== running && (this.#wanted.has(cell) || !this.#ran.has(cell)),
    );
  }

  /** It runs now. */
  take(cell: CellId): void {
    this.#wanted.delete(cell);
    this.#refused.delete(cell);
    this.#ran.add(cell);
    this.#order = this.#order.filter((one) => one !== cell);
  }

  /** Nothing waits any more. */
  drop(): void {
    this.#wanted.clear();
    this.#order = [];
  }

  /** What ran may run again. */
  rest(): void {
    this.drop();
    this.#ran.clear();
  }

  #refuse(cell: CellId, by: CellId): void {
    this.#wanted.delete(cell);
    const [code, byCode] = [this.#codeOf(cell), this.#codeOf(by)];
    this.#refused.set(cell, { by, code, byCode, disabled: this.#disabled(by) });
  }

  /** It went wrong: cells that need it are not run for nothing. */
  failed(by: CellId): void {
    this.#ran.delete(by);
    this.#refuse(by, by);
    for (const cell of [...this.#wanted])
      if (this.#code.upstream(cell)?.includes(by) === true) this.#refuse(cell, by);
  }

  /**
   * What is wrong with a cell before it has run. A mistake in the syntax is told when the cell is run; what concerns
   * several cells, when nobody is typing.
   */
  problem(cell: CellId, typing: boolean): ErrorOutput | undefined {
    const problem = this.#code.graph?.problems.get(cell);
    const refused = this.#refused.get(cell);
    const asked =
      refused !== undefined &&
      refused.code === this.#codeOf(cell) &&
      refused.byCode === this.#codeOf(refused.by) &&
      refused.disabled === this.#disabled(refused.by);
    if (problem && (asked || (!typing && problem.kind !== "syntax"))) return problemWords(problem);
    if (!asked || refused.by === cell || this.#held.fresh(refused.by)) return undefined;
    return blockedWords(refused.by, refused.disabled);
  }

  #disabled(cell: CellId): boolean {
    return this.#code.cells.get(cell)?.disabled === true;
  }

  #codeOf(cell: CellId): CodeDigest | undefined {
    return this.#code.cells.get(cell)?.code;
  }
}
