/**
 * A cell as a module of its own: which names it declares for the others, and the line that goes before its
 * text, in which it exports them and imports what others declare. Knows nothing of programs or services.
 *
 * The line stands before the text and not after it, because a text that somebody is in the midst of typing may
 * end in an open string or bracket, which would swallow whatever follows.
 */
import ts from "typescript";

export interface CellNames {
  /** Everything that its top level declares: values, types and imports. */
  readonly declared: ReadonlySet<string>;
  /** Those that other cells see. */
  readonly shared: readonly string[];
  /** Every word in it, so that what it may mean of other cells' names is found without asking. */
  readonly words: ReadonlySet<string>;
}

export function readNames(source: string): CellNames {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ESNext, false);
  const declared = new Set<string>();
  const exported = new Set<string>();
  for (const statement of file.statements) {
    const names = namesOf(statement);
    for (const name of names) declared.add(name);
    if (isExported(statement)) for (const name of names) exported.add(name);
    for (const name of hoisted(statement)) declared.add(name);
  }
  return {
    declared,
    shared: [...declared].filter((name) => !name.startsWith("_") && !exported.has(name)),
    words: new Set(source.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)),
  };
}

/** `imports`: names by the path of the module that exports them. */
export function prefixOf(
  shared: readonly string[],
  imports: ReadonlyMap<string, readonly string[]>,
): string {
  const taken = [...imports].map(
    ([path, names]) => `import { ${names.join(", ")} } from ${JSON.stringify(path)};`,
  );
  return `export { ${shared.join(", ")} };${taken.join("")}\n`;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => bound(name));
  if (ts.isImportDeclaration(statement)) return imported(statement.importClause);
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  )
    return statement.name && statement.name.text !== "" ? [statement.name.text] : [];
  return [];
}

function imported(clause: ts.ImportClause | undefined): string[] {
  const names = clause?.name ? [clause.name.text] : [];
  const bindings = clause?.namedBindings;
  if (!bindings) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, bindings.name.text];
  return [...names, ...bindings.elements.map((one) => one.name.text)];
}

/** The names of a pattern; a parser that mends what is missing makes up empty ones, which are none. */
function bound(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return name.text === "" ? [] : [name.text];
  return name.elements.flatMap((one) => (ts.isOmittedExpression(one) ? [] : bound(one.name)));
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}

/** `var` in blocks and loops belongs to the top level too. */
function hoisted(statement: ts.Node): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped))
      found.push(...node.declarations.flatMap(({ name }) => bound(name)));
    ts.forEachChild(node, look);
  };
  look(statement);
  return found;
}
