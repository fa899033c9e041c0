/** Which form of an output is shown: the richest one that parses, by the order of the kernel. */
import type { Json } from "../../../lib/base/json.ts";
import {
  type ConsoleOutput,
  type ErrorOutput,
  MIME_ORDER,
  type MatrixOutput,
  type MimeBundle,
  type MimeType,
  type ModelOutput,
  type TableOutput,
  type TensorOutput,
  type TreeOutput,
} from "../../../lib/kernel/mime.ts";
import { type ParamControl, parseControl } from "../../../lib/kernel/params.ts";
import {
  parseConsole,
  parseError,
  parseFile,
  parseMarkup,
  parseMatrix,
  parseModel,
  parsePng,
  parseTable,
  parseTensor,
  parseText,
  parseTree,
  treeOfJson,
} from "./parse.ts";

export type Shown =
  | { readonly as: "error"; readonly value: ErrorOutput }
  | { readonly as: "console"; readonly value: ConsoleOutput }
  | { readonly as: "control"; readonly value: ParamControl }
  | { readonly as: "table"; readonly value: TableOutput }
  | { readonly as: "matrix"; readonly value: MatrixOutput }
  | { readonly as: "tensor"; readonly value: TensorOutput }
  | {
      /** `file`: the URL of an image that holds itself. */
      readonly as: "svg" | "png" | "file" | "html" | "markdown" | "plain";
      readonly value: string;
    }
  | { readonly as: "model"; readonly value: ModelOutput }
  | { readonly as: "tree"; readonly value: TreeOutput }
  /** Read with care by who draws it. */
  | { readonly as: "vega"; readonly value: Json };

/** Undefined where no form of the bundle can be shown. */
export function readBundle(bundle: MimeBundle): Shown | undefined {
  for (const mime of MIME_ORDER) {
    const value = bundle[mime];
    const shown = value === undefined ? undefined : read(mime, value);
    if (shown?.value !== undefined) return shown as Shown;
  }
  return undefined;
}

function read(mime: MimeType, value: Json): { as: Shown["as"]; value: unknown } {
  switch (mime) {
    case "application/vnd.ensemble.error+json":
      return { as: "error", value: parseError(value) };
    case "application/vnd.ensemble.console+json":
      return { as: "console", value: parseConsole(value) };
    case "application/vnd.ensemble.control+json":
      return { as: "control", value: parseControl(value) };
    case "application/vnd.ensemble.table+json":
      return { as: "table", value: parseTable(value) };
    case "application/vnd.ensemble.matrix+json":
      return { as: "matrix", value: parseMatrix(value) };
    case "application/vnd.ensemble.tensor+json":
      return { as: "tensor", value: parseTensor(value) };
    case "application/vnd.ensemble.model+json":
      return { as: "model", value: parseModel(value) };
    case "application/vnd.ensemble.tree+json":
      return { as: "tree", value: parseTree(value) };
    case "application/vnd.vegalite.v6+json":
      return { as: "vega", value };
    case "image/jpeg":
      return { as: "file", value: parseFile("jpeg", value) };
    case "image/webp":
      return { as: "file", value: parseFile("webp", value) };
    case "image/gif":
      return { as: "file", value: parseFile("gif", value) };
    case "image/svg+xml":
      return { as: "svg", value: parseMarkup(value) };
    case "image/png":
      return { as: "png", value: parsePng(value) };
    case "text/html":
      return { as: "html", value: parseMarkup(value) };
    case "text/markdown":
      return { as: "markdown", value: parseText(value) };
    case "application/json":
      return { as: "tree", value: treeOfJson(value) };
    case "text/plain":
      return { as: "plain", value: parseText(value) };
  }
}
