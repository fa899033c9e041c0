/**
 * Makes one dispatch of elementwise commands over equally many elements: chains, which then pass values on in registers,
 * and neighbours, which share what they read.
 */
import type { Elementwise } from "../elementwise.ts";
import {
  type BufferId,
  type Command,
  type FusedPart,
  type Graph,
  infoOf,
  resultsOf,
  writersOf,
} from "../graph.ts";

/** Invocations of a fused kernel that share a workgroup. */
export const WORKGROUP = 64;
const MOST_WORKGROUPS = 65_535;

interface Single extends Command {
  readonly elementwise: Elementwise;
}

/**
 * `bindings`: how many storage buffers the device lets one kernel have. `inPlace`: counting on it that new values of a
 * variable are written over the old ones, which takes one binding for both.
 */
export function fuse(graph: Graph, bindings: number, inPlace: boolean): Graph {
  const order = new Readiness(graph);
  const commands: Command[] = [];
  const left = new Set(graph.commands);
  const take = (taken: readonly Command[], as: Command): void => {
    for (const one of taken) left.delete(one);
    order.done(taken);
    commands.push(as);
  };
  while (left.size > 0) {
    const before = commands.length;
    for (const one of left) if (!order.isSingle(one) && order.isReady(one)) take([one], one);
    if (commands.length > before) continue;
    const group = grow(
      order,
      left,
      (parts) => bindingsOf(graph, order, parts, inPlace) <= bindings,
    );
    take(group, fused(graph, order, group));
  }
  return { ...graph, commands };
}

/** The first ready elementwise command, and all that can go with it while the device has bindings for them. */
function grow(
  order: Readiness,
  left: ReadonlySet<Command>,
  fits: (group: readonly Single[]) => boolean,
): Single[] {
  const group: Single[] = [];
  const made = new Set<BufferId>();
  const seen = new Set<Command>();
  for (let grown = true; grown;) {
    grown = false;
    for (const one of left) {
      if (seen.has(one) || !order.isSingle(one)) continue;
      if (group[0] && group[0].elementwise.count !== one.elementwise.count) continue;
      if (!order.isReady(one, made)) continue;
      seen.add(one);
      if (group.length > 0 && !fits([...group, one])) continue;
      group.push(one);
      for (const id of one.outputs) made.add(id);
      grown = true;
    }
  }
  if (group.length === 0) throw new Error("A step's commands wait for one another in a circle");
  return group;
}

/** Which commands may go next. */
class Readiness {
  readonly #pending: Map<BufferId, number>;
  readonly #writers: ReadonlyMap<BufferId, number>;
  readonly #before = new Map<Command, readonly Command[]>();
  readonly #done = new Set<Command>();
  readonly readers = new Map<BufferId, Command[]>();
  readonly results: ReadonlySet<BufferId>;

  constructor(graph: Graph) {
    this.#pending = writersOf(graph.commands);
    this.#writers = writersOf(graph.commands);
    this.results = resultsOf(graph);
    const touched = new Map<BufferId, Command[]>();
    for (const command of graph.commands) {
      for (const id of command.inputs) listed(this.readers, id).push(command);
      this.#before.set(command, this.#mustFollow(command, touched));
      const shared = [...command.inputs, ...command.outputs].filter((id) => this.#isShared(id));
      for (const id of shared) listed(touched, id).push(command);
    }
  }

  /** Does one thing to each element, into a buffer that nothing else writes. */
  isSingle(command: Command): command is Single {
    return command.elementwise !== null && command.outputs.every((id) => !this.#isShared(id));
  }

  /** `made`: what the group that it would join makes. */
  isReady(command: Command, made: ReadonlySet<BufferId> = new Set()): boolean {
    // What is written several times is read in between too: there the order of touching decides, not the last write.
    const here = (id: BufferId, i: number): boolean =>
      this.#isShared(id) ||
      !this.#pending.get(id) ||
      (made.has(id) && command.elementwise?.indexing[i]?.kind === "same");
    return (
      command.inputs.every(here) &&
      (this.#before.get(command) ?? []).every((one) => this.#done.has(one))
    );
  }

  done(commands: readonly Command[]): void {
    for (const command of commands) {
      this.#done.add(command);
      for (const id of command.outputs) this.#pending.set(id, (this.#pending.get(id) ?? 1) - 1);
    }
  }

  #isShared(id: BufferId): boolean {
    return (this.#writers.get(id) ?? 0) > 1;
  }

  /** A buffer that several commands write keeps the order in which they touched it. */
  #mustFollow(
    command: Command,
    touched: ReadonlyMap<BufferId, readonly Command[]>,
  ): readonly Command[] {
    const all = [...command.inputs, ...command.outputs];
    return all.filter((id) => this.#isShared(id)).flatMap((id) => touched.get(id) ?? []);
  }
}

function listed(map: Map<BufferId, Command[]>, id: BufferId): Command[] {
  let list = map.get(id);
  if (!list) map.set(id, (list = []));
  return list;
}

function bindingsOf(
  graph: Graph,
  order: Readiness,
  group: readonly Single[],
  inPlace: boolean,
): number {
  const { inputs, outputs } = facing(graph, order, group);
  const replaced = graph.updates.filter(
    ({ from, to }) => outputs.includes(to) && inputs.includes(from),
  );
  return inputs.length + outputs.length - (inPlace ? replaced.length : 0);
}

/** What a group reads from outside itself, and what others read of it. */
function facing(
  graph: Graph,
  order: Readiness,
  group: readonly Single[],
): { inputs: BufferId[]; outputs: BufferId[] } {
  const made = new Set(group.flatMap(({ outputs }) => outputs));
  const members = new Set<Command>(group);
  const inputs = new Set(
    group.flatMap((one) => one.inputs.filter((id) => !made.has(id) && !isScalar(graph, id))),
  );
  const outputs = [...made].filter(
    (id) =>
      order.results.has(id) || (order.readers.get(id) ?? []).some((reader) => !members.has(reader)),
  );
  return { inputs: [...inputs], outputs };
}

/** One constant number: it travels with the kernel's uniforms and needs no binding. */
export function isScalar(graph: Graph, id: BufferId): boolean {
  const { size, origin } = infoOf(graph, id);
  return size === 4 && origin.kind === "constant";
}

function fused(graph: Graph, order: Readiness, group: readonly Single[]): Command {
  const { inputs, outputs } = facing(graph, order, group);
  const count = group[0]?.elementwise.count ?? 0;
  const parts = group.map(({ elementwise, inputs, outputs: [output] }): FusedPart => {
    if (output === undefined) throw new Error("A command has no output");
    return { elementwise, inputs, output };
  });
  const workgroups = Math.ceil(count / WORKGROUP);
  const x = Math.min(workgroups, MOST_WORKGROUPS);
  return {
    kernel: { kind: "fused", parts, count },
    inputs,
    outputs,
    uniform: null,
    dispatch: [x, Math.ceil(workgroups / x), 1],
    elementwise: null,
  };
}
