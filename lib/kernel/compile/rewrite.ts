/**
 * A cell's JavaScript as the body of an async function of `__cell` (lib/kernel/guest/cellScope.ts): imports
 * ask it for packages, awaits can be interrupted, names are kept, and the last expression is what it returns.
 * Nothing changes its line; what is put in is noted in the positions.
 */
import type * as js from "acorn";
import { getLineInfo } from "acorn";
import type { JavaScript } from "./javascript.ts";
import { POSITIONS_MARK } from "./mark.ts";
import { mentionsOf } from "./mentions.ts";
import { type CellAnalysis, assigned } from "./names.ts";
import { type Insertion, encodePositions, shiftPositions, sourceColumn } from "./positions.ts";
import { openFunctions } from "./topLevel.ts";
import { walk } from "./walk.ts";

interface Put {
  readonly at: number;
  readonly text: string;
}

export function rewrite(
  javascript: JavaScript,
  analysis: Pick<CellAnalysis, "defines" | "own" | "reads">,
): string {
  const { text, program } = javascript;
  const imports: string[] = [];
  const chars = text.split("");
  const blank = (from: number, to: number, instead = ""): void => {
    for (let i = from; i < to; i++) {
      if (chars[i] !== "\n") chars[i] = instead[i - from] ?? " ";
    }
  };
  const [returns, returned] = returning(program, text);
  const opens: Put[] = [...returns];
  const closes: Put[] = [...returned];

  const changed = new Set<string>();
  walk(program, undefined, (node) => {
    for (const { name } of assigned(node)) changed.add(name);
    switch (node.type) {
      case "ImportDeclaration":
        imports.push(...importing(node, javascript));
        blank(node.start, node.end, ";");
        break;
      case "ExportNamedDeclaration":
        blank(node.start, node.start + "export".length);
        break;
      case "ImportExpression":
        opens.push({ at: node.start, text: "__cell." });
        break;
      case "AwaitExpression":
        opens.push({ at: node.start + "await".length, text: " __cell.until(" });
        closes.push({ at: node.end, text: ")" });
        break;
      default:
    }
    return undefined;
  });
  const keep = [...analysis.defines, ...analysis.own]
    .map((name) => `${name}:()=>${name}`)
    .join(",");
  const open = openFunctions(program).filter((name) => !changed.has(name));
  const about = JSON.stringify({ mentions: mentionsOf(program, analysis), open });
  const head = { at: 0, text: `${imports.join("")}__cell.keep({${keep}},${about});` };
  // Where one thing ends and the next begins, the end comes first.
  const puts = [...closes, head, ...opens].sort((a, b) => a.at - b.at);
  return withPuts(chars.join(""), puts, javascript);
}

function importing(node: js.ImportDeclaration, { text, positions }: JavaScript): string[] {
  const from = JSON.stringify(node.source.value);
  return node.specifiers.map((one) => {
    if (one.type !== "ImportSpecifier") return `const ${one.local.name}=__cell.use(${from});`;
    const name =
      one.imported.type === "Identifier" ? one.imported.name : String(one.imported.value);
    const { line, column } = getLineInfo(text, one.start);
    const at = `${line},${sourceColumn(positions, line - 1, column) + 1}`;
    return `const ${one.local.name}=__cell.use(${from},${JSON.stringify(name)},${at});`;
  });
}

/** Puts the last expression into a `return` that can be interrupted and that begins where the statement before it ends: columns stay. */
function returning(program: js.Program, text: string): readonly [opens: Put[], closes: Put[]] {
  const last = program.body.at(-1);
  if (last?.type !== "ExpressionStatement") return [[], []];
  const start = program.body.at(-2)?.end ?? 0;
  const end = text[last.end - 1] === ";" ? last.end - 1 : last.end;
  return [[{ at: start, text: ";return __cell.until(" }], [{ at: end, text: ")" }]];
}

function withPuts(text: string, puts: readonly Put[], { positions }: JavaScript): string {
  const insertions: Insertion[] = [];
  let code = "";
  let from = 0;
  let line = 0;
  let lineStart = 0;
  for (const put of puts) {
    code += text.slice(from, put.at) + put.text;
    from = put.at;
    for (;;) {
      const end = text.indexOf("\n", lineStart);
      if (end < 0 || end >= put.at) break;
      line++;
      lineStart = end + 1;
    }
    insertions.push({ line, column: put.at - lineStart, text: put.text });
  }
  code += text.slice(from);
  return `${code}\n${POSITIONS_MARK}${encodePositions(shiftPositions(positions, insertions))}`;
}
