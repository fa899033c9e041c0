/** A new cell as a step that can be undone without losing what others write into it meanwhile. */
import type * as Y from "yjs";
import { type CellId, newId } from "../../lib/base/ids.ts";
import { edit } from "../../lib/document/edit.ts";
import {
  type After,
  type CellKind,
  addCell,
  deleteCell,
  restoreCell,
} from "../../lib/notebook/notebook.ts";
import { cryptoWorld } from "./cryptoWorld.ts";
import { MAKE_CELL } from "./undo.ts";

/** Undoing hides the cell again, as deleting does; it never takes the text away. */
export function insertCell(
  doc: Y.Doc,
  kind: CellKind,
  options: { readonly source?: string; readonly after?: After } = {},
): CellId {
  const id = newId<CellId>(cryptoWorld);
  edit(doc, MAKE_CELL, () => {
    addCell(doc, id, kind, options);
    deleteCell(doc, id);
  });
  restoreCell(doc, id);
  return id;
}
