/**
 * Says where every buffer of an ordered step lives: variables in their own memory, where they are replaced in place as
 * far as nobody needs the old values any more; what lives for a few commands in memory that others use after it.
 */
import { type BufferId, type Command, type Graph, infoOf } from "./graph.ts";

export type Place =
  /** Memory of the program: `slots` says how many bytes each has. */
  | { readonly kind: "slot"; readonly slot: number }
  /** What was there before the step, by its number. */
  | { readonly kind: "outside"; readonly outside: number };

export interface Placement {
  readonly places: ReadonlyMap<BufferId, Place>;
  /** Bytes of each. */
  readonly slots: readonly number[];
  /** Outputs of fused commands that take the place of an input, which is then bound once, to be read and written. */
  readonly inPlace: ReadonlyMap<BufferId, BufferId>;
  /** Variables whose new values are made elsewhere and copied when the step is over. */
  readonly copies: readonly { readonly from: BufferId; readonly to: BufferId }[];
  /** Buffers that are filled once: constants, and for each step: what is drawn by chance. */
  readonly filled: readonly BufferId[];
}

/** `once`: commands that run ahead of the first step. */
export function place(graph: Graph, once: readonly Command[]): Placement {
  const inPlace = replacedInPlace(graph);
  const copies = graph.updates.filter(({ to }) => !inPlace.has(to));
  const lasting = new Set([
    ...graph.outputs,
    ...copies.map(({ to }) => to),
    ...once.flatMap(({ outputs }) => outputs),
  ]);
  const memory = new Memory(graph, inPlace, lastUses(graph));
  const filled = memory.fill([...once, ...graph.commands]);
  for (const id of lasting) memory.place(id);
  graph.commands.forEach((command, at) => memory.run(command, at, lasting));
  return {
    places: memory.places,
    slots: memory.slots,
    inPlace,
    copies: copies.map(({ from, to }) => ({ from: to, to: from })),
    filled,
  };
}

/**
 * New values may be written over the old ones by a fused command that is the last to touch the old ones, and reads of
 * them only the element that it writes.
 */
function replacedInPlace({ commands, updates }: Graph): Map<BufferId, BufferId> {
  const inPlace = new Map<BufferId, BufferId>();
  for (const { from, to } of updates) {
    const at = commands.findIndex(({ outputs }) => outputs.includes(to));
    const command = commands[at];
    if (command?.kernel.kind !== "fused") continue;
    if (commands.slice(at + 1).some(({ inputs }) => inputs.includes(from))) continue;
    const reads = command.kernel.parts.flatMap(({ inputs, elementwise }) =>
      inputs.flatMap((id, i) => (id === from ? [elementwise.indexing[i]?.kind] : [])),
    );
    if (reads.some((kind) => kind !== "same")) continue;
    inPlace.set(to, from);
  }
  return inPlace;
}

function lastUses({ commands }: Graph): Map<BufferId, number> {
  const last = new Map<BufferId, number>();
  commands.forEach(({ inputs, outputs }, at) => {
    for (const id of [...inputs, ...outputs]) last.set(id, at);
  });
  return last;
}

class Memory {
  readonly places = new Map<BufferId, Place>();
  readonly slots: number[] = [];
  readonly #free = new Map<number, number[]>();
  readonly #graph: Graph;
  readonly #inPlace: ReadonlyMap<BufferId, BufferId>;
  readonly #last: ReadonlyMap<BufferId, number>;

  constructor(
    graph: Graph,
    inPlace: ReadonlyMap<BufferId, BufferId>,
    last: ReadonlyMap<BufferId, number>,
  ) {
    this.#graph = graph;
    this.#inPlace = inPlace;
    this.#last = last;
  }

  /** What no command makes. */
  fill(commands: readonly Command[]): BufferId[] {
    const used = new Set(commands.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
    for (const { from } of this.#graph.updates) used.add(from);
    const filled: BufferId[] = [];
    for (const id of used) {
      const { origin } = infoOf(this.#graph, id);
      if (origin.kind === "outside") this.places.set(id, origin);
      if (origin.kind !== "constant" && origin.kind !== "drawn") continue;
      this.place(id);
      filled.push(id);
    }
    return filled;
  }

  place(id: BufferId): void {
    if (this.places.has(id)) return;
    const instead = this.#inPlace.get(id);
    const known = instead === undefined ? undefined : this.places.get(instead);
    this.places.set(id, known ?? { kind: "slot", slot: this.#take(infoOf(this.#graph, id).size) });
  }

  /** Places what the command makes, then gives back what nobody needs after it. */
  run({ inputs, outputs }: Command, at: number, lasting: ReadonlySet<BufferId>): void {
    for (const id of outputs) this.place(id);
    for (const id of new Set([...inputs, ...outputs])) {
      if (this.#last.get(id) !== at || lasting.has(id) || this.#inPlace.has(id)) continue;
      const { origin, size } = infoOf(this.#graph, id);
      const place = this.places.get(id);
      if (origin.kind !== "computed" || place?.kind !== "slot") continue;
      const free = this.#free.get(size);
      if (free) free.push(place.slot);
      else this.#free.set(size, [place.slot]);
    }
  }

  #take(size: number): number {
    return this.#free.get(size)?.pop() ?? this.slots.push(size) - 1;
  }
}
