/**
 * Orders commands by how much must come before them, so that neighbours need not wait for one another, and equal
 * kernels stand together. What replaces a variable comes after all that reads the old one, where that can be.
 */
import type { BufferId, Command, Graph } from "../graph.ts";

export function order(graph: Graph): Graph {
  const before = dependencies(graph);
  const levels = new Map<Command, number>();
  const levelOf = (command: Command): number => {
    const known = levels.get(command);
    if (known !== undefined) return known;
    const level = Math.max(-1, ...[...(before.get(command) ?? [])].map(levelOf)) + 1;
    levels.set(command, level);
    return level;
  };
  const sorted = graph.commands.map((command, place) => ({
    ...{ command, place, level: levelOf(command) },
    kernel: command.kernel.kind === "stock" ? command.kernel.key : Infinity,
  }));
  sorted.sort(
    (one, other) =>
      one.level - other.level || compare(one.kernel, other.kernel) || one.place - other.place,
  );
  return { ...graph, commands: sorted.map(({ command }) => command) };
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

function dependencies({ commands, updates }: Graph): Map<Command, Set<Command>> {
  const before = new Map<Command, Set<Command>>();
  const writers = new Map<BufferId, Command[]>();
  const readers = new Map<BufferId, Command[]>();
  for (const command of commands) {
    const { inputs, outputs } = command;
    const read = inputs.flatMap((id) => writers.get(id) ?? []);
    // A kernel that adds to what is there comes after what was there, and after whoever read it.
    const added = outputs.flatMap((id) => [...(writers.get(id) ?? []), ...(readers.get(id) ?? [])]);
    before.set(command, new Set([...read, ...added].filter((one) => one !== command)));
    for (const id of inputs) note(readers, id, command);
    for (const id of outputs) note(writers, id, command);
  }
  for (const { from, to } of updates)
    for (const writer of writers.get(to) ?? [])
      for (const reader of readers.get(from) ?? [])
        if (reader !== writer && !follows(before, reader, writer)) before.get(writer)?.add(reader);
  return before;
}

function note(map: Map<BufferId, Command[]>, id: BufferId, command: Command): void {
  const list = map.get(id);
  if (list) list.push(command);
  else map.set(id, [command]);
}

/** Whether the one must come after the other. */
function follows(
  before: ReadonlyMap<Command, ReadonlySet<Command>>,
  one: Command,
  other: Command,
  seen = new Set<Command>(),
): boolean {
  if (one === other) return true;
  if (seen.has(one)) return false;
  seen.add(one);
  return [...(before.get(one) ?? [])].some((earlier) => follows(before, earlier, other, seen));
}
