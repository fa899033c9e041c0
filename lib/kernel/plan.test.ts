import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CellId } from "../base/ids.ts";
import { type CellNode, graphOf, upstreamOf } from "./graph.ts";
import { type Holdings, planRun } from "./plan.ts";

interface Names {
  defines?: string;
  imports?: string;
  reads?: string;
  trains?: string;
}
const words = (text = ""): string[] => text.split(" ").filter(Boolean);
const id = (text: string): CellId => text as CellId;
const node = (cell: string, { defines, imports, reads, trains }: Names): CellNode => ({
  id: id(cell),
  defines: [...words(defines), ...words(imports)],
  imports: words(imports),
  reads: words(reads),
  trains: words(trains),
});
const nothing: Holdings = { fresh: () => false, trainersSince: () => [] };
const holding = (cells: string, since: string[] = []): Holdings => ({
  fresh: (cell) => words(cells).includes(cell),
  trainersSince: () => since.map(id),
});
const order = (nodes: CellNode[], wanted: string, holdings = nothing): string =>
  planRun(graphOf(nodes), words(wanted).map(id), holdings).order.join(" ");

const lesson = [
  node("tf", { imports: "tf" }),
  node("data", { defines: "table", reads: "tf console" }),
  node("model", { defines: "net", reads: "tf" }),
  node("look", { reads: "net" }),
  node("train", { reads: "net table", trains: "net" }),
  node("test", { defines: "score", reads: "net table" }),
];

describe("a plan", () => {
  it("runs what upstream is not fresh first, and nothing else", () => {
    expect(order(lesson, "look")).toBe("tf model look");
    expect(order(lesson, "look", holding("tf model"))).toBe("look");
  });

  it("keeps reading order where inputs allow it", () => {
    const nodes = [
      node("a", { reads: "late" }),
      node("b", {}),
      node("c", { defines: "late" }),
      node("d", {}),
    ];
    expect(order(nodes, "d c b a")).toBe("b c a d");
  });

  it("lets readers below a trainer wait for it, and readers above it not", () => {
    expect(order(lesson, "test")).toBe("tf data model train test");
    expect(order(lesson, "look")).toBe("tf model look");
  });

  it("makes the model anew before its trainer runs again", () => {
    const after = holding("tf data model train", ["train"]);
    expect(order(lesson, "train", after)).toBe("model train");
    expect(order(lesson, "train", holding("tf data model"))).toBe("train");
  });

  it("runs the trainers of one model as a chain in reading order", () => {
    const nodes = [...lesson, node("more", { reads: "net", trains: "net" })];
    expect(order(nodes, "more", holding("tf data model"))).toBe("train more");
    expect(order(nodes, "more", holding("tf data model train", ["train"]))).toBe("more");
    const again = holding("tf data model train more", ["train", "more"]);
    expect(order(nodes, "more", again)).toBe("model train more");
  });

  it("makes anew what a trainer came by through another cell, and lets its readers below wait", () => {
    const nodes = [
      ...lesson.slice(0, 3),
      node("kit", { defines: "kit", reads: "net" }),
      node("fit", { defines: "fit", reads: "net" }),
      node("one", { reads: "fit", trains: "net kit fit" }),
      node("two", { reads: "kit", trains: "net kit fit" }),
      node("test", { reads: "net" }),
      node("other", { defines: "other", reads: "net" }),
    ];
    expect(order(nodes, "test")).toBe("tf model kit fit one two test");
    expect(order(nodes, "one", holding("tf model kit fit one", ["one"]))).toBe("model fit one");
    expect(order(nodes, "two", holding("tf model kit fit one", ["one"]))).toBe("two");
    const both = holding("tf model kit fit one two", ["one", "two"]);
    expect(order(nodes, "two", both)).toBe("model kit fit one two");
  });

  it("trains on with what is there where that was asked for", () => {
    const after = holding("tf data model train", ["train"]);
    const on = { ...after, continues: (cell: CellId) => cell === "train" };
    expect(order(lesson, "train", on)).toBe("train");
  });

  it("takes a cell that no longer needs what it trained for no trainer", () => {
    const nodes = lesson.map((one) => (one.id === "train" ? { ...one, reads: [] } : one));
    expect(order(nodes, "test")).toBe("tf data model test");
  });

  it("begins a chain anew when a trainer of it did not get to its end", () => {
    const nodes = [...lesson, node("more", { reads: "net", trains: "net" })];
    expect(order(nodes, "more", holding("tf data model", ["train"]))).toBe("model train more");
  });

  it("runs what stands between two cells that run", () => {
    const nodes = [
      node("net", { defines: "net" }),
      node("wrap", { defines: "wrapped", reads: "net" }),
      node("train", { reads: "net wrapped", trains: "net" }),
    ];
    expect(order(nodes, "train", holding("net wrap train", ["train"]))).toBe("net wrap train");
  });

  it("does not run cells again because a cell that only imports did", () => {
    const nodes = [
      node("tf", { imports: "tf" }),
      node("a", { defines: "x", reads: "tf" }),
      node("b", { reads: "tf x" }),
    ];
    expect(order(nodes, "tf b", holding("tf a b"))).toBe("tf b");
  });
});

describe("what is wrong with a notebook", () => {
  const problems = (nodes: CellNode[]): object => Object.fromEntries(graphOf(nodes).problems);

  it("names the other definers on each cell that defines a name", () => {
    const nodes = [node("a", { defines: "x" }), node("b", { defines: "x" }), node("c", {})];
    expect(problems(nodes)).toEqual({
      a: { kind: "defined-twice", name: "x", others: ["b"] },
      b: { kind: "defined-twice", name: "x", others: ["a"] },
    });
  });

  it("lets several cells import one package, but not define its name", () => {
    const nodes = [node("a", { imports: "tf" }), node("b", { imports: "tf" })];
    expect(problems(nodes)).toEqual({});
    expect(problems([...nodes, node("c", { defines: "tf" })])).toHaveProperty("c");
  });

  it("shows a circle on every cell of it, and keeps them and what needs them from running", () => {
    const nodes = [
      node("a", { defines: "x", reads: "z" }),
      node("b", { defines: "y", reads: "x" }),
      node("c", { defines: "z", reads: "y" }),
      node("d", { reads: "y" }),
      node("e", {}),
    ];
    expect(Object.keys(problems(nodes))).toEqual(["a", "b", "c"]);
    expect(planRun(graphOf(nodes), ["a", "d", "e"].map(id), nothing)).toEqual({
      order: ["e"],
      blocked: [
        { cell: "a", by: "a" },
        { cell: "d", by: "a" },
      ],
    });
  });

  it("never turns training into a circle", () => {
    const nodes = [
      node("net", { defines: "net" }),
      node("train", { reads: "net rate", trains: "net" }),
      node("rate", { defines: "rate", reads: "net" }),
    ];
    expect(order(nodes, "train")).toBe("net rate train");
  });
});

const anyNodes = fc
  .array(
    fc.record({
      imports: fc.boolean(),
      reads: fc.subarray(["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7"]),
      trains: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((cells) =>
    cells.map(({ imports, reads, trains }, i): CellNode => {
      const name = `n${i}`;
      const others = reads.filter((one) => one !== name);
      return {
        id: id(`c${i}`),
        defines: [name],
        imports: imports ? [name] : [],
        reads: others,
        trains: trains ? others : [],
      };
    }),
  );

it("runs each cell once, after all its inputs, whatever the notebook and whatever is held", () => {
  fc.assert(
    fc.property(anyNodes, fc.infiniteStream(fc.boolean()), (nodes, chance) => {
      const graph = graphOf(nodes);
      const held = new Set(nodes.filter(() => chance.next().value).map((one) => one.id));
      const wanted = nodes.filter(() => chance.next().value).map((one) => one.id);
      const plan = planRun(graph, wanted, {
        fresh: (cell) => held.has(cell),
        trainersSince: () => (chance.next().value ? nodes.slice(0, 2).map((one) => one.id) : []),
      });
      expect(new Set(plan.order).size).toBe(plan.order.length);
      const stopped = plan.blocked.map((one) => one.cell);
      expect([...plan.order, ...stopped]).toEqual(expect.arrayContaining(wanted));
      const at = new Map(plan.order.map((cell, i) => [cell, i]));
      for (const [i, cell] of plan.order.entries())
        for (const input of upstreamOf(graph, cell)) {
          expect(graph.problems.has(input)).toBe(false);
          if (at.has(input)) expect(at.get(input)).toBeLessThan(i);
          else expect(held.has(input)).toBe(true);
        }
    }),
  );
});

it("never adds a circle of its own: without circles among values every cell can run", () => {
  fc.assert(
    fc.property(anyNodes, (nodes) => {
      const forwards = nodes.map((one, i) => {
        const reads = one.reads.filter((name) => Number(name.slice(1)) < i);
        return { ...one, reads, trains: one.trains.filter((name) => reads.includes(name)) };
      });
      const all = forwards.map((one) => one.id);
      const plan = planRun(graphOf(forwards), all, nothing);
      expect(plan).toEqual({ order: all, blocked: [] });
    }),
  );
});

describe("a disabled cell", () => {
  const off = (cell: CellNode): CellNode => ({ ...cell, disabled: true });

  it("keeps what needs it from running, and is named as what is in the way", () => {
    const nodes = lesson.map((one) => (one.id === "model" ? off(one) : one));
    const plan = planRun(graphOf(nodes), ["model", "test", "data"].map(id), nothing);
    expect(plan.order).toEqual(["tf", "data"]);
    expect(plan.blocked).toEqual([
      { cell: "model", by: "model" },
      { cell: "test", by: "model" },
    ]);
  });

  it("is not there for anybody who does not need what it alone defines", () => {
    fc.assert(
      fc.property(anyNodes, fc.infiniteStream(fc.boolean()), (nodes, chance) => {
        const some = nodes.map((one) => (chance.next().value ? off(one) : one));
        const graph = graphOf(some);
        const without = graphOf(some.filter((one) => one.disabled !== true));
        for (const { id: cell, disabled } of some) {
          if (disabled === true) continue;
          const needs = upstreamOf(graph, cell);
          if (needs.some((one) => graph.problems.get(one)?.kind === "disabled")) continue;
          expect(needs).toEqual(upstreamOf(without, cell));
          expect(graph.problems.get(cell)).toEqual(without.problems.get(cell));
        }
      }),
    );
  });
});
