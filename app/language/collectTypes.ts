/**
 * Gathers the declarations of what a cell can import, and of the language itself, into one flat value, so that
 * the language worker needs nothing else. Runs in Node: when the app is built, and in tests.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { PACKAGES } from "../../lib/kernel/packages.ts";
import {
  LANGUAGE,
  LANGUAGE_FOLDER,
  OWN_FOLDER,
  PACKAGES_FOLDER,
  type TypeLibrary,
} from "./typeLibrary.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const own = fileURLToPath(new URL("./cell", import.meta.url));

const resolving: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

export function collectTypes(): TypeLibrary {
  const files: Record<string, string> = {};
  const packages: Record<string, string> = { ensemble: `${OWN_FOLDER}ensemble.d.ts` };

  const addLanguage = (name: string): void => {
    const path = LANGUAGE_FOLDER + name;
    if (files[path] !== undefined) return;
    const text = readFileSync(join(modules, "typescript/lib", name), "utf8");
    files[path] = withoutFrills(text);
    for (const { fileName } of ts.preProcessFile(text).libReferenceDirectives)
      addLanguage(`lib.${fileName}.d.ts`);
  };
  /** Gives back where the declarations of `specifier` were put; undefined where it has none. */
  const add = (specifier: string, from: string): string | undefined => {
    const found = ts.resolveModuleName(specifier, from, resolving, ts.sys).resolvedModule;
    if (!found?.resolvedFileName.endsWith(".d.ts")) return undefined;
    const path = placeOf(found.resolvedFileName);
    if (!specifier.startsWith(".")) packages[specifier] = path;
    if (files[path] !== undefined) return path;
    const text = readFileSync(found.resolvedFileName, "utf8");
    files[path] = withoutFrills(text);
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles)
      add(fileName, found.resolvedFileName);
    return path;
  };

  addLanguage(LANGUAGE);
  for (const name of readdirSync(own).filter((name) => name.endsWith(".d.ts")))
    files[OWN_FOLDER + name] = readFileSync(join(own, name), "utf8");
  for (const name of PACKAGES)
    if (name !== "ensemble" && add(name, join(modules, "..", "cell.ts")) === undefined)
      throw new Error(`${name} has no types`);
  knowColumns(files, packages);
  answerAsOne(files);
  return { files, packages };
}

const TABLE = `${PACKAGES_FOLDER}arquero/dist/types/table/ColumnTable.d.ts`;
const PLAIN_TABLE = `${PACKAGES_FOLDER}arquero/dist/types/table/PlainTable.d.ts`;

/** Arquero's tables do not say which columns they have. Ours takes the place of their class everywhere. */
function knowColumns(files: Record<string, string>, packages: Record<string, string>): void {
  const plain = files[TABLE]?.replace("export class ColumnTable ", "export class PlainTable ");
  if (plain === undefined || plain === files[TABLE])
    throw new Error("arquero has another ColumnTable");
  files[PLAIN_TABLE] = plain;
  packages["arquero/plain"] = PLAIN_TABLE;
  packages["arquero/columns"] = `${OWN_FOLDER}table.d.ts`;
  files[TABLE] = 'export { ColumnTable } from "arquero/columns";\n';
}

/**
 * A model answers with a tensor, or with a list where it has several outputs; its declaration cannot tell. Nearly
 * every model has one, and to say so each time would be a nag: an answer can be used as either.
 */
function answerAsOne(files: Record<string, string>): void {
  let models = 0;
  for (const [path, text] of Object.entries(files)) {
    if (!path.includes("/tfjs-layers/dist/")) continue;
    const lenient = text.replace(
      /^( +(?:predict|predictOnBatch|evaluate)\([^;]*\)): (Tensor|Scalar) \| \2\[\];$/gm,
      "$1: $2 & $2[];",
    );
    if (lenient !== text) models++;
    files[path] = lenient;
  }
  if (models === 0) throw new Error("TensorFlow.js declares its models' answers in another way");
}

function placeOf(path: string): string {
  return `${PACKAGES_FOLDER}${relative(modules, path)
    .replaceAll("\\", "/")
    .replace(/^@types\//, "")}`;
}

/** Licences stand in the packages themselves; a worker has no use for them, nor for files that are not there. */
function withoutFrills(text: string): string {
  return text
    .replace(/\/\*\*?\s*(?:\*\s*)?@license[\s\S]*?\*\//g, "")
    .replace(/^\/\*! \*{10,}[\s\S]*?\*\/\s*/, "")
    .replace(/^\/\/\/ *<(?:amd-module|reference (?:types|path))\b.*$/gm, "")
    .replace(/^\/\/# sourceMappingURL=.*$/gm, "")
    .replace(/\r\n/g, "\n");
}
