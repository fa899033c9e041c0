/**
 * What a notebook's code says now: its cells with their names, and the graph that they form. Read anew when
 * somebody has typed; a cell that cannot be parsed for the moment keeps the names it had.
 */
import type * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import type { ErrorOutput } from "../kernel/mime.ts";
import { type Graph, graphOf, upstreamOf } from "../kernel/plan.ts";
import { type CodeDigest, digestCode } from "./inputs.ts";
import { listCells } from "./notebook.ts";

/** Reads and compiles cells (lib/kernel/compile.ts); loaded when it is needed. */
export interface Compiler {
  analyseCell(source: string): ({ readonly ok: true } & CellNames) | Failed;
  compileCell(source: string): { readonly ok: true; readonly code: string } | Failed;
}

interface Failed {
  readonly ok: false;
  readonly error: ErrorOutput;
  readonly assigns?: string;
}

export interface CellNames {
  readonly defines: readonly string[];
  readonly imports: readonly string[];
  readonly reads: readonly string[];
}

export interface CodeCell {
  readonly id: CellId;
  /** Its place on the page, from 1; text cells count. */
  readonly number: number;
  readonly source: string;
  readonly code: CodeDigest;
  readonly names: CellNames;
  readonly error?: ErrorOutput;
  /** The name that it gives a value and does not declare, where that is the error. */
  readonly assigns?: string;
}

const NO_NAMES: CellNames = { defines: [], imports: [], reads: [] };

export class NotebookCode {
  readonly #doc: Y.Doc;
  #compiler: Compiler | undefined;
  #cells: ReadonlyMap<CellId, CodeCell> = new Map();
  #numbers: ReadonlyMap<CellId, number> = new Map();
  #graph: Graph | undefined;
  readonly #upstream = new Map<CellId, readonly CellId[]>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Undefined until there is a compiler: then only the texts are known. */
  get graph(): Graph | undefined {
    return this.#graph;
  }

  /** The code cells in reading order. */
  get cells(): ReadonlyMap<CellId, CodeCell> {
    return this.#cells;
  }

  readonly numberOf = (cell: CellId): number | undefined => this.#numbers.get(cell);

  use(compiler: Compiler): void {
    this.#compiler = compiler;
    this.#cells = new Map();
  }

  /** `trainsOf`: the names that a cell changed in place when it last ran. */
  read(trainsOf: (cell: CellId) => readonly string[]): void {
    const all = listCells(this.#doc);
    this.#numbers = new Map(all.map((cell, i) => [cell.id, i + 1]));
    this.#cells = new Map(
      all.flatMap(({ id, kind, source }, i) =>
        kind === "code" ? [[id, this.#readCell(id, i + 1, source)]] : [],
      ),
    );
    this.#upstream.clear();
    if (!this.#compiler) return;
    this.#graph = graphOf(
      [...this.#cells.values()].map(({ id, names, error, assigns }) => ({
        id,
        ...names,
        trains: trainsOf(id).filter((name) => names.reads.includes(name)),
        ...(error ? { error } : {}),
        ...(assigns === undefined ? {} : { assigns }),
      })),
    );
  }

  /** All cells that this one needs, in reading order; undefined while that is not known. */
  upstream(cell: CellId): readonly CellId[] | undefined {
    if (!this.#graph) return undefined;
    const known = this.#upstream.get(cell) ?? upstreamOf(this.#graph, cell);
    this.#upstream.set(cell, known);
    return known;
  }

  /** True where some cell defines the name. */
  defines(name: string): boolean {
    return [...this.#cells.values()].some((cell) => cell.names.defines.includes(name));
  }

  #readCell(id: CellId, number: number, source: string): CodeCell {
    const before = this.#cells.get(id);
    if (before?.source === source) return before.number === number ? before : { ...before, number };
    const code = digestCode(source);
    const read = this.#compiler?.analyseCell(source);
    if (!read) return { id, number, source, code, names: NO_NAMES };
    if (read.ok) return { id, number, source, code, names: read };
    const { error, assigns } = read;
    const names = before?.names ?? NO_NAMES;
    return {
      id,
      number,
      source,
      code,
      names,
      error,
      ...(assigns === undefined ? {} : { assigns }),
    };
  }
}
