/**
 * The functions and classes of a cell that can close over nothing but the cell's top. The search for lost tensors asks
 * (lib/kernel/guest/reach.ts).
 */
import type * as js from "acorn";

/** Functions and classes declared at the top, that keep nothing to themselves. */
export function openFunctions(program: js.Program): string[] {
  return program.body.flatMap((statement): string[] => {
    const node =
      statement.type === "ExportNamedDeclaration" && statement.declaration
        ? statement.declaration
        : statement;
    switch (node.type) {
      case "FunctionDeclaration":
        return [node.id.name];
      case "ClassDeclaration":
        return isOpenClass(node) ? [node.id.name] : [];
      case "VariableDeclaration":
        if (node.kind !== "const") return [];
        return node.declarations.flatMap(({ id, init }) =>
          id.type === "Identifier" && init && isOpenFunction(init) ? [id.name] : [],
        );
      default:
        return [];
    }
  });
}

function isOpenFunction(node: js.Expression): boolean {
  if (node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression") return true;
  return node.type === "ClassExpression" && isOpenClass(node);
}

function isOpenClass({ body, superClass }: js.Class): boolean {
  if (superClass && superClass.type !== "Identifier" && superClass.type !== "MemberExpression")
    return false;
  return body.body.every(
    (member) => member.type !== "StaticBlock" && member.key.type !== "PrivateIdentifier",
  );
}
