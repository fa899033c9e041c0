/**
 * One undo for the whole notebook: what this person typed in any cell and did to any cell, newest first;
 * never what others did. An edit is one step, typing is a step for each pause. Outputs and settings come back with a
 * version that is taken back, and with nothing else.
 */
import * as Y from "yjs";
import { isEdit } from "../../lib/document/edit.ts";
import { notebookRoots } from "../../lib/document/notebookDoc.ts";
import { RESTORE_VERSION } from "../../lib/notebook/notebook.ts";

/** An edit of this name is left out: it makes something that the edit after it shows, which can be undone. */
export const MAKE_CELL = "makeCell";

/** Editors add themselves as origins (y-codemirror); edits are known by their origin's shape. */
export function notebookUndo(doc: Y.Doc): Y.UndoManager {
  const { cells, outputs, params, settings } = notebookRoots;
  const changedCells = (types: ReadonlyMap<object, unknown>): boolean => types.has(cells(doc));
  const scope = [cells(doc), outputs(doc), params(doc), settings(doc)];
  const undo: Y.UndoManager = new Y.UndoManager(scope, {
    trackedOrigins: new Set<unknown>([Object]),
    captureTransaction({ origin, changedParentTypes }) {
      const from: unknown = origin;
      if (from instanceof Object && from.constructor === Object) {
        if (!isEdit(from) || from.edit === MAKE_CELL) return false;
        if (from.edit !== RESTORE_VERSION && !changedCells(changedParentTypes)) return false;
        undo.stopCapturing();
      }
      return true;
    },
  });
  undo.on("stack-item-added", ({ origin }: { origin: unknown }) => {
    if (isEdit(origin)) undo.stopCapturing();
  });
  return undo;
}
