/**
 * What a value looks like under a cell: MIME bundles of plain JSON, cut to what a person can look at. Values
 * are known by what they can do, so that this knows no package. Tensors and pictures answer later, all else at
 * once.
 */
import type { Json } from "../base/json.ts";
import type { MatrixOutput, MimeBundle } from "./mime.ts";
import { elementBundle, elementsBundle } from "./outputs/element.ts";
import { jsonOf } from "./outputs/plain.ts";
import { isModel, modelBundle } from "./outputs/model.ts";
import { pictureBundle } from "./outputs/picture.ts";
import { isShows, shownAs } from "./outputs/shows.ts";
import { type KeepTable, tableBundle } from "./outputs/table.ts";
import { isTensor, tensorBundle } from "./outputs/tensor.ts";
import { errorWords, textOf } from "./outputs/text.ts";
import { treeOf } from "./outputs/tree.ts";
import { vegaLiteBundle } from "./outputs/vegaLite.ts";

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
    vegaLiteBundle(value) ??
    pictureBundle(value) ??
    tableBundle(value, keepTable) ??
    elementsBundle(value) ??
    wordsBundle(value) ??
    treeBundle(value)
  );
}

/** JSON where it says all that there is to say. */
function treeBundle(value: object): MimeBundle {
  const { tree, rich } = treeOf(value);
  const words = { "text/plain": textOf(value) };
  return rich
    ? { "application/vnd.ensemble.tree+json": tree, ...words }
    : { "application/json": jsonOf(value), ...words };
}

function wordsBundle(value: object): MimeBundle | undefined {
  if (value instanceof Error) return { "text/plain": errorWords(value) };
  if (value instanceof Blob)
    return {
      "text/plain": `A file of ${value.size.toLocaleString("en")} bytes${value.type === "" ? "" : `, ${value.type}`}`,
    };
  return value instanceof Date || value instanceof RegExp
    ? { "text/plain": textOf(value) }
    : undefined;
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
