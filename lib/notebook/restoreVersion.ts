/**
 * Makes a notebook what it was in a version, by a forward edit: what differs is written anew, in one transaction, and
 * the version's state itself is never merged. So what others write at the same time stands beside it, each client
 * and each log takes it as any edit, and it can be taken back.
 *
 * A cell that was made since is hidden, as a deletion hides it; one that was deleted since comes back. What is not
 * in a version, such as the output of a cell that had not run then, stays as it is.
 */
import { equalityDeep } from "lib0/function";
import * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import { edit } from "../document/edit.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import { plainValue } from "../kernel/params.ts";
import { type Cell, RESTORE_VERSION, listCellPlaces, listCells, positionOf } from "./notebook.ts";
import { outputOf } from "./outputs.ts";
import { isCapturing, seedOf } from "./settings.ts";
import { rewriteText } from "./textEdits.ts";

type Write = () => void;

/** Nothing is written where the notebook is as it was then. `state`: of the version, opened. */
export function restoreVersion(doc: Y.Doc, state: Y.Doc): void {
  const writes = writesFor(doc, state);
  if (writes.length === 0) return;
  edit(doc, RESTORE_VERSION, () => {
    for (const write of writes) write();
  });
}

/** Whether anything would be written. */
export function differsFrom(doc: Y.Doc, state: Y.Doc): boolean {
  return writesFor(doc, state).length > 0;
}

function writesFor(doc: Y.Doc, state: Y.Doc): Write[] {
  const cells = listCells(state);
  return [
    ...cells.flatMap((cell) => writesForCell(doc, cell, positionOf(state, cell.id))),
    ...hideOthers(doc, new Set(cells.map(({ id }) => id))),
    ...cells.flatMap(({ id }) => writesForOutput(doc, state, id)),
    ...writesForSettings(doc, state),
  ];
}

function writesForCell(doc: Y.Doc, cell: Cell, position: string | undefined): Write[] {
  const cells = notebookRoots.cells(doc);
  const map = cells.get(cell.id);
  const text = map instanceof Y.Map ? map.get("source") : undefined;
  if (!(map instanceof Y.Map) || !(text instanceof Y.Text))
    return [() => void cells.set(cell.id, newCell(cell, position))];
  return [
    ...writesForKey(map, "deleted", undefined),
    ...writesForKey(map, "kind", cell.kind),
    ...writesForKey(map, "position", position ?? map.get("position")),
    ...writesForKey(map, "disabled", cell.disabled),
    ...writesForKey(map, "auto", cell.auto),
    ...(text.toJSON() === cell.source ? [] : [() => rewriteText(text, cell.source)]),
  ];
}

function newCell(cell: Cell, position: string | undefined): Y.Map<unknown> {
  const map = new Y.Map<unknown>();
  map.set("kind", cell.kind);
  map.set("position", position ?? "a0");
  map.set("source", new Y.Text(cell.source));
  if (cell.disabled === true) map.set("disabled", true);
  if (cell.auto === true) map.set("auto", true);
  return map;
}

/** Undefined takes the key away. */
function writesForKey(map: Y.Map<unknown>, key: string, value: unknown): Write[] {
  if (value === undefined) return map.has(key) ? [() => map.delete(key)] : [];
  return equalityDeep(map.get(key), value) ? [] : [() => void map.set(key, value)];
}

function hideOthers(doc: Y.Doc, kept: ReadonlySet<CellId>): Write[] {
  return listCellPlaces(doc)
    .filter(({ id }) => !kept.has(id))
    .map(
      ({ id }) =>
        () =>
          void notebookRoots.cells(doc).get(id)?.set("deleted", true),
    );
}

function writesForOutput(doc: Y.Doc, state: Y.Doc, id: CellId): Write[] {
  const output = outputOf(state, id);
  if (!output || equalityDeep(output, outputOf(doc, id))) return [];
  return [() => void notebookRoots.outputs(doc).set(id, output)];
}

function writesForSettings(doc: Y.Doc, state: Y.Doc): Write[] {
  const [seed, capturing] = [seedOf(state), isCapturing(state)];
  const settings = notebookRoots.settings(doc);
  const [params, then] = [notebookRoots.params(doc), notebookRoots.params(state)];
  const names = new Set([...params.keys(), ...then.keys()]);
  return [
    ...(seed === seedOf(doc) ? [] : [() => void settings.set("seed", seed)]),
    ...(capturing === isCapturing(doc) ? [] : [() => void settings.set("capturing", capturing)]),
    ...[...names].flatMap((name) => writesForKey(params, name, plainValue(then.get(name)))),
  ];
}
