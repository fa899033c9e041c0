/** What a name of a cell is, what a call takes, and where something is declared. */
import ts from "typescript";
import type { Explanation, Hover, Place, SignatureHelp } from "./answers.ts";
import type { CellProgram } from "./program.ts";

const LONGEST_CODE = 1200;
const LONGEST_WORDS = 4000;

export function hover(program: CellProgram, cell: string, offset: number): Hover | undefined {
  const shift = program.offsetOf(cell);
  const info = program.service.getQuickInfoAtPosition(program.pathOf(cell), shift + offset);
  const from = (info?.textSpan.start ?? 0) - shift;
  if (!info || from < 0) return undefined;
  const said = explanationOf(info.displayParts, info.documentation);
  return said && { ...said, from, to: from + info.textSpan.length };
}

export function signature(
  program: CellProgram,
  cell: string,
  offset: number,
): SignatureHelp | undefined {
  const shift = program.offsetOf(cell);
  const help = program.service.getSignatureHelpItems(program.pathOf(cell), shift + offset, {});
  const item = help?.items[help.selectedItemIndex];
  if (!help || !item || help.applicableSpan.start < shift) return undefined;
  const { argumentIndex, selectedItemIndex, items } = help;
  let code = ts.displayPartsToString(item.prefixDisplayParts);
  let argument: { from: number; to: number } | undefined;
  // Of a rest parameter every further argument is a part.
  const current = item.isVariadic
    ? Math.min(argumentIndex, item.parameters.length - 1)
    : argumentIndex;
  item.parameters.forEach((parameter, i) => {
    if (i > 0) code += ts.displayPartsToString(item.separatorDisplayParts);
    const from = code.length;
    code += ts.displayPartsToString(parameter.displayParts);
    if (i === current) argument = { from, to: code.length };
  });
  code += ts.displayPartsToString(item.suffixDisplayParts);
  const own = item.parameters[current]?.documentation;
  const words = ts.displayPartsToString(own?.length ? own : item.documentation);
  return {
    from: help.applicableSpan.start - shift,
    code: code.slice(0, LONGEST_CODE),
    ...(argument && argument.to <= LONGEST_CODE ? { argument } : {}),
    words: words.slice(0, LONGEST_WORDS),
    overloads: { nth: selectedItemIndex + 1, of: items.length },
  };
}

/** Where a name is declared, if that is in a cell. */
export function definition(program: CellProgram, cell: string, offset: number): Place | undefined {
  const at = program.offsetOf(cell) + offset;
  const found = program.service.getDefinitionAtPosition(program.pathOf(cell), at);
  for (const { fileName, textSpan } of found ?? []) {
    const target = program.cellAt(fileName);
    const place = target === undefined ? -1 : textSpan.start - program.offsetOf(target);
    if (target !== undefined && place >= 0) return { cell: target, offset: place };
  }
  return undefined;
}

export function explanationOf(
  parts: ts.SymbolDisplayPart[] | undefined,
  documentation: ts.SymbolDisplayPart[] | undefined,
): Explanation | undefined {
  // That a name of another cell is imported here is our doing, and nobody's concern.
  const code = ts
    .displayPartsToString(parts)
    .replace(/^\(alias\) /, "")
    .replace(/\nimport [\w$]+$/, "");
  if (code === "" || code === "any") return undefined;
  const words = ts.displayPartsToString(documentation).trim();
  return { code: code.slice(0, LONGEST_CODE), words: words.slice(0, LONGEST_WORDS) };
}
