/** The graph and the plan against a model of them that is slow and says each rule as it is meant. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { CellId } from "../base/ids.ts";
import { type CellNode, type Edge, type Graph, graphOf } from "./graph.ts";
import { type Holdings, planRun } from "./plan.ts";

const NAMES = 7;
const BROKEN = { name: "SyntaxError", message: "", line: 1, column: 1, stack: [] };

/** Cells that define their own name, now and then a second one's, that read any, and train some of what they read. */
const anyNodes = fc
  .array(
    fc.record({
      imports: fc.boolean(),
      also: fc.nat({ max: 15 * NAMES }),
      reads: fc.uniqueArray(fc.nat({ max: NAMES - 1 }), { maxLength: 3 }),
      trains: fc.uniqueArray(fc.nat({ max: NAMES - 1 }), { maxLength: 2 }),
      broken: fc.nat({ max: 15 }),
      assigns: fc.option(fc.nat({ max: NAMES - 1 })),
      disabled: fc.nat({ max: 20 }),
    }),
    { maxLength: NAMES },
  )
  .map((cells) =>
    cells.map(({ imports, also, reads, trains, broken, assigns, disabled }, i): CellNode => {
      const defines = [...new Set([i, also < NAMES ? also : i])].map((n) => `n${n}`);
      const read = reads.map((n) => `n${n}`).filter((name) => !defines.includes(name));
      return {
        id: `c${i}` as CellId,
        defines,
        imports: imports ? [`n${i}`] : [],
        reads: read,
        trains: trains.map((n) => `n${n}`),
        disabled: disabled === 0,
        ...(broken === 0 ? { error: BROKEN } : {}),
        ...(broken === 0 && assigns !== null ? { assigns: `n${assigns}` } : {}),
      };
    }),
  );

function modelUpstream(edges: Graph["edges"], cell: CellId): Set<CellId> {
  const needs = new Set<CellId>();
  for (let size = -1; size !== needs.size;) {
    size = needs.size;
    for (const one of [cell, ...needs])
      for (const { from } of edges.get(one) ?? []) needs.add(from);
  }
  return needs;
}

/** Who defines a name: a disabled cell only where nobody else does. */
function modelDefiners(nodes: readonly CellNode[], name: string): CellNode[] {
  const all = nodes.filter((one) => one.defines.includes(name));
  const able = all.filter((one) => one.disabled !== true);
  return able.length > 0 ? able : all.slice(0, 1);
}

/**
 * A name comes from the first other cell that defines it; below a trainer, from the trainer, too. A trainer needs a
 * cell whose value it changes, by whatever way.
 */
function modelEdges(nodes: readonly CellNode[]): Map<CellId, Edge[]> {
  const edges = new Map<CellId, Edge[]>();
  for (const node of nodes) {
    const own: Edge[] = [];
    for (const name of node.disabled === true ? [] : node.reads) {
      const from = modelDefiners(nodes, name).find((one) => one !== node);
      if (!from) continue;
      own.push({ name, from: from.id, kind: from.imports.includes(name) ? "imported" : "value" });
    }
    edges.set(node.id, own);
  }
  for (const [at, trainer] of nodes.entries()) {
    const trains = trainer.disabled === true ? [] : trainer.trains;
    const trained = trains.flatMap((name) =>
      modelDefiners(nodes, name).map((definer) => ({ name, definer: definer.id })),
    );
    const needs = modelUpstream(edges, trainer.id).add(trainer.id);
    const reaches = trained.some(({ definer }) => definer !== trainer.id && needs.has(definer));
    for (const reader of reaches ? nodes.slice(at + 1) : [])
      for (const { name, definer } of trained) {
        const own = edges.get(reader.id) ?? [];
        const reads = own.some(
          (edge) => edge.name === name && edge.from === definer && edge.kind === "value",
        );
        if (reads && !needs.has(reader.id)) own.push({ name, from: trainer.id, kind: "trained" });
      }
  }
  return edges;
}

function modelProblems(nodes: readonly CellNode[]): Map<CellId, string> {
  const values = modelEdges(nodes.map((node) => ({ ...node, trains: [] })));
  const problems = new Map<CellId, string>();
  for (const { id } of nodes) if (modelUpstream(values, id).has(id)) problems.set(id, "circle");
  for (const { id, defines } of nodes)
    for (const name of defines) {
      const all = modelDefiners(nodes, name);
      if (all.length > 1 && !all.every((one) => one.imports.includes(name)))
        problems.set(id, "defined-twice");
    }
  for (const { id, error } of nodes) if (error) problems.set(id, "syntax");
  for (const { id, disabled } of nodes) if (disabled === true) problems.set(id, "disabled");
  for (const { id, assigns, disabled } of nodes) {
    if (assigns === undefined || disabled === true) continue;
    const declares = modelDefiners(nodes, assigns).find((one) => one.id !== id);
    if (!declares) continue;
    problems.set(id, "assigns");
    if (!problems.has(declares.id)) problems.set(declares.id, "assigned");
  }
  return problems;
}

/** Rule after rule until nothing is added; then again and again the first cell that nothing needed stands before. */
function modelPlan(
  nodes: readonly CellNode[],
  wanted: readonly CellId[],
  holdings: Holdings,
): { order: CellId[]; blocked: { cell: CellId; by: CellId }[] } {
  const edges = modelEdges(nodes);
  const problems = modelProblems(nodes);
  const inReading = nodes.map((node) => node.id);
  const blocked: { cell: CellId; by: CellId }[] = [];
  const needed = new Set<CellId>();
  const upstream = new Set<CellId>();
  for (const cell of wanted) {
    const above = modelUpstream(edges, cell);
    const by = [cell, ...inReading.filter((one) => above.has(one))].find(
      (one) => problems.has(one) && problems.get(one) !== "assigned",
    );
    if (by !== undefined) blocked.push({ cell, by });
    else {
      needed.add(cell);
      for (const one of above) upstream.add(one);
    }
  }
  for (const one of upstream) if (!holdings.fresh(one)) needed.add(one);
  for (let size = -1; size !== needed.size;) {
    size = needed.size;
    for (const node of nodes.filter((one) => needed.has(one.id))) {
      if (holdings.continues?.(node.id) === true) continue;
      const needs = modelUpstream(edges, node.id);
      for (const definer of nodes.filter((one) => needs.has(one.id)))
        for (const name of node.trains.filter((one) => definer.defines.includes(one))) {
          const good = holdings
            .trainersSince(definer.id, name)
            .every((one) => needs.has(one) && holdings.fresh(one));
          if (!good) needed.add(definer.id);
        }
    }
    for (const one of upstream)
      for (const { from, kind } of edges.get(one) ?? [])
        if (kind !== "imported" && needed.has(from)) needed.add(one);
  }
  const order: CellId[] = [];
  for (;;) {
    const waiting = inReading.filter((one) => needed.has(one) && !order.includes(one));
    const next = waiting.find((one) =>
      waiting.every((other) => !modelUpstream(edges, one).has(other)),
    );
    if (next === undefined) return { order, blocked };
    order.push(next);
  }
}

it("finds the edges and the problems that the model finds", () => {
  fc.assert(
    fc.property(anyNodes, (nodes) => {
      const graph = graphOf(nodes);
      expect(graph.edges).toEqual(modelEdges(nodes));
      const kinds = [...graph.problems].map(([cell, problem]) => [cell, problem.kind]);
      expect(new Map(kinds as [CellId, string][])).toEqual(modelProblems(nodes));
    }),
    { numRuns: 500 },
  );
});

it("plans what the model plans, whatever is wanted and held", () => {
  const some = fc.array(fc.boolean(), { minLength: NAMES, maxLength: NAMES });
  fc.assert(
    fc.property(anyNodes, some, some, some, some, (nodes, asked, held, trained, goesOn) => {
      const ids = nodes.map((node) => node.id);
      const holdings: Holdings = {
        fresh: (cell) => held[ids.indexOf(cell)] === true,
        continues: (cell) => goesOn[ids.indexOf(cell)] === true,
        trainersSince: (definer, name) =>
          nodes
            .filter((one, i) => trained[i] === true && one.trains.includes(name))
            .map((one) => one.id)
            .filter((one) => one !== definer),
      };
      const wanted = ids.filter((_, i) => asked[i]);
      expect(planRun(graphOf(nodes), wanted, holdings)).toEqual(modelPlan(nodes, wanted, holdings));
    }),
    { numRuns: 500 },
  );
});
