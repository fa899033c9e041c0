/** Saves a table as a CSV file on the person's own disk. */
import type { StoredTable } from "../../lib/datasets/arrow.ts";
import { writeCsv } from "../../lib/datasets/writeCsv.ts";

const BREATHE_EVERY_MS = 50;
const KEPT_MS = 60_000;

/** Written in parts, so that the page answers while a large table is written. */
export async function exportCsv(name: string, table: StoredTable): Promise<void> {
  const parts: string[] = [];
  let since = performance.now();
  for (const part of writeCsv(table)) {
    parts.push(part);
    if (performance.now() - since < BREATHE_EVERY_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
  const url = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
