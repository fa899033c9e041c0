/** Visits every node of a program, parents first, with the scope that each stands in. */
import type * as js from "acorn";
import type { Scope, analyze } from "periscopic";

type Scopes = ReturnType<typeof analyze>;

export function walk(
  program: js.Program,
  scopes: Scopes,
  visit: (node: js.AnyNode, scope: Scope) => void,
): void {
  const into = (node: js.AnyNode, outer: Scope): void => {
    const scope = scopes.map.get(node as Parameters<typeof scopes.map.get>[0]) ?? outer;
    visit(node, scope);
    for (const child of Object.values(node) as unknown[]) {
      for (const one of Array.isArray(child) ? (child as unknown[]) : [child]) {
        if (isNode(one)) into(one, scope);
      }
    }
  };
  into(program, scopes.scope);
}

function isNode(value: unknown): value is js.AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
