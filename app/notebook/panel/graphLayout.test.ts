/** Rules of the picture of the graph. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GraphEdge, type GraphLayout, NODE, edgePath, layGraph } from "./graphLayout.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i}`);
const edge = (from: number, to: number, trained = false): GraphEdge => ({
  from: `c${from}`,
  to: `c${to}`,
  trained,
});

const graph = fc.integer({ min: 0, max: 40 }).chain((count) =>
  fc.record({
    ids: fc.constant(names(count)),
    edges: fc.array(
      fc
        .tuple(fc.nat(Math.max(0, count - 1)), fc.nat(Math.max(0, count - 1)), fc.boolean())
        .map(([from, to, trained]) => edge(from, to, trained)),
      { maxLength: count === 0 ? 0 : 80 },
    ),
  }),
);
const acyclic = graph.map(({ ids, edges }) => ({
  ids,
  edges: edges.filter(({ from, to }) => ids.indexOf(from) < ids.indexOf(to)),
}));

function crossings(layout: GraphLayout): number {
  const spans = layout.edges.flatMap(({ points }) =>
    points.slice(1).map((to, i) => ({ from: points[i] ?? to, to })),
  );
  let count = 0;
  spans.forEach((a, i) => {
    for (const b of spans.slice(i + 1)) {
      if (a.from.y !== b.from.y || a.to.y !== b.to.y) continue;
      if ((a.from.x - b.from.x) * (a.to.x - b.to.x) < 0) count++;
    }
  });
  return count;
}

describe("the picture of a graph", () => {
  it("puts each cell on its own place, and all of them within the picture", () => {
    fc.assert(
      fc.property(graph, ({ ids, edges }) => {
        const { nodes, width, height } = layGraph(ids, edges);
        expect(nodes.map(({ id }) => id)).toEqual(ids);
        nodes.forEach((a, i) => {
          expect(a.x).toBeGreaterThanOrEqual(0);
          expect(a.x + NODE.width).toBeLessThanOrEqual(width);
          expect(a.y + NODE.height).toBeLessThanOrEqual(height);
          for (const b of nodes.slice(i + 1))
            expect(a.y !== b.y || Math.abs(a.x - b.x) >= NODE.width).toBe(true);
        });
      }),
    );
  });

  it("lets every edge point down, save those that close a circle", () => {
    fc.assert(
      fc.property(graph, ({ ids, edges }) => {
        const layout = layGraph(ids, edges);
        const layer = new Map(layout.nodes.map((node) => [node.id, node.layer]));
        for (const { from, to, back, points } of layout.edges) {
          const down = (layer.get(to) ?? 0) - (layer.get(from) ?? 0);
          expect(back ? down < 0 : down > 0).toBe(true);
          points.slice(1).forEach((point, i) => {
            expect(point.y).toBeGreaterThan(points[i]?.y ?? 0);
          });
        }
      }),
    );
    fc.assert(
      fc.property(acyclic, ({ ids, edges }) => {
        expect(layGraph(ids, edges).edges.some(({ back }) => back)).toBe(false);
      }),
    );
  });

  it("leads lines around cells, never through them", () => {
    fc.assert(
      fc.property(acyclic, ({ ids, edges }) => {
        const { nodes, edges: lines } = layGraph(ids, edges);
        for (const { from, to, points } of lines)
          for (const { x, y } of points.slice(1, -1))
            for (const node of nodes)
              if (node.id !== from && node.id !== to && y >= node.y && y <= node.y + NODE.height)
                expect(x <= node.x || x >= node.x + NODE.width).toBe(true);
      }),
    );
  });

  it("stays put while nothing structural changes", () => {
    fc.assert(
      fc.property(graph, ({ ids, edges }) => {
        expect(layGraph(ids, [...edges])).toEqual(layGraph([...ids], edges));
      }),
    );
  });

  it("is at most three cells wide", () => {
    fc.assert(
      fc.property(graph, ({ ids, edges }) => {
        const { nodes } = layGraph(ids, edges);
        for (const { layer } of nodes)
          expect(nodes.filter((node) => node.layer === layer).length).toBeLessThanOrEqual(3);
      }),
    );
  });

  it("has no crossing where none is needed", () => {
    // Read in an order that crosses: 3 under 1, 2 under 0.
    const layout = layGraph(names(4), [edge(1, 2), edge(0, 3)]);
    expect(crossings(layout)).toBe(0);
    const diamond = layGraph(names(4), [edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3)]);
    expect(crossings(diamond)).toBe(0);
    expect(diamond.nodes.map(({ layer }) => layer)).toEqual([0, 1, 1, 2]);
  });

  it("puts a chain straight below one another, and cells without edges last", () => {
    const { nodes } = layGraph(names(4), [edge(0, 1), edge(1, 3)]);
    const [a, b, alone, c] = nodes;
    expect([a?.x, b?.x]).toEqual([c?.x, c?.x]);
    expect(alone?.layer).toBe(3);
  });

  it("lays 200 cells within a moment", () => {
    const edges = Array.from({ length: 400 }, (_, i) => edge(i % 150, 50 + ((i * 7) % 150)));
    const layout = layGraph(names(200), edges);
    expect(layout.nodes).toHaveLength(200);
  });

  it("has nothing to show of nothing", () => {
    expect(layGraph([], [])).toMatchObject({ nodes: [], edges: [], width: 0, height: 0 });
    expect(edgePath([])).toBe("");
    expect(
      edgePath([
        { x: 1, y: 2 },
        { x: 1, y: 9 },
        { x: 5, y: 19 },
      ]),
    ).toBe("M1 2V9C1 14 5 14 5 19");
  });
});
