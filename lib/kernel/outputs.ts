/**
 * What a value looks like under a cell: MIME bundles of plain JSON, cut to what a person can look at. Values
 * are known by what they can do, so that this knows no package. Tensors answer later, all else at once.
 */
import type { Json } from "../base/json.ts";
import type { MatrixOutput, MimeBundle } from "./mime.ts";
import { elementBundle } from "./outputs/element.ts";
import { jsonOf } from "./outputs/plain.ts";
import { isModel, modelBundle } from "./outputs/model.ts";
import { tableBundle } from "./outputs/table.ts";
import { isTensor, tensorBundle } from "./outputs/tensor.ts";
import { textOf } from "./outputs/text.ts";

/** A value that knows how it is shown: what `confusionMatrix` and the like return. */
export class Shows {
  readonly bundle: MimeBundle;
  constructor(bundle: MimeBundle) {
    this.bundle = bundle;
  }
}

/** The bundle of a value, or a promise of it; undefined for undefined, which shows nothing. */
export function bundleOf(value: unknown): MimeBundle | undefined | Promise<MimeBundle | undefined> {
  if (value === undefined) return undefined;
  if (value instanceof Shows) return value.bundle;
  if (value instanceof Promise) return value.then((settled: unknown) => bundleOf(settled));
  if (typeof value === "function") return { "text/plain": textOf(value) };
  if (typeof value !== "object" || value === null) return { "text/plain": textOf(value) };
  if (isTensor(value)) return tensorBundle(value);
  if (isModel(value)) return modelBundle(value);
  return (
    elementBundle(value) ??
    tableBundle(value) ??
    errorText(value) ?? { "application/json": jsonOf(value), "text/plain": textOf(value) }
  );
}

function errorText(value: object): MimeBundle | undefined {
  return value instanceof Error ? { "text/plain": `${value.name}: ${value.message}` } : undefined;
}

/** A confusion matrix as an output. */
export function matrixBundle(matrix: MatrixOutput): MimeBundle {
  const { labels, counts } = matrix;
  const rows = counts.map((row, i) => `${labels[i] ?? ""}\t${row.join("\t")}`);
  return {
    "application/vnd.ensemble.matrix+json": matrix satisfies Json,
    "text/plain": [`actual\t${labels.join("\t")}`, ...rows].join("\n"),
  };
}
