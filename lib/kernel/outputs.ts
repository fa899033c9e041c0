/**
 * What a value looks like under a cell: MIME bundles of plain JSON, cut to what a person can look at. Values
 * are known by what they can do, so that this knows no package. Tensors and pictures answer later, all else at
 * once.
 */
import type { Json } from "../base/json.ts";
import type { MatrixOutput, MimeBundle } from "./mime.ts";
import { elementBundle } from "./outputs/element.ts";
import { jsonOf } from "./outputs/plain.ts";
import { isModel, modelBundle } from "./outputs/model.ts";
import { isShows, shownAs } from "./outputs/shows.ts";
import { type KeepTable, tableBundle } from "./outputs/table.ts";
import { isTensor, tensorBundle } from "./outputs/tensor.ts";
import { textOf } from "./outputs/text.ts";

/**
 * The bundle of a value, or a promise of it; undefined for undefined, which shows nothing. `keepTable` is for
 * tables that are longer than what a document holds of them.
 */
export function bundleOf(
  value: unknown,
  keepTable?: KeepTable,
): MimeBundle | undefined | Promise<MimeBundle | undefined> {
  if (value === undefined) return undefined;
  if (value instanceof Promise)
    return value.then((settled: unknown) => bundleOf(settled, keepTable));
  if (typeof value === "function") return { "text/plain": textOf(value) };
  if (typeof value !== "object" || value === null) return { "text/plain": textOf(value) };
  if (isShows(value)) return value[shownAs]();
  if (isTensor(value)) return tensorBundle(value);
  if (isModel(value)) return modelBundle(value);
  return (
    elementBundle(value) ??
    tableBundle(value, keepTable) ??
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
