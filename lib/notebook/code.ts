/**
 * What a notebook's code says now: its cells with their names, and the graph that they form. Read anew when
 * somebody has typed; a cell that cannot be parsed for the moment keeps the names it had.
 */
import type * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import type { ErrorOutput } from "../kernel/mime.ts";
import { type CellNode, type Graph, graphOf, upstreamOf } from "../kernel/graph.ts";
import { type CodeDigest, digestCode } from "./inputs.ts";
import { type Cell, cellText, listCells } from "./notebook.ts";

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
  readonly disabled: boolean;
  readonly auto: boolean;
  /** The name that it gives a value and does not declare, where that is the error. */
  readonly assigns?: string;
}

const NO_NAMES: CellNames = { defines: [], imports: [], reads: [] };

export class NotebookCode {
  readonly #doc: Y.Doc;
  #compiler: Compiler | undefined;
  #cells = new Map<CellId, CodeCell>();
  #numbers: ReadonlyMap<CellId, number> = new Map();
  #graph: Graph | undefined;
  /** What the graph was made from. */
  #read: readonly CellNode[] = [];
  readonly #nodes = new WeakMap<CodeCell, CellNode>();
  #someDisabled = false;
  /** Since it was read last: whether cells came, went or moved, and those in which somebody typed. */
  #moved = true;
  readonly #typed = new Set<CellId>();
  readonly #upstream = new Map<CellId, readonly CellId[]>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    notebookRoots.cells(doc).observeDeep(this.#changed);
  }

  close(): void {
    notebookRoots.cells(this.#doc).unobserveDeep(this.#changed);
  }

  /** Undefined until there is a compiler: then only the texts are known. */
  get graph(): Graph | undefined {
    return this.#graph;
  }

  /** The code cells in reading order. */
  get cells(): ReadonlyMap<CellId, CodeCell> {
    return this.#cells;
  }

  /** Those that say something and are not disabled. */
  get speaking(): CellId[] {
    return [...this.#cells.values()].flatMap(({ id, source, disabled }) =>
      source.trim() === "" || disabled ? [] : [id],
    );
  }

  /** True where some cell is disabled. */
  get someDisabled(): boolean {
    return this.#someDisabled;
  }

  readonly numberOf = (cell: CellId): number | undefined => this.#numbers.get(cell);

  use(compiler: Compiler): void {
    this.#compiler = compiler;
    this.#cells = new Map();
    this.#moved = true;
    this.#graph = undefined;
  }

  /** `trainsOf`: the names that a cell changed in place when it last ran. */
  read(trainsOf: (cell: CellId) => readonly string[]): void {
    if (this.#moved) this.#readAll();
    else for (const id of this.#typed) this.#readText(id);
    this.#moved = false;
    this.#typed.clear();
    if (!this.#compiler) return;
    const nodes: CellNode[] = [];
    for (const cell of this.#cells.values()) nodes.push(this.#nodeOf(cell, trainsOf(cell.id)));
    // Most of what is typed changes no name.
    if (this.#graph && sameNodes(nodes, this.#read)) return;
    this.#read = nodes;
    this.#upstream.clear();
    this.#graph = graphOf(nodes);
  }

  /** All cells that this one needs, in reading order; undefined while that is not known. */
  upstream(cell: CellId): readonly CellId[] | undefined {
    if (!this.#graph) return undefined;
    const known = this.#upstream.get(cell) ?? upstreamOf(this.#graph, cell);
    this.#upstream.set(cell, known);
    return known;
  }

  /** True where some cell defines the name; a disabled one defines nothing. */
  defines(name: string): boolean {
    return [...this.#cells.values()].some(
      (cell) => !cell.disabled && cell.names.defines.includes(name),
    );
  }

  #readAll(): void {
    const numbers = new Map<CellId, number>();
    const cells = new Map<CellId, CodeCell>();
    for (const cell of listCells(this.#doc)) {
      const number = numbers.size + 1;
      numbers.set(cell.id, number);
      if (cell.kind === "code") cells.set(cell.id, this.#readCell(cell, number));
    }
    this.#numbers = numbers;
    this.#cells = cells;
    this.#someDisabled = [...cells.values()].some((cell) => cell.disabled);
  }

  #readText(id: CellId): void {
    const before = this.#cells.get(id);
    const source = cellText(this.#doc, id)?.toJSON();
    if (!before || source === undefined) return;
    this.#cells.set(id, this.#readCell({ ...before, kind: "code", source }, before.number));
  }

  /** A text's path is its cell and its field; anything shorter is about cells and not what they say. */
  readonly #changed = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    for (const { path } of events) {
      if (path.length > 1) this.#typed.add(path[0] as CellId);
      else this.#moved = true;
    }
  };

  /** The same for the same cell. */
  #nodeOf(cell: CodeCell, trains: readonly string[]): CellNode {
    const known = this.#nodes.get(cell);
    if (known && sameWords(known.trains, trains)) return known;
    const { id, names, error, assigns, disabled } = cell;
    const { defines, imports, reads } = names;
    const node = {
      ...{ id, disabled, defines, imports, reads, trains },
      ...(error ? { error } : {}),
      ...(assigns === undefined ? {} : { assigns }),
    };
    this.#nodes.set(cell, node);
    return node;
  }

  #readCell({ id, source, disabled = false, auto = false }: Cell, number: number): CodeCell {
    const before = this.#cells.get(id);
    const same = before?.number === number && before.disabled === disabled && before.auto === auto;
    if (before?.source === source) return same ? before : { ...before, number, disabled, auto };
    const code = digestCode(source);
    const read = this.#compiler?.analyseCell(source);
    const cell = { id, number, source, code, disabled, auto };
    if (!read) return { ...cell, names: NO_NAMES };
    if (read.ok) return { ...cell, names: read };
    const { error, assigns } = read;
    const names = before?.names ?? NO_NAMES;
    return { ...cell, names, error, ...(assigns === undefined ? {} : { assigns }) };
  }
}

const FEW_PARTS = ["defines", "imports"] as const;
const PARTS = [...FEW_PARTS, "reads", "trains"] as const;

function sameNodes(nodes: readonly CellNode[], read: readonly CellNode[]): boolean {
  return nodes.length === read.length && nodes.every((node, i) => sameNode(node, read[i]));
}

function sameNode(now: CellNode, before: CellNode | undefined): boolean {
  if (now === before) return true;
  if (now.id !== before?.id || now.error !== before.error || now.disabled !== before.disabled)
    return false;
  // What a disabled cell reads is not in the graph.
  const parts = now.disabled === true ? FEW_PARTS : PARTS;
  return parts.every((part) => sameWords(now[part], before[part]));
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((word, i) => word === b[i]));
}
