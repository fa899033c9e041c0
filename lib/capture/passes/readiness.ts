/** Which commands of a step may go next, as the ones that they wait for are done. */
import type { Elementwise } from "../elementwise.ts";
import { type BufferId, type Command, type Graph, resultsOf, writersOf } from "../graph.ts";

/** Does one thing to each element, into a buffer that nothing else writes. */
export interface Single extends Command {
  readonly elementwise: Elementwise;
}

export class Readiness {
  /** Ready and not done, in no order. */
  readonly singles = new Set<Single>();
  readonly others = new Set<Command>();
  /** Commands by what they read: twice where they read it twice. */
  readonly readers = new Map<BufferId, Command[]>();
  readonly results: ReadonlySet<BufferId>;
  readonly #places = new Map<Command, number>();
  readonly #pending: Map<BufferId, number>;
  readonly #writers: ReadonlyMap<BufferId, number>;
  readonly #before = new Map<Command, readonly Command[]>();
  readonly #after = new Map<Command, Command[]>();
  readonly #done = new Set<Command>();

  constructor(graph: Graph) {
    this.#pending = writersOf(graph.commands);
    this.#writers = writersOf(graph.commands);
    this.results = resultsOf(graph);
    const touched = new Map<BufferId, Command[]>();
    for (const command of graph.commands) {
      this.#places.set(command, this.#places.size);
      for (const id of command.inputs) listed(this.readers, id).push(command);
      const before = this.#mustFollow(command, touched);
      this.#before.set(command, before);
      for (const one of before) listed(this.#after, one).push(command);
      const shared = [...command.inputs, ...command.outputs].filter((id) => this.#isShared(id));
      for (const id of shared) listed(touched, id).push(command);
    }
    for (const command of graph.commands) this.#see(command);
  }

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

  /** Where the command stands in the step. */
  placeOf(command: Command): number {
    return this.#places.get(command) ?? NaN;
  }

  done(commands: readonly Command[]): void {
    for (const command of commands) {
      this.#done.add(command);
      this.others.delete(command);
      this.singles.delete(command as Single);
      for (const id of command.outputs) this.#pending.set(id, (this.#pending.get(id) ?? 1) - 1);
    }
    for (const command of commands) {
      const readers = command.outputs.flatMap((id) => this.readers.get(id) ?? []);
      for (const one of [...readers, ...(this.#after.get(command) ?? [])]) this.#see(one);
    }
  }

  #see(command: Command): void {
    if (this.#done.has(command) || !this.isReady(command)) return;
    if (this.isSingle(command)) this.singles.add(command);
    else this.others.add(command);
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

function listed<Key>(map: Map<Key, Command[]>, key: Key): Command[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}
