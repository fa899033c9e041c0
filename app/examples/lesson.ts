/** A lesson: a notebook as it is written down in the code, and how it becomes one in a document. */
import type * as Y from "yjs";
import type { CellId } from "../../lib/base/ids.ts";
import { edit } from "../../lib/document/edit.ts";
import { type CellKind, addCell } from "../../lib/notebook/notebook.ts";

export interface Lesson {
  readonly title: string;
  readonly cells: readonly LessonCell[];
}

export interface LessonCell {
  readonly id: CellId;
  readonly kind: CellKind;
  readonly source: string;
}

/** Numbers the cells: the same lesson has the same cell ids wherever it is opened. */
export function lesson(
  title: string,
  prefix: string,
  cells: readonly { readonly text?: string; readonly code?: string }[],
): Lesson {
  return {
    title,
    cells: cells.map(({ text, code }, i) => ({
      id: cellIdOf(prefix, i),
      kind: code === undefined ? "text" : "code",
      source: (code ?? text ?? "").trim(),
    })),
  };
}

/** Writes the lesson into a new notebook's document, as one edit. */
export function writeLesson(doc: Y.Doc, { cells }: Lesson): void {
  edit(doc, "writeLesson", () => {
    for (const { id, kind, source } of cells) addCell(doc, id, kind, { source });
  });
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

function cellIdOf(prefix: string, index: number): CellId {
  return `${prefix}${LETTERS[index] ?? "z"}`.padEnd(16, "2") as CellId;
}
