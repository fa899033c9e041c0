/** Which cells run, and in which order, of a graph and of what the kernel holds. Pure, as the graph is. */
import type { CellId } from "../base/ids.ts";
import { type Edge, type Graph, placesOf, reach, stops } from "./graph.ts";

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
    if (!stops(graph.problems.get(by))) continue;
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
  for (const [cell, problem] of graph.problems) if (stops(problem)) blocks.set(cell, cell);
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
