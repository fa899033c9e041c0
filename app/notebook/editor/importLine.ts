/** Where a line of import goes in a cell: after the imports that stand at its top, else before everything. */
import type { EditorState, TransactionSpec } from "@codemirror/state";

const IMPORT = /^\s*import\b.*\bfrom\s*["'][^"']*["'];?\s*$/;

export function importLineAt({ doc }: EditorState, line: string): TransactionSpec {
  let last = 0;
  while (last < doc.lines && IMPORT.test(doc.line(last + 1).text)) last++;
  const from = last === 0 ? 0 : doc.line(last).to;
  return {
    changes: { from, insert: last === 0 ? `${line}\n` : `\n${line}` },
    userEvent: "input.complete",
  };
}
