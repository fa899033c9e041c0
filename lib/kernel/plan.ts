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
  /** Names of other cells whose values it changed in place when it last ran, whether it reads them itself or not. */
  readonly trains: readonly string[];
  /** It defines nothing and does not run. */
  readonly disabled?: boolean;
  /** Why its code cannot be read; its names are then those of when it last could. */
  readonly error?: ErrorOutput;
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
  /** It is to train on with what is there, and not from the beginning. */
  continues?(cell: CellId): boolean;
}

export interface RunPlan {
  readonly order: readonly CellId[];
  /** Wanted cells that cannot run, and the cell whose problem is in the way. */
  readonly blocked: readonly { readonly cell: CellId; readonly by: CellId }[];
}

/** The graph of cells in reading order. */
export function graphOf(given: readonly CellNode[]): Graph {
  const nodes = given.map((node) => (node.disabled === true ? asDisabled(node) : node));
  const cells = new Map(nodes.map((node) => [node.id, node]));
  const definers = new Map<string, CellNode[]>();
  for (const node of nodes.filter((one) => one.disabled !== true))
    for (const name of new Set(node.defines))
      definers.set(name, [...(definers.get(name) ?? []), node]);
  // A name that only a disabled cell has still leads there, so that its readers can say why they do not run.
  for (const node of nodes.filter((one) => one.disabled === true))
    for (const name of node.defines) if (!definers.has(name)) definers.set(name, [node]);

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
  for (const { id, disabled } of nodes) if (disabled) problems.set(id, { kind: "disabled" });
  addTraining(nodes, edges, definers);
  return { cells, edges, problems };
}

/** What a disabled cell would need or change is nobody's concern. */
function asDisabled({ id, defines, imports }: CellNode): CellNode {
  return { id, defines, imports, reads: [], trains: [], disabled: true };
}

/** All cells that this one needs, directly or not, itself left out; in reading order. */
export function upstreamOf(graph: Pick<Graph, "cells" | "edges">, cell: CellId): CellId[] {
  const found = reach(graph.edges, [cell]);
  found.delete(cell);
  const place = placesOf(graph.cells);
  return [...found].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
}

/**
 * What has to run so that the wanted cells run once each with inputs of now: they themselves, what upstream is not
 * fresh in this kernel, and the cell that defines a model before a cell that trains it runs again.
 */
export function planRun(graph: Graph, wanted: readonly CellId[], holdings: Holdings): RunPlan {
  const blocks = blocksOf(graph);
  const asked = wanted.filter((cell) => graph.cells.has(cell));
  const able = asked.filter((cell) => !blocks.has(cell));
  const around = reach(graph.edges, able);
  const users = usersWithin(graph, around);
  const needed = new Set(able);
  for (const cell of around) if (!holdings.fresh(cell)) needed.add(cell);
  for (const cell of needed) {
    for (const definer of spoiltFor(graph, cell, holdings)) needed.add(definer);
    for (const { user, kind } of users.get(cell) ?? []) if (kind !== "imported") needed.add(user);
  }
  return {
    order: inOrder(graph, around, users, needed),
    blocked: asked.flatMap((cell) => {
      const by = blocks.get(cell);
      return by === undefined ? [] : [{ cell, by }];
    }),
  };
}

interface Use {
  readonly user: CellId;
  readonly kind: Edge["kind"];
}

/** Who has something from each of these cells, among them. */
function usersWithin(graph: Graph, among: ReadonlySet<CellId>): ReadonlyMap<CellId, Use[]> {
  const users = new Map<CellId, Use[]>();
  for (const user of among)
    for (const { from, kind } of graph.edges.get(user) ?? []) {
      const known = users.get(from);
      if (known) known.push({ user, kind });
      else users.set(from, [{ user, kind }]);
    }
  return users;
}

/** The cells that cannot run, each with the one whose problem is in the way: its own, else the first that is read. */
function blocksOf(graph: Graph): ReadonlyMap<CellId, CellId> {
  const blocks = new Map<CellId, CellId>();
  if (graph.problems.size === 0) return blocks;
  const users = usersWithin(graph, new Set(graph.cells.keys()));
  for (const by of graph.cells.keys()) {
    if (!graph.problems.has(by)) continue;
    // What a block before it has reached, it has reached with all behind it.
    const behind = [by];
    for (let cell = behind.pop(); cell !== undefined; cell = behind.pop()) {
      for (const { user } of users.get(cell) ?? []) {
        if (blocks.has(user)) continue;
        blocks.set(user, by);
        behind.push(user);
      }
    }
  }
  for (const cell of graph.problems.keys()) blocks.set(cell, cell);
  return blocks;
}

/** The needed cells in an order in which each comes after its inputs, and otherwise as they are read. */
function inOrder(
  graph: Graph,
  around: ReadonlySet<CellId>,
  users: ReadonlyMap<CellId, readonly Use[]>,
  needed: ReadonlySet<CellId>,
): CellId[] {
  const cells = [...graph.cells.keys()];
  const place = placesOf(graph.cells);
  const waitsFor = new Map([...around].map((id) => [id, graph.edges.get(id)?.length ?? 0]));
  const ready = new Uint8Array(cells.length);
  const order: CellId[] = [];
  let first = 0;
  const free = [...around].filter((id) => waitsFor.get(id) === 0);
  for (;;) {
    for (let id = free.pop(); id !== undefined; id = free.pop()) {
      const at = place.get(id) ?? 0;
      if (needed.has(id)) {
        ready[at] = 1;
        first = Math.min(first, at);
      } else free.push(...freedBy(id));
    }
    first = ready.indexOf(1, first);
    const next = cells[first];
    if (next === undefined) return order;
    ready[first] = 0;
    order.push(next);
    free.push(...freedBy(next));
  }

  /** Those for which this was the last input to come. */
  function freedBy(id: CellId): CellId[] {
    return (users.get(id) ?? []).flatMap(({ user }) => {
      const left = (waitsFor.get(user) ?? 0) - 1;
      waitsFor.set(user, left);
      return left === 0 ? [user] : [];
    });
  }
}

/** Cells that define what this one trains, where something else than what it needs has changed the value since. */
function spoiltFor(graph: Graph, cell: CellId, holdings: Holdings): CellId[] {
  const trains = graph.cells.get(cell)?.trains ?? [];
  if (trains.length === 0 || holdings.continues?.(cell) === true) return [];
  const needs = reach(graph.edges, [cell]);
  needs.delete(cell);
  return [...needs].filter((definer) =>
    trains.some(
      (name) =>
        graph.cells.get(definer)?.defines.includes(name) === true &&
        !holdings
          .trainersSince(definer, name)
          .every((one) => needs.has(one) && holdings.fresh(one)),
    ),
  );
}

function valuesOf(node: CellNode, definers: ReadonlyMap<string, readonly CellNode[]>): Edge[] {
  return [...new Set(node.reads)].flatMap((name): Edge[] => {
    const from = definers.get(name)?.find((one) => one.id !== node.id);
    if (!from || node.defines.includes(name)) return [];
    return [{ name, from: from.id, kind: from.imports.includes(name) ? "imported" : "value" }];
  });
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
function placesOf(cells: Graph["cells"]): ReadonlyMap<CellId, number> {
  const known = places.get(cells) ?? new Map([...cells.keys()].map((id, i) => [id, i]));
  places.set(cells, known);
  return known;
}

function upstreamIds(edges: ReadonlyMap<CellId, readonly Edge[]>, cell: CellId): CellId[] {
  return (edges.get(cell) ?? []).map((edge) => edge.from);
}

/** The cells and all that they need. */
function reach(edges: ReadonlyMap<CellId, readonly Edge[]>, cells: readonly CellId[]): Set<CellId> {
  const found = new Set(cells);
  for (const one of found) for (const from of upstreamIds(edges, one)) found.add(from);
  return found;
}
