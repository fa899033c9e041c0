/** A dataset in a few words, for lists and headings. */
import type { DatasetEntry } from "../../lib/document/indexDoc.ts";
import { count } from "./words.ts";

/** "344 rows, 7 columns", "5,000 images". */
export function sizeOf({
  kind,
  rows,
  columns,
}: Pick<DatasetEntry, "kind" | "rows" | "columns">): string {
  return kind === "table"
    ? `${count(rows, "row")}, ${count(columns, "column")}`
    : count(rows, "image");
}

/** "9f2c…e41b" */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 4)}…${digest.slice(-4)}`;
}
