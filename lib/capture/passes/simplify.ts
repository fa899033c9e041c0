/**
 * Takes out of a step what need not be done in it: the same work done twice, work whose result is the same in every step,
 * and work that nobody looks at.
 */
import {
  type BufferId,
  type Command,
  type Graph,
  hash,
  infoOf,
  keyOf,
  resultsOf,
  writersOf,
} from "../graph.ts";

/** Buffers with equal constants become one. */
export function mergeConstants(graph: Graph): Graph {
  const writers = writersOf(graph.commands);
  const byContent = new Map<string, BufferId>();
  const instead = new Map<BufferId, BufferId>();
  graph.buffers.forEach(({ origin }, id) => {
    if (origin.kind !== "constant" || writers.has(id)) return;
    const content = hash(origin.data);
    const first = byContent.get(content);
    if (first === undefined) byContent.set(content, id);
    else instead.set(id, first);
  });
  return { ...graph, commands: graph.commands.map((command) => reading(command, instead)) };
}

/** A command that does to the same buffers what one before it did is left out; its readers read the other's. */
export function mergeRepeated(graph: Graph): Graph {
  const writers = writersOf(graph.commands);
  const results = resultsOf(graph);
  const before = new Map<string, BufferId>();
  const instead = new Map<BufferId, BufferId>();
  const commands: Command[] = [];
  for (const one of graph.commands) {
    const command = reading(one, instead);
    const [output] = command.outputs;
    // What is written several times is another thing each time that it is read.
    const isSteady = command.inputs.every((id) => (writers.get(id) ?? 0) <= 1);
    if (output !== undefined && writers.get(output) === 1 && isSteady) {
      const what = `${keyOf(command)}|${command.inputs.join(",")}`;
      const same = before.get(what);
      if (same !== undefined && !results.has(output)) {
        instead.set(output, same);
        continue;
      }
      if (same === undefined) before.set(what, output);
    }
    commands.push(command);
  }
  return { ...graph, commands };
}

function reading(command: Command, instead: ReadonlyMap<BufferId, BufferId>): Command {
  return { ...command, inputs: command.inputs.map((id) => instead.get(id) ?? id) };
}

/** Leaves out what neither a variable nor an output comes from. */
export function dropUnused(graph: Graph): Graph {
  const needed = resultsOf(graph);
  const kept = graph.commands.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((id) => needed.has(id))) return false;
    for (const id of inputs) needed.add(id);
    return true;
  });
  return { ...graph, commands: kept.toReversed() };
}

/** A step in two parts: what is the same in every step is done once, ahead of the first. */
export interface Split {
  readonly once: readonly Command[];
  readonly each: Graph;
}

export function splitConstant(graph: Graph): Split {
  const writers = writersOf(graph.commands);
  const results = resultsOf(graph);
  const constant = new Set<BufferId>();
  const isConstant = (id: BufferId): boolean =>
    constant.has(id) || (infoOf(graph, id).origin.kind === "constant" && !writers.has(id));
  const once: Command[] = [];
  const each: Command[] = [];
  for (const command of graph.commands) {
    const isAlone = command.outputs.every((id) => writers.get(id) === 1 && !results.has(id));
    const isOnce = isAlone && command.inputs.every(isConstant);
    (isOnce ? once : each).push(command);
    if (isOnce) for (const id of command.outputs) constant.add(id);
  }
  return { once, each: { ...graph, commands: each } };
}
