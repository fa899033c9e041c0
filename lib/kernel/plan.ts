/**
 * Which cells run, and in which order. Pure: it knows what cells define, read and train, and nothing of
 * workers, documents or time.
 *
 * A cell's free names are its inputs, its top-level declarations its outputs. Training is a write: readers below
 * a cell that trains a model depend on that cell, and the trainers of one model are a chain in reading order.
 */
import type { CellId } from "../base/ids.ts";
import { circlesIn } from "./circles.ts";
import type { ErrorOutput } from "./mime.ts";

/** What is known of a cell's code, and of its last run. */
export interface CellNode {
  readonly id: CellId;
  readonly defines: readonly string[];
  /** Those of `defines` that an import brings: several cells may import one name. */
  readonly imports: readonly string[];
  readonly reads: readonly string[];
  /** Names of other cells whose values it changed in place when it last ran. */
  readonly trains: readonly string[];
  /** Why its code cannot be read; its names are then those of when it last could. */
  readonly error?: ErrorOutput;
  /** The name that it gives a value and does not declare, where that is why. */
  readonly assigns?: string;
}

/** One name that a cell has from another. */
export interface Edge {
  readonly name: string;
  readonly from: CellId;
  /** `imported`: a package, the same however often its cell runs. `trained`: from one that changes it in place. */
  readonly kind: "value" | "imported" | "trained";
}

export type Problem =
  | { readonly kind: "syntax"; readonly error: ErrorOutput }
  | { readonly kind: "defined-twice"; readonly name: string; readonly others: readonly CellId[] }
  /** It gives a value to a name that another cell declares. */
  | {
      readonly kind: "assigns";
      readonly name: string;
      readonly declaredBy: CellId;
      readonly error: ErrorOutput;
    }
  /** Other cells give a value to a name that it declares. It can run all the same. */
  | { readonly kind: "assigned"; readonly name: string; readonly others: readonly CellId[] }
  /** Cells that all need each other. */
  | { readonly kind: "circle"; readonly cells: readonly CellId[] };

export interface Graph {
  readonly cells: ReadonlyMap<CellId, CellNode>;
  /** What each cell has from others, in the order of its reads. */
  readonly edges: ReadonlyMap<CellId, readonly Edge[]>;
  readonly problems: ReadonlyMap<CellId, Problem>;
}

/** What the kernel holds, as far as a plan asks. */
export interface Holdings {
  /** It ran here, with the code, data and inputs of now. */
  fresh(cell: CellId): boolean;
  /** The cells that changed this value in place since its cell last ran. */
  trainersSince(definer: CellId, name: string): readonly CellId[];
}

export interface RunPlan {
  readonly order: readonly CellId[];
  /** Wanted cells that cannot run, and the cell whose problem is in the way. */
  readonly blocked: readonly { readonly cell: CellId; readonly by: CellId }[];
}

/** The graph of cells in reading order. */
export function graphOf(nodes: readonly CellNode[]): Graph {
  const cells = new Map(nodes.map((node) => [node.id, node]));
  const definers = new Map<string, CellNode[]>();
  for (const node of nodes)
    for (const name of new Set(node.defines))
      definers.set(name, [...(definers.get(name) ?? []), node]);

  const problems = new Map<CellId, Problem>();
  const edges = new Map<CellId, Edge[]>(nodes.map((node) => [node.id, valuesOf(node, definers)]));
  for (const circle of circlesIn(nodes.map(({ id }) => [id, upstreamIds(edges, id)])))
    for (const cell of circle) problems.set(cell, { kind: "circle", cells: circle });
  for (const [name, all] of definers) {
    if (all.length < 2 || all.every((one) => one.imports.includes(name))) continue;
    for (const one of all) {
      const others = all.filter((other) => other !== one).map((other) => other.id);
      problems.set(one.id, { kind: "defined-twice", name, others });
    }
  }
  for (const { id, error } of nodes) if (error) problems.set(id, { kind: "syntax", error });
  addAssignments(nodes, definers, problems);
  addTraining(nodes, edges);
  return { cells, edges, problems };
}

/** All cells that this one needs, directly or not, itself left out; in reading order. */
export function upstreamOf(graph: Pick<Graph, "cells" | "edges">, cell: CellId): CellId[] {
  const found = reach(graph.edges, cell);
  found.delete(cell);
  return [...graph.cells.keys()].filter((id) => found.has(id));
}

/**
 * What has to run so that the wanted cells run once each with inputs of now: they themselves, what upstream is not
 * fresh in this kernel, and the cell that defines a model before a cell that trains it runs again.
 */
export function planRun(graph: Graph, wanted: readonly CellId[], holdings: Holdings): RunPlan {
  const blocked: { cell: CellId; by: CellId }[] = [];
  const needed = new Set<CellId>();
  const around = new Set<CellId>();
  for (const cell of wanted) {
    if (!graph.cells.has(cell)) continue;
    const upstream = upstreamOf(graph, cell);
    const by = [cell, ...upstream].find((one) => stops(graph.problems.get(one)));
    if (by !== undefined) {
      blocked.push({ cell, by });
      continue;
    }
    needed.add(cell);
    for (const one of upstream) {
      around.add(one);
      if (!holdings.fresh(one)) needed.add(one);
    }
  }
  for (let size = -1; size !== needed.size;) {
    size = needed.size;
    for (const cell of [...needed])
      for (const definer of spoiltFor(graph, cell, holdings)) needed.add(definer);
    for (const cell of around) {
      const depends = graph.edges.get(cell) ?? [];
      if (depends.some((edge) => edge.kind !== "imported" && needed.has(edge.from)))
        needed.add(cell);
    }
  }
  return { order: inOrder(graph, needed), blocked };
}

/** Whether a cell with this problem cannot run. */
function stops(problem: Problem | undefined): boolean {
  return problem !== undefined && problem.kind !== "assigned";
}

/** A value given to another cell's name is an error on both: a name is changed where it is declared. */
function addAssignments(
  nodes: readonly CellNode[],
  definers: ReadonlyMap<string, readonly CellNode[]>,
  problems: Map<CellId, Problem>,
): void {
  for (const { id, error, assigns: name } of nodes) {
    if (!error || name === undefined) continue;
    const declaredBy = definers.get(name)?.find((one) => one.id !== id)?.id;
    if (declaredBy === undefined) continue;
    problems.set(id, { kind: "assigns", name, declaredBy, error });
    const before = problems.get(declaredBy);
    if (before && before.kind !== "assigned") continue;
    const others = before?.name === name ? [...before.others, id] : [id];
    problems.set(declaredBy, { kind: "assigned", name, others });
  }
}

/** The cells in an order in which each comes after its inputs, and otherwise as they are read. */
function inOrder(graph: Graph, cells: ReadonlySet<CellId>): CellId[] {
  const waiting = [...graph.cells.keys()].filter((id) => cells.has(id));
  const order: CellId[] = [];
  const behind = new Map(waiting.map((id) => [id, reach(graph.edges, id)]));
  while (waiting.length > 0) {
    const next = waiting.findIndex((id) =>
      waiting.every((other) => other === id || behind.get(id)?.has(other) !== true),
    );
    order.push(...waiting.splice(Math.max(0, next), 1));
  }
  return order;
}

/** Cells that define what this one trains, where something else than its own chain has changed the value since. */
function spoiltFor(graph: Graph, cell: CellId, holdings: Holdings): CellId[] {
  const edges = graph.edges.get(cell) ?? [];
  return (graph.cells.get(cell)?.trains ?? []).flatMap((name) => {
    const definer = edges.find((edge) => edge.name === name && edge.kind === "value")?.from;
    if (definer === undefined) return [];
    const chain = new Set(
      edges.filter((edge) => edge.name === name && edge.kind === "trained").map(({ from }) => from),
    );
    const since = holdings.trainersSince(definer, name);
    return since.every((one) => chain.has(one) && holdings.fresh(one)) ? [] : [definer];
  });
}

function valuesOf(node: CellNode, definers: ReadonlyMap<string, readonly CellNode[]>): Edge[] {
  return [...new Set(node.reads)].flatMap((name): Edge[] => {
    const from = definers.get(name)?.find((one) => one.id !== node.id);
    if (!from || node.defines.includes(name)) return [];
    return [{ name, from: from.id, kind: from.imports.includes(name) ? "imported" : "value" }];
  });
}

/** Lets readers of a trained name depend on its trainers above them, save where a trainer itself needs the reader. */
function addTraining(nodes: readonly CellNode[], edges: Map<CellId, Edge[]>): void {
  nodes.forEach((trainer, at) => {
    for (const name of trainer.trains) {
      const definer = edges.get(trainer.id)?.find((edge) => edge.name === name)?.from;
      if (definer === undefined) continue;
      for (const reader of nodes.slice(at + 1)) {
        const own = edges.get(reader.id) ?? [];
        const same = own.some(
          (edge) => edge.name === name && edge.from === definer && edge.kind === "value",
        );
        if (!same || reach(edges, trainer.id).has(reader.id)) continue;
        own.push({ name, from: trainer.id, kind: "trained" });
      }
    }
  });
}

function upstreamIds(edges: ReadonlyMap<CellId, readonly Edge[]>, cell: CellId): CellId[] {
  return (edges.get(cell) ?? []).map((edge) => edge.from);
}

/** The cell and all that it needs. */
function reach(edges: ReadonlyMap<CellId, readonly Edge[]>, cell: CellId): Set<CellId> {
  const found = new Set([cell]);
  for (const one of found) for (const from of upstreamIds(edges, one)) found.add(from);
  return found;
}
