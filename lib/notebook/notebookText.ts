/** A notebook as text that is read without Ensemble: Markdown, its code in fences. Outputs are not in it. */
import type * as Y from "yjs";
import { listCells } from "./notebook.ts";

export function notebookText(doc: Y.Doc): string {
  return listCells(doc)
    .map(({ kind, source }) => (kind === "text" ? source : fenced(source)))
    .join("\n\n");
}

/** The fence is longer than any that the code has in it. */
function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}ts\n${code}\n${fence}`;
}
