/**
 * Which names each top-level name of a cell is made with: a function that closes over a model changes with it. Too
 * many rather than too few; whether a value can carry another is for the kernel to see.
 */
import type * as js from "acorn";
import type { CellAnalysis } from "./names.ts";

type Mentions = Readonly<Record<string, readonly string[]>>;

/** For each of `defines` the names that it is made with: of other cells, of this one, private ones and theirs too. */
export function mentionsOf(
  program: js.Program,
  { defines, reads }: Pick<CellAnalysis, "defines" | "reads">,
): Mentions {
  const direct = new Map<string, Set<string>>();
  const all = program.body.flatMap(made);
  const known = new Set([...defines, ...reads, ...all.flatMap(([names]) => names ?? [])]);
  for (const [names, node] of all) {
    const mentioned = identifiersIn(node).filter((name) => known.has(name));
    for (const name of names ?? mentioned) {
      const ever = direct.get(name) ?? new Set();
      for (const one of mentioned) ever.add(one);
      direct.set(name, ever);
    }
  }
  return Object.fromEntries(
    defines.flatMap((name) => {
      const found = new Set([name]);
      for (const one of found)
        if (one === name || one.startsWith("_"))
          for (const more of direct.get(one) ?? []) found.add(more);
      found.delete(name);
      return found.size === 0 ? [] : [[name, [...found]]];
    }),
  );
}

/** What a statement makes: the names that it declares, or null where it may change any that it mentions. */
function made(node: js.AnyNode): [names: readonly string[] | null, from: js.AnyNode][] {
  switch (node.type) {
    case "ImportDeclaration":
      return [];
    case "ExportNamedDeclaration":
      return node.declaration ? made(node.declaration) : [];
    case "VariableDeclaration":
      return node.declarations.map((one) => [identifiersIn(one.id), one]);
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return [[identifiersIn(node.id), node]];
    default:
      return [[null, node]];
  }
}

/** Every identifier that may stand for a variable, each once. */
function identifiersIn(node: unknown): string[] {
  const found = new Set<string>();
  const into = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (const one of value as unknown[]) into(one);
      return;
    }
    if (!("type" in value)) return;
    const one = value as js.AnyNode;
    if (one.type === "Identifier") return void found.add(one.name);
    const named = "key" in one || one.type === "MemberExpression";
    const plain = named && !("computed" in one && one.computed);
    for (const key in one)
      if (!plain || (key !== "key" && key !== "property")) into(one[key as keyof typeof one]);
  };
  into(node);
  return [...found];
}
