/**
 * What a cell declares for other cells, and what it takes from elsewhere. A name that begins with `_` is the
 * cell's own; a name can only be given a value by the cell that declares it.
 */
import type * as js from "acorn";
import { getLineInfo } from "acorn";
import { type Scope, analyze } from "periscopic";
import { isPackage, unknownPackage } from "../packages.ts";
import { type JavaScript, SourceError } from "./javascript.ts";
import { sourceColumn } from "./positions.ts";
import { walk } from "./walk.ts";

export interface CellAnalysis {
  /** Top-level names that other cells can use, in the order in which they appear; imported ones too. */
  readonly defines: readonly string[];
  /** Top-level names that begin with `_`. */
  readonly own: readonly string[];
  /** Those of `defines` that stand for packages, or parts of them. */
  readonly imports: readonly string[];
  /** Free names: what other cells define, and what the worker itself has. */
  readonly reads: readonly string[];
}

/** Throws a SourceError where a name is assigned that the cell does not declare, or a package is unknown. */
export function analyseNames({ text, program, positions }: JavaScript): CellAnalysis {
  const scopes = analyze(program as Parameters<typeof analyze>[0]);
  const refuse = (node: js.Node, message: string, assigns?: string): never => {
    const { line, column } = getLineInfo(text, node.start);
    throw new SourceError(message, line, sourceColumn(positions, line - 1, column) + 1, assigns);
  };
  const imported = program.body.flatMap((node) =>
    node.type === "ImportDeclaration" ? node.specifiers.map((one) => one.local.name) : [],
  );
  const declared = new Set([...imported, ...scopes.scope.declarations.keys()]);

  walk(program, scopes.scope, (node, outer) => {
    const scope = scopes.map.get(node as Parameters<typeof scopes.map.get>[0]) ?? outer;
    for (const target of assigned(node)) {
      if (!owns(scope, target.name) && !declared.has(target.name))
        refuse(target, notDeclared(target), target.name);
    }
    const specifier = specifierOf(node);
    if (specifier && !isPackage(specifier.name))
      refuse(specifier.at, unknownPackage(specifier.name));
    return scope;
  });

  const shared = (name: string): boolean => !name.startsWith("_");
  return {
    defines: [...declared].filter(shared),
    own: [...declared].filter((name) => !shared(name)),
    imports: imported.filter(shared),
    reads: [...scopes.globals.keys()].filter((name) => !declared.has(name)),
  };
}

function owns(scope: Scope, name: string): boolean {
  return scope.find_owner(name) !== null;
}

function notDeclared({ name }: js.Identifier): string {
  return `${name} is not declared in this cell. Write const ${name} = … or let ${name} = …, or change it in the cell that declares it`;
}

/** The names that a node gives a new value. */
export function assigned(node: js.AnyNode): readonly js.Identifier[] {
  switch (node.type) {
    case "AssignmentExpression":
      return targets(node.left);
    case "UpdateExpression":
      return targets(node.argument);
    case "ForInStatement":
    case "ForOfStatement":
      return node.left.type === "VariableDeclaration" ? [] : targets(node.left);
    default:
      return [];
  }
}

function targets(node: js.Pattern | js.Expression | null): readonly js.Identifier[] {
  switch (node?.type) {
    case "Identifier":
      return [node];
    case "ArrayPattern":
      return node.elements.flatMap(targets);
    case "ObjectPattern":
      return node.properties.flatMap((one) =>
        targets(one.type === "RestElement" ? one.argument : one.value),
      );
    case "RestElement":
      return targets(node.argument);
    case "AssignmentPattern":
      return targets(node.left);
    default:
      return [];
  }
}

function specifierOf(
  node: js.AnyNode,
): { readonly name: string; readonly at: js.Node } | undefined {
  const at =
    node.type === "ImportDeclaration" || node.type === "ImportExpression" ? node.source : undefined;
  if (at?.type !== "Literal" || typeof at.value !== "string") return undefined;
  return { name: at.value, at };
}
