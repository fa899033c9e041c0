/**
 * Makes one dispatch of elementwise commands over equally many elements: chains, which then pass values on in registers,
 * and neighbours, which share what they read.
 */
import { type BufferId, type Command, type FusedPart, type Graph, infoOf } from "../graph.ts";
import { Readiness, type Single } from "./readiness.ts";

/** Invocations of a fused kernel that share a workgroup, and elements of each: as many as in TensorFlow.js's own kernels. */
export const WORKGROUP = 128;
export const EACH = 4;
const MOST_WORKGROUPS = 65_535;

/**
 * `bindings`: how many storage buffers the device lets one kernel have. `inPlace`: counting on it that new values of a
 * variable are written over the old ones, which takes one binding for both.
 */
export function fuse(graph: Graph, bindings: number, inPlace: boolean): Graph {
  const order = new Readiness(graph);
  const replaced = new Map(inPlace ? graph.updates.map(({ from, to }) => [to, from]) : []);
  const commands: Command[] = [];
  let taken = 0;
  const take = (parts: readonly Command[], as: Command): void => {
    order.done(parts);
    commands.push(as);
    taken += parts.length;
  };
  while (order.others.size > 0 || order.singles.size > 0) {
    for (const one of order.others) take([one], one);
    const group = new Group(graph, order, replaced);
    grow(order, group, bindings);
    if (group.parts.length > 0) take(group.parts, group.fused());
  }
  if (taken < graph.commands.length)
    throw new Error("A step's commands wait for one another in a circle");
  return { ...graph, commands };
}

/** The first ready elementwise command, and all that can go with it while the device has bindings for them. */
function grow(order: Readiness, group: Group, bindings: number): void {
  const inOrder = (one: Single, other: Single): number => order.placeOf(one) - order.placeOf(other);
  const waiting = [...order.singles].sort(inOrder);
  const seen = new Set<Command>(waiting);
  for (let one = waiting.shift(); one; one = waiting.shift()) {
    const [first] = group.parts;
    if (first && first.elementwise.count !== one.elementwise.count) continue;
    if (first && group.bindingsWith(one) > bindings) continue;
    group.add(one);
    const readers = one.outputs.flatMap((id) => order.readers.get(id) ?? []);
    for (const next of readers) {
      if (seen.has(next) || !order.isSingle(next) || !order.isReady(next, group.made)) continue;
      seen.add(next);
      const at = waiting.findIndex((other) => inOrder(other, next) > 0);
      waiting.splice(at < 0 ? waiting.length : at, 0, next);
    }
  }
}

/** Elementwise commands that are to be one, and what they bind. */
class Group {
  readonly parts: Single[] = [];
  readonly made = new Set<BufferId>();
  /** Read from outside the group. */
  readonly #inputs = new Set<BufferId>();
  /** Made for others than the group. */
  readonly #outputs = new Set<BufferId>();
  /** How many reads from outside the group there are of what it makes. */
  readonly #unread = new Map<BufferId, number>();
  readonly #graph: Graph;
  readonly #order: Readiness;
  readonly #replaced: ReadonlyMap<BufferId, BufferId>;

  /** `replaced`: new values of variables that are written over the old ones, by the new. */
  constructor(graph: Graph, order: Readiness, replaced: ReadonlyMap<BufferId, BufferId>) {
    this.#graph = graph;
    this.#order = order;
    this.#replaced = replaced;
  }

  /** Bindings that the group would have with this one more. */
  bindingsWith(one: Single): number {
    const inputs = this.#newInputs(one);
    const outputs = one.outputs.filter((id) => this.#isRead(id, this.#readsOf(id)));
    const closed = [...new Set(one.inputs)].filter(
      (id) => this.#outputs.has(id) && !this.#isRead(id, this.#unreadAfter(id, one)),
    );
    const isInput = (id: BufferId): boolean => this.#inputs.has(id) || inputs.has(id);
    const all = [...this.#outputs, ...outputs];
    const shared = all.filter((id) => isInput(this.#replaced.get(id) ?? NaN));
    return this.#inputs.size + inputs.size + all.length - closed.length - shared.length;
  }

  add(one: Single): void {
    for (const id of this.#newInputs(one)) this.#inputs.add(id);
    this.parts.push(one);
    for (const id of new Set(one.inputs)) {
      if (!this.made.has(id)) continue;
      const unread = this.#unreadAfter(id, one);
      this.#unread.set(id, unread);
      if (!this.#isRead(id, unread)) this.#outputs.delete(id);
    }
    for (const id of one.outputs) {
      this.made.add(id);
      this.#unread.set(id, this.#readsOf(id));
      if (this.#isRead(id, this.#readsOf(id))) this.#outputs.add(id);
    }
  }

  fused(): Command {
    const count = this.parts[0]?.elementwise.count ?? 0;
    const parts = this.parts.map(({ elementwise, inputs, outputs: [output] }): FusedPart => {
      if (output === undefined) throw new Error("A command has no output");
      return { elementwise, inputs, output };
    });
    const workgroups = Math.ceil(count / (WORKGROUP * EACH));
    const x = Math.min(workgroups, MOST_WORKGROUPS);
    return {
      kernel: { kind: "fused", parts, count },
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      uniform: null,
      dispatch: [x, Math.ceil(workgroups / x), 1],
      elementwise: null,
      arithmetic: null,
    };
  }

  #newInputs(one: Single): Set<BufferId> {
    const isNew = (id: BufferId): boolean =>
      !this.made.has(id) && !this.#inputs.has(id) && !isScalar(this.#graph, id);
    return new Set(one.inputs.filter(isNew));
  }

  #unreadAfter(id: BufferId, one: Single): number {
    return (this.#unread.get(id) ?? 0) - one.inputs.filter((input) => input === id).length;
  }

  #readsOf(id: BufferId): number {
    return this.#order.readers.get(id)?.length ?? 0;
  }

  #isRead(id: BufferId, unread: number): boolean {
    return unread > 0 || this.#order.results.has(id);
  }
}

/** One constant number: it travels with the kernel's uniforms and needs no binding. */
export function isScalar(graph: Graph, id: BufferId): boolean {
  const { size, origin } = infoOf(graph, id);
  return size === 4 && origin.kind === "constant";
}
