/**
 * The cells of a notebook as the picture of the graph shows them: nodes with their state and words, and one line for
 * all that a cell has from another in one way. What is imported draws no line: everything reads `tf`. Pure.
 */
import type { CellId } from "../../../lib/base/ids.ts";
import { mentionWords, mentionsIn } from "../../../lib/kernel/mention.ts";
import type { GraphCell } from "../cellGraph.svelte.ts";
import type { CellState } from "../cellView.ts";
import type { GraphEdge } from "./graphLayout.ts";

export interface GraphNode {
  readonly id: CellId;
  readonly number: number;
  readonly state: CellState;
  /** The names that it defines. */
  readonly names: string;
  /** What a screen reader says, and what a tooltip shows. */
  readonly words: string;
}

export interface GraphLine extends GraphEdge {
  readonly names: readonly string[];
}

export interface GraphPicture {
  readonly nodes: readonly GraphNode[];
  readonly lines: readonly GraphLine[];
}

export function pictureOf(
  cells: readonly GraphCell[],
  isRunElsewhere: (cell: CellId) => boolean,
): GraphPicture {
  const numbers = new Map<string, number>(cells.map(({ id, number }) => [id, number]));
  const lines = cells.flatMap((cell) => linesTo(cell, numbers));
  const nodes = cells.map((cell) => {
    const { id, number, view } = cell;
    const busy = view.state === "running" || view.state === "queued";
    const state = !busy && isRunElsewhere(id) ? "running" : view.state;
    const into = lines.filter((line) => line.to === id);
    const words = [`Cell ${number}`, state, ...into.map((line) => readWords(line, numbers))];
    const problem = problemIn(cell, numbers);
    return {
      id,
      number,
      state,
      names: view.defines.join(", "),
      words: [...words, ...(problem === "" ? [] : [problem])].join(", "),
    };
  });
  return { nodes, lines };
}

function linesTo({ id, view }: GraphCell, numbers: ReadonlyMap<string, number>): GraphLine[] {
  const lines = new Map<string, GraphLine & { readonly names: string[] }>();
  for (const { from, name, kind } of view.edges) {
    if (kind === "imported" || !numbers.has(from)) continue;
    const trained = kind === "trained";
    const key = `${from} ${kind}`;
    const line = lines.get(key) ?? { from, to: id, trained, names: [] };
    line.names.push(name);
    lines.set(key, line);
  }
  return [...lines.values()];
}

function readWords({ from, trained, names }: GraphLine, numbers: ReadonlyMap<string, number>) {
  const cell = `cell ${numbers.get(from) ?? ""}`;
  return trained
    ? `reads ${list(names)} as ${cell} trained it`
    : `reads ${list(names)} from ${cell}`;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The first line of what is wrong with it. */
function problemIn({ view }: GraphCell, numbers: ReadonlyMap<string, number>): string {
  const [line = ""] = view.problem?.message.split("\n") ?? [];
  return mentionsIn(line)
    .map((part) =>
      typeof part === "string" ? part : mentionWords(part.capital, numbers.get(part.cell)),
    )
    .join("")
    .replaceAll("`", "");
}

/** The cell with all that it needs and all that needs it. */
export function tiedTo(lines: readonly GraphLine[], id: string): ReadonlySet<string> {
  const reach = (next: (line: GraphLine, at: string) => string | undefined): Set<string> => {
    const found = new Set([id]);
    for (const at of found)
      for (const line of lines) {
        const other = next(line, at);
        if (other !== undefined) found.add(other);
      }
    return found;
  };
  const up = reach((line, at) => (line.to === at ? line.from : undefined));
  const down = reach((line, at) => (line.from === at ? line.to : undefined));
  return new Set([...up, ...down]);
}

/** The first line of code that says something, for a cell that defines nothing. */
export function firstLine(source: string): string {
  return (
    source
      .split("\n")
      .map((line) => line.trim())
      .find((line) => line !== "" && !line.startsWith("//"))
      ?.slice(0, 60) ?? "empty"
  );
}
