/**
 * The shape of a notebook's document, and the only file that names its keys.
 *
 *   settings: Y.Map { seed, backend, capturing }
 *   params:   Y.Map<name of a param, its value>   what somebody moved, outside undo
 *   cells:    Y.Map<CellId, Y.Map CellShape>   one map a cell: two people in two cells never clash
 *   outputs:  Y.Map<CellId, OutputRecord>      replaced as one value, outside undo and history
 *   versions: Y.Map<VersionId, NotebookVersion>   what notebookVersions.ts says of each; its state is a blob
 *
 * Reading order is each cell's own fractional `position`: a move is one write. Deleting is a flag.
 */
import type * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import { type Fields, fields } from "./fields.ts";

export interface CellShape {
  kind: "code" | "text";
  position: string;
  source: Y.Text;
  deleted: boolean;
  /** It defines nothing and does not run. */
  disabled: boolean;
  /** It runs by itself when an input changes. */
  auto: boolean;
}

export const notebookRoots = {
  settings: (doc: Y.Doc): Y.Map<unknown> => doc.getMap("settings"),
  params: (doc: Y.Doc): Y.Map<unknown> => doc.getMap("params"),
  cells: (doc: Y.Doc): Y.Map<Y.Map<unknown>> => doc.getMap("cells"),
  outputs: (doc: Y.Doc): Y.Map<unknown> => doc.getMap("outputs"),
  versions: (doc: Y.Doc): Y.Map<unknown> => doc.getMap("versions"),
};

export function cellFields(doc: Y.Doc, id: CellId): Fields<CellShape> | undefined {
  const map = notebookRoots.cells(doc).get(id);
  return map && fields<CellShape>(map);
}
