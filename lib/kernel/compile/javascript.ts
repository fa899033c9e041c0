/**
 * A cell's TypeScript as JavaScript, each line where it was: types go, enums and parameter properties are
 * written out. acorn says what is wrong and where; sucrase does the work and says what it moved.
 */
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { type Node, type Options, Parser, type Program, getLineInfo, parse } from "acorn";
import { transform } from "sucrase";
import type { ErrorOutput } from "../mime.ts";
import { type Positions, type Segment, sourceColumn } from "./positions.ts";

export interface JavaScript {
  readonly text: string;
  readonly program: Program;
  readonly positions: Positions;
}

const options: Options = {
  ecmaVersion: "latest",
  sourceType: "module",
  allowAwaitOutsideFunction: true,
};
const TypeScript = Parser.extend(tsPlugin());

/** Where a cell is not what it could be, as its source has it: 1-based. */
export class SourceError extends Error {
  readonly output: ErrorOutput;
  /** The name that is given a value here and declared elsewhere, where that is what is wrong. */
  readonly assigns: string | undefined;
  constructor(message: string, line: number, column: number, assigns?: string) {
    super(message);
    this.assigns = assigns;
    this.output = { name: "SyntaxError", message, line, column, stack: [] };
  }
}

/** Throws a SourceError where the source is not TypeScript. */
export function toJavaScript(source: string): JavaScript {
  refuseUnsupported(
    parsed(source, () => TypeScript.parse(source, options)),
    source,
  );
  const { text, positions } = stripped(source);
  return { text, positions, program: parsed(text, () => parse(text, options), positions) };
}

function parsed(text: string, parser: () => Program, positions: Positions = new Map()): Program {
  try {
    return parser();
  } catch (error) {
    if (!(error instanceof SyntaxError) || !("loc" in error)) throw error;
    const { line, column } = error.loc as { line: number; column: number };
    const at = "pos" in error ? Number(error.pos) : text.length;
    const column0 = sourceColumn(positions, line - 1, column);
    throw new SourceError(inWords(error.message, text, at), line, column0 + 1);
  }
}

/** acorn's own words, without the place that stands beside them anyway. */
function inWords(message: string, text: string, at: number): string {
  const said = message.replace(/ \(\d+:\d+\)$/, "");
  if (said === "Unexpected character '@'")
    return "No browser runs decorators yet: call the function with the class";
  if (said !== "Unexpected token") return said;
  const found = /^(?:[\w$]+|\S)/.exec(text.slice(at))?.[0];
  return found === undefined
    ? "The cell ends in the middle of something"
    : `Unexpected "${found}" here`;
}

const UNSUPPORTED: Readonly<Record<string, string>> = {
  TSModuleDeclaration: "Namespaces do not work in a cell: write an object or functions",
  TSImportEqualsDeclaration: 'Write import * as name from "package" in a cell',
  TSExportAssignment: "A cell needs no export: other cells see its names by themselves",
  ExportDefaultDeclaration: "A cell needs no export: other cells see its names by themselves",
  ExportAllDeclaration: "A cell needs no export: other cells see its names by themselves",
};

function refuseUnsupported(program: Program, source: string): void {
  for (const node of program.body as readonly Node[]) {
    const listed =
      node.type === "ExportNamedDeclaration" && !("declaration" in node && node.declaration);
    const why = UNSUPPORTED[listed ? "ExportAllDeclaration" : node.type];
    if (why === undefined || ("declare" in node && node.declare === true)) continue;
    const { line, column } = getLineInfo(source, node.start);
    throw new SourceError(why, line, column + 1);
  }
}

function stripped(source: string): { text: string; positions: Positions } {
  const { code, sourceMap } = transform(source, {
    transforms: ["typescript"],
    disableESTransforms: true,
    preserveDynamicImport: true,
    keepUnusedImports: true,
    filePath: "cell",
    sourceMapOptions: { compiledFilename: "cell" },
  });
  return { text: code, positions: decodeMappings(sourceMap?.mappings ?? "") };
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A source map's mappings (ECMA-426) as segments by line, for one source whose lines were kept. */
function decodeMappings(mappings: string): Positions {
  const positions = new Map<number, readonly Segment[]>();
  let source = 0;
  mappings.split(";").forEach((line, i) => {
    let code = 0;
    const segments = line.split(",").flatMap((text): Segment[] => {
      const [codeBy = 0, , , sourceBy = 0] = decodeNumbers(text);
      code += codeBy;
      source += sourceBy;
      return text === "" ? [] : [[code, source]];
    });
    if (segments.some(([from, to]) => from !== to)) positions.set(i, segments);
  });
  return positions;
}

function decodeNumbers(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = BASE64.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return numbers;
}
