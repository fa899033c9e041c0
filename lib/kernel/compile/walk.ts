/** Visits every node of a program, parents first. */
import type * as js from "acorn";

/** `enter` may give back something for the children of a node, which is else handed on from its parent. */
export function walk<Around>(
  program: js.Program,
  around: Around,
  enter: (node: js.AnyNode, around: Around) => Around | undefined,
): void {
  const into = (node: js.AnyNode, outer: Around): void => {
    const inner = enter(node, outer) ?? outer;
    for (const key in node) {
      const child: unknown = node[key as keyof js.AnyNode];
      if (typeof child !== "object" || child === null) continue;
      if (!Array.isArray(child)) {
        if (isNode(child)) into(child, inner);
      } else for (const one of child as unknown[]) if (isNode(one)) into(one, inner);
    }
  };
  into(program, around);
}

function isNode(value: unknown): value is js.AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
