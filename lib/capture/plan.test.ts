// Plans are run by a machine that computes with expressions instead of numbers: what a step leaves must be the same
// expression whether its commands run as they were traced or merged, fused, reordered and in shared memory.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Elementwise } from "./elementwise.ts";
import {
  type BufferId,
  type BufferInfo,
  type Command,
  type Graph,
  type Update,
  keyOf,
} from "./graph.ts";
import { isScalar } from "./passes/fuse.ts";
import { type Plan, plan } from "./plan.ts";

type Expression = string;

const elementwise = (name: string, arity: 1 | 2, count: number): Elementwise => ({
  body: name,
  arity,
  constants: [],
  indexing: Array.from({ length: arity }, () => ({ kind: "same" as const })),
  count,
});

function applied(command: Command, read: (id: BufferId) => Expression): Expression {
  const { inputs } = command;
  const { arithmetic, elementwise } = command;
  const what = arithmetic ? JSON.stringify(arithmetic) : (elementwise?.body ?? keyOf(command));
  return `${what}(${inputs.map(read).join()})`;
}

/** What a stock command leaves in its output, which it may add to. */
function stock(command: Command, read: (id: BufferId) => Expression, adds: boolean): Expression {
  const [output] = command.outputs;
  const value = applied(command, read);
  return adds && output !== undefined ? `${read(output)}+${value}` : value;
}

function originOf(
  { origin }: BufferInfo,
  variables: readonly Expression[],
  step: number,
): Expression {
  switch (origin.kind) {
    case "constant":
      return `c${origin.data.join("_")}`;
    case "drawn":
      return `d${origin.nth}@${step}`;
    case "outside":
      return variables[origin.outside] ?? "?";
    case "computed":
      return "empty";
  }
}

interface Left {
  readonly variables: readonly Expression[];
  readonly outputs: readonly (readonly Expression[])[];
}

const STEPS = 3;

function asTraced(graph: Graph, outside: number): Left {
  let variables = Array.from({ length: outside }, (_, i) => `v${i}`);
  const outputs: Expression[][] = [];
  for (let step = 0; step < STEPS; step++) {
    const values = graph.buffers.map((info) => originOf(info, variables, step));
    const written = new Set<BufferId>();
    const read = (id: BufferId): Expression => values[id] ?? "?";
    for (const command of graph.commands)
      for (const id of command.outputs) {
        values[id] = stock(command, read, written.has(id));
        written.add(id);
      }
    outputs.push(graph.outputs.map(read));
    const next = [...variables];
    for (const { from, to } of graph.updates) {
      const { origin } = graph.buffers[from] as BufferInfo;
      if (origin.kind === "outside") next[origin.outside] = read(to);
    }
    variables = next;
  }
  return { variables, outputs };
}

function asPlanned({ graph, once, placement }: Plan, outside: number): Left {
  const variables = Array.from({ length: outside }, (_, i) => `v${i}`);
  const slots = placement.slots.map(() => "garbage");
  const read = (id: BufferId): Expression => {
    const place = placement.places.get(id);
    if (!place) throw new Error(`Buffer ${id} has no place`);
    return (place.kind === "slot" ? slots[place.slot] : variables[place.outside]) ?? "?";
  };
  const write = (id: BufferId, value: Expression): void => {
    const place = placement.places.get(id);
    if (!place) throw new Error(`Buffer ${id} has no place`);
    if (place.kind === "slot") slots[place.slot] = value;
    else variables[place.outside] = value;
  };
  const fill = (kind: string, step: number): void => {
    for (const id of placement.filled) {
      const info = graph.buffers[id] as BufferInfo;
      if (info.origin.kind === kind) write(id, originOf(info, variables, step));
    }
  };
  const outputs: Expression[][] = [];
  fill("constant", 0);
  const run = (commands: readonly Command[]): void => {
    const written = new Set<BufferId>();
    for (const command of commands) {
      const { kernel } = command;
      if (kernel.kind !== "fused") {
        for (const id of command.outputs) {
          write(id, stock(command, read, written.has(id)));
          written.add(id);
        }
        continue;
      }
      const registers = new Map<BufferId, Expression>();
      for (const part of kernel.parts) {
        const args = part.inputs.map((id) => {
          const info = graph.buffers[id] as BufferInfo;
          const number = isScalar(graph, id) ? originOf(info, variables, 0) : undefined;
          return number ?? registers.get(id) ?? read(id);
        });
        registers.set(part.output, `${part.elementwise.body}(${args.join()})`);
      }
      for (const id of command.outputs) write(id, registers.get(id) ?? "?");
    }
  };
  run(once);
  for (let step = 0; step < STEPS; step++) {
    fill("drawn", step);
    run(graph.commands);
    // The step's results leave before the variables are copied over.
    outputs.push(graph.outputs.map(read));
    for (const { from, to } of placement.copies) write(to, read(from));
  }
  return { variables, outputs };
}

interface Drawn {
  readonly kind: "map" | "other" | "add" | "draw" | "constant";
  readonly big: boolean;
  readonly picks: readonly [number, number, number];
  readonly name: number;
}

const drawn: fc.Arbitrary<readonly Drawn[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("map", "map", "map", "other", "add", "draw", "constant"),
    big: fc.boolean(),
    picks: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)),
    name: fc.nat(3),
  }),
  { minLength: 3, maxLength: 30 },
);

const VARIABLES = 4;

/** Variables 0 and 1 of four bytes, 2 and 3 of sixteen. */
function graphOf(list: readonly Drawn[], updated: readonly number[]): Graph {
  const buffers: BufferInfo[] = Array.from({ length: VARIABLES }, (_, outside) => ({
    size: outside < 2 ? 4 : 16,
    origin: { kind: "outside", outside },
  }));
  const commands: Command[] = [];
  let draws = 0;
  const made = (size: number): BufferId[] =>
    buffers.flatMap((info, id) => (info.size === size ? [id] : []));
  for (const { kind, big, picks, name } of list) {
    const size = big ? 16 : 4;
    const ofSize = made(size);
    const pick = (i: 0 | 1 | 2, from = ofSize): BufferId => from[picks[i] % from.length] ?? 0;
    if (kind === "draw" || kind === "constant") {
      const data = new Uint8Array(size).fill(name);
      buffers.push({
        size,
        origin:
          kind === "draw"
            ? { kind: "drawn", nth: draws++, count: size / 4, scatter: "even" }
            : { kind, data },
      });
      continue;
    }
    const all = buffers.map((_, id) => id);
    const computed = ofSize.filter((id) => commands.some(({ outputs }) => outputs.includes(id)));
    const adds = kind === "add" && computed.length > 0;
    const output = adds ? pick(2, computed) : buffers.length;
    if (!adds) buffers.push({ size, origin: { kind: "computed" } });
    const inputs = kind === "map" ? [pick(0), pick(1)] : [pick(0, all), pick(1, all)];
    commands.push({
      kernel: {
        kind: "stock",
        name: `k${name}`,
        pipeline: null as never,
        key: kind === "map" ? name : name + 10,
      },
      inputs: inputs.filter((id) => id !== output),
      outputs: [output],
      uniform: null,
      dispatch: [1, 1, 1],
      elementwise: kind === "map" ? elementwise(`f${name}`, 2, size / 4) : null,
      arithmetic:
        kind === "other" && name === 3 ? { kind: "transpose", rows: 1, columns: 1 } : null,
    });
  }
  const computed = buffers.flatMap(({ origin }, id) => (origin.kind === "computed" ? [id] : []));
  const updates: Update[] = [];
  for (let from = 0; from < VARIABLES; from++) {
    const fitting = computed.filter(
      (id) => buffers[id]?.size === buffers[from]?.size && !updates.some(({ to }) => to === id),
    );
    const to = fitting[(updated[from] ?? 0) % (fitting.length + 1)];
    if (to !== undefined) updates.push({ from, to });
  }
  return { buffers, commands, updates, outputs: computed.slice(-2) };
}

describe("a plan", () => {
  const options = { numRuns: 2_000 };
  const updated = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99));

  it("leaves what the traced commands leave, step after step, in any graph", () => {
    fc.assert(
      fc.property(drawn, updated, fc.integer({ min: 3, max: 10 }), (list, which, bindings) => {
        const graph = graphOf(list, which);
        const expected = asTraced(graph, VARIABLES);
        for (const fusing of [true, false])
          for (const ownKernels of [true, false])
            expect(asPlanned(plan(graph, { bindings, ownKernels, fusing }), VARIABLES)).toEqual(
              expected,
            );
      }),
      options,
    );
  });

  it("gives no kernel more buffers than the device has bindings for, where it fused it", () => {
    fc.assert(
      fc.property(drawn, updated, fc.integer({ min: 4, max: 10 }), (list, which, bindings) => {
        const { graph, placement } = plan(graphOf(list, which), {
          ...{ bindings, ownKernels: true, fusing: true },
        });
        for (const { kernel, inputs, outputs } of graph.commands)
          if (kernel.kind === "fused" && kernel.parts.length > 1)
            expect(
              inputs.length + outputs.filter((id) => !placement.inPlace.has(id)).length,
            ).toBeLessThanOrEqual(bindings);
      }),
      options,
    );
  });

  it("makes one dispatch of a chain, writes its end over the variable, and does constant work once", () => {
    const list: Drawn[] = [
      { kind: "constant", big: true, picks: [0, 0, 0], name: 1 },
      { kind: "map", big: true, picks: [2, 2, 0], name: 1 }, // constant with itself
      { kind: "map", big: true, picks: [0, 3, 0], name: 2 }, // variable 2 with that
      { kind: "map", big: true, picks: [4, 4, 0], name: 3 }, // and on
    ];
    const traced = graphOf(list, [99, 99, 2, 98]);
    const { graph, once, placement } = plan(
      { ...traced, outputs: [] },
      { bindings: 8, ownKernels: true, fusing: true },
    );
    expect(once).toHaveLength(1);
    expect(graph.commands).toHaveLength(1);
    expect(placement.copies).toEqual([]);
    expect(placement.inPlace.size).toBe(1);
  });
});
