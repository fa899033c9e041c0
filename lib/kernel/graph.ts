/**
 * What cells have from one another, and what is wrong between them. Pure: it knows what cells define, read and
 * train, and nothing of workers, documents or time.
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
  /** Names of other cells whose values it changed in place when it last ran, whether it reads them itself or not. */
  readonly trains: readonly string[];
  /** It defines nothing and does not run. */
  readonly disabled?: boolean;
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
  | { readonly kind: "disabled" }
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

/** The graph of cells in reading order. */
export function graphOf(given: readonly CellNode[]): Graph {
  const nodes = given.map((node) => (node.disabled === true ? asDisabled(node) : node));
  const cells = new Map(nodes.map((node) => [node.id, node]));
  const definers = new Map<string, CellNode[]>();
  for (const node of nodes) {
    if (node.disabled === true) continue;
    for (const name of node.defines) {
      const known = definers.get(name);
      if (!known) definers.set(name, [node]);
      else if (known.at(-1) !== node) known.push(node);
    }
  }
  // A name that only a disabled cell has still leads there, so that its readers can say why they do not run.
  for (const node of nodes)
    if (node.disabled === true)
      for (const name of node.defines) if (!definers.has(name)) definers.set(name, [node]);

  const problems = new Map<CellId, Problem>();
  const edges = new Map<CellId, Edge[]>(nodes.map((node) => [node.id, valuesOf(node, definers)]));
  if (!readDownwards(nodes, edges))
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
  for (const { id, disabled } of nodes) if (disabled) problems.set(id, { kind: "disabled" });
  addAssignments(nodes, definers, problems);
  addTraining(nodes, edges, definers);
  return { cells, edges, problems };
}

/** What a disabled cell would need or change is nobody's concern. */
function asDisabled({ id, defines, imports }: CellNode): CellNode {
  return { id, defines, imports, reads: [], trains: [], disabled: true };
}

/** All cells that this one needs, directly or not, itself left out; in reading order. */
export function upstreamOf(graph: Pick<Graph, "cells" | "edges">, cell: CellId): CellId[] {
  const walks = walksOf(graph);
  const at = walks.place.get(cell);
  if (at === undefined) return [];
  const { ids, needs, seen } = walks;
  const walk = ++walks.walk;
  const found = [at];
  seen[at] = walk;
  for (const one of found)
    for (const from of needs[one] ?? [])
      if (seen[from] !== walk) {
        seen[from] = walk;
        found.push(from);
      }
  return Array.from(Int32Array.from(found.slice(1)).sort(), (one) => ids[one] ?? cell);
}

/** A graph in numbers: a notebook asks what each of its cells needs whenever somebody has typed. */
interface Walks {
  readonly ids: readonly CellId[];
  /** Where each cell stands in reading order. */
  readonly place: ReadonlyMap<CellId, number>;
  readonly needs: readonly (readonly number[])[];
  /** The walk that was here last. */
  readonly seen: Int32Array;
  walk: number;
}

const walks = new WeakMap<Graph["edges"], Walks>();

function walksOf({ cells, edges }: Pick<Graph, "cells" | "edges">): Walks {
  const known = walks.get(edges);
  if (known) return known;
  const ids = [...cells.keys()];
  const place = placesOf(cells);
  const needs = ids.map((id) => upstreamIds(edges, id).map((from) => place.get(from) ?? 0));
  const made = { ids, place, needs, seen: new Int32Array(ids.length), walk: 0 };
  walks.set(edges, made);
  return made;
}

/** True where each cell needs only cells above it, as most do: then there is no circle. */
function readDownwards(
  nodes: readonly CellNode[],
  edges: ReadonlyMap<CellId, readonly Edge[]>,
): boolean {
  const above = new Set<CellId>();
  return nodes.every(({ id }) => {
    const good = edges.get(id)?.every(({ from }) => above.has(from)) !== false;
    above.add(id);
    return good;
  });
}

/** Whether a cell with this problem cannot run. */
export function stops(problem: Problem | undefined): boolean {
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

function valuesOf(node: CellNode, definers: ReadonlyMap<string, readonly CellNode[]>): Edge[] {
  const edges: Edge[] = [];
  for (const name of node.reads) {
    const from = definers.get(name)?.find((one) => one !== node);
    if (!from || node.defines.includes(name) || edges.some((edge) => edge.name === name)) continue;
    const kind = from.imports.includes(name) ? "imported" : "value";
    edges.push({ name, from: from.id, kind });
  }
  return edges;
}

/**
 * Lets readers of a trained name depend on its trainers above them, save where a trainer itself needs the reader. A
 * trainer may have come by the value through an object or a function, and need not read the name; one that no longer
 * needs any cell whose value it changed is none any more.
 */
function addTraining(
  nodes: readonly CellNode[],
  edges: Map<CellId, Edge[]>,
  definers: ReadonlyMap<string, readonly CellNode[]>,
): void {
  nodes.forEach((trainer, at) => {
    if (trainer.trains.length === 0) return;
    const needs = reach(edges, [trainer.id]);
    const trained = trainer.trains.flatMap((name) =>
      (definers.get(name) ?? []).map((definer) => [name, definer.id] as const),
    );
    if (!trained.some(([, definer]) => definer !== trainer.id && needs.has(definer))) return;
    for (const reader of nodes.slice(at + 1)) {
      if (needs.has(reader.id)) continue;
      const own = edges.get(reader.id) ?? [];
      for (const [name, definer] of trained) {
        const same = (edge: Edge): boolean =>
          edge.name === name && edge.from === definer && edge.kind === "value";
        if (own.some(same)) own.push({ name, from: trainer.id, kind: "trained" });
      }
    }
  });
}

const places = new WeakMap<Graph["cells"], ReadonlyMap<CellId, number>>();

/** Where each cell stands in reading order. */
export function placesOf(cells: Graph["cells"]): ReadonlyMap<CellId, number> {
  const known = places.get(cells) ?? new Map([...cells.keys()].map((id, i) => [id, i]));
  places.set(cells, known);
  return known;
}

function upstreamIds(edges: ReadonlyMap<CellId, readonly Edge[]>, cell: CellId): CellId[] {
  return (edges.get(cell) ?? []).map((edge) => edge.from);
}

/** The cells and all that they need. */
export function reach(
  edges: ReadonlyMap<CellId, readonly Edge[]>,
  cells: readonly CellId[],
): Set<CellId> {
  const found = new Set(cells);
  for (const one of found) for (const from of upstreamIds(edges, one)) found.add(from);
  return found;
}
