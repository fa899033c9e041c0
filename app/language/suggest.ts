/** What may be written at a place of a cell. */
import ts from "typescript";
import { PACKAGES } from "../../lib/kernel/packages.ts";
import type { Explanation, Suggestion, Suggestions } from "./answers.ts";
import { explanationOf } from "./explain.ts";
import { missingImports } from "./packageNames.ts";
import type { CellProgram } from "./program.ts";

const preferences: ts.UserPreferences = {
  includeCompletionsWithInsertText: true,
  includeCompletionsForModuleExports: false,
  quotePreference: "double",
};
/** In lists that a person can take in at a glance every entry says its type. */
const MOST_WITH_TYPES = 60;
const LONGEST_TYPE = 48;
const MOST = 3000;

export function suggest(
  program: CellProgram,
  cell: string,
  offset: number,
): Suggestions | undefined {
  const path = program.pathOf(cell);
  const shift = program.offsetOf(cell);
  const at = shift + offset;
  const source = program.source(cell) ?? "";
  const quoted = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]*)$/.exec(source.slice(0, offset));
  if (quoted) return packagesFrom(offset - (quoted[1] ?? "").length);
  const found = program.service.getCompletionsAtPosition(path, at, {
    ...preferences,
    includeSymbol: true,
  });
  if (!found) return undefined;
  const word = /[\p{ID_Continue}$]*$/u.exec(source.slice(0, offset))?.[0] ?? "";
  const span = found.optionalReplacementSpan;
  const from = span ? Math.max(0, span.start - shift) : offset - word.length;
  const entries = found.entries.filter(({ kind }) => kind !== ts.ScriptElementKind.warning);
  const typed =
    !found.isGlobalCompletion && entries.length <= MOST_WITH_TYPES
      ? typesAt(program, path, at)
      : undefined;
  const list = entries.slice(0, MOST).map((entry): Suggestion => {
    const definer = found.isGlobalCompletion ? program.definerOf(entry.name, cell) : undefined;
    const detail = typed?.(entry);
    const replaced = entry.replacementSpan;
    return {
      label: entry.name,
      kind: entry.kind,
      boost: boostOf(entry, definer !== undefined),
      ...(detail === undefined ? {} : { detail }),
      ...(definer === undefined ? {} : { cell: definer }),
      ...(entry.insertText === undefined && !replaced
        ? {}
        : {
            insert: {
              text: entry.insertText ?? entry.name,
              from: replaced ? replaced.start - shift : from,
              to: replaced ? replaced.start + replaced.length - shift : offset,
            },
          }),
    };
  });
  if (found.isGlobalCompletion && word !== "") {
    const known = new Set(list.map(({ label }) => label));
    for (const { name, from: origin, line } of missingImports(program))
      if (!known.has(name))
        list.push({ label: name, kind: "module", detail: origin, boost: 0, line });
  }
  return { from, closed: !found.isGlobalCompletion, list };
}

function packagesFrom(from: number): Suggestions {
  const list = PACKAGES.map((label) => ({ label, kind: "module", boost: 0 }));
  return { from, closed: true, list };
}

/** What one suggestion is: asked for when somebody looks at it. */
export function explainSuggestion(
  program: CellProgram,
  cell: string,
  offset: number,
  name: string,
): Explanation | undefined {
  const details = program.service.getCompletionEntryDetails(
    program.pathOf(cell),
    program.offsetOf(cell) + offset,
    name,
    {},
    undefined,
    preferences,
    undefined,
  );
  return details && explanationOf(details.displayParts, details.documentation);
}

function boostOf({ name, kind, sortText }: ts.CompletionEntry, ofCell: boolean): number {
  if (kind === ts.ScriptElementKind.keyword) return -20;
  if (ofCell) return 10;
  // What a package keeps to itself, and the names of TensorFlow.js' kernels ("Abs" beside abs), stand last.
  if (name.startsWith("_")) return -30;
  if (kind === ts.ScriptElementKind.constElement && /^[A-Z]/.test(name)) return -15;
  // TypeScript's own order: "11" is what stands nearest, "15" what is there anyway, more is of no use here.
  const order = Number.parseInt(sortText, 10);
  if (Number.isNaN(order)) return 0;
  return order <= 11 ? 12 : order <= 12 ? 8 : order >= 16 ? -40 : order >= 15 ? -10 : 0;
}

function typesAt(
  program: CellProgram,
  path: string,
  at: number,
): ((entry: ts.CompletionEntry) => string | undefined) | undefined {
  const file = program.program.getSourceFile(path);
  if (!file) return undefined;
  const checker = program.program.getTypeChecker();
  const place = nodeAt(file, at);
  return ({ symbol }) => {
    if (!symbol) return undefined;
    const type = checker.getTypeOfSymbolAtLocation(symbol, place);
    const [signature] = type.getCallSignatures();
    const text = signature
      ? checker.signatureToString(signature, place)
      : checker.typeToString(type, place);
    if (text === "any") return undefined;
    return text.length <= LONGEST_TYPE ? text : `${text.slice(0, LONGEST_TYPE - 1)}…`;
  };
}

function nodeAt(file: ts.SourceFile, at: number): ts.Node {
  let found: ts.Node = file;
  const look = (node: ts.Node): void => {
    if (node.pos > at || node.end < at) return;
    found = node;
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}
