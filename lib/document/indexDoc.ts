/**
 * The shape of a workspace's index, and the only file that names its keys.
 *
 *   workspace: Y.Map { title }
 *   notebooks: Y.Map<NotebookId, Y.Map NotebookEntry>
 *   datasets:  Y.Map<DatasetId, Y.Map DatasetEntry>
 *
 * Entries are small: lists are drawn from them without opening the rooms behind.
 * Deleting sets a flag, so that what somebody wrote offline is not lost with the entry.
 */
import * as Y from "yjs";
import type { DatasetId, Digest, MemberId, NotebookId } from "../base/ids.ts";
import { isDigest } from "../base/ids.ts";
import { asNumber, asString } from "../base/json.ts";
import { edit } from "./edit.ts";

export interface NotebookEntry {
  readonly id: NotebookId;
  readonly title: string;
  readonly createdAt: number;
  readonly createdBy: MemberId;
}

export interface DatasetEntry {
  readonly id: DatasetId;
  readonly name: string;
  readonly kind: "table" | "images";
  /** The digest of the newest version: what `dataset(name)` reads when nothing is pinned. */
  readonly current: Digest;
  readonly rows: number;
  readonly columns: number;
  readonly createdAt: number;
  readonly createdBy: MemberId;
}

const UNTITLED = "Untitled";

export const indexRoots = {
  workspace: (doc: Y.Doc): Y.Map<unknown> => doc.getMap("workspace"),
  notebooks: (doc: Y.Doc): Y.Map<Y.Map<unknown>> => doc.getMap("notebooks"),
  datasets: (doc: Y.Doc): Y.Map<Y.Map<unknown>> => doc.getMap("datasets"),
};

export function workspaceTitle(doc: Y.Doc): string {
  return asString(indexRoots.workspace(doc).get("title")) ?? UNTITLED;
}

export function renameWorkspace(doc: Y.Doc, title: string): void {
  edit(doc, "renameWorkspace", () => indexRoots.workspace(doc).set("title", title));
}

/** Notebooks in the order they were made; the id breaks ties so that everybody sees one order. */
export function listNotebooks(doc: Y.Doc): NotebookEntry[] {
  return readEntries(indexRoots.notebooks(doc), parseNotebookEntry);
}

/** A notebook by its id, also where it was deleted; undefined where the index knows nothing of it. */
export function findNotebook(
  doc: Y.Doc,
  id: NotebookId,
): { readonly entry: NotebookEntry; readonly deleted: boolean } | undefined {
  const map: unknown = indexRoots.notebooks(doc).get(id);
  if (!(map instanceof Y.Map)) return undefined;
  return { entry: parseNotebookEntry(id, map), deleted: map.get("deleted") === true };
}

export function listDatasets(doc: Y.Doc): DatasetEntry[] {
  return readEntries(indexRoots.datasets(doc), parseDatasetEntry);
}

/** Add or replace the entry's fields; fields that are left out keep their value. */
export function putNotebookEntry(
  doc: Y.Doc,
  entry: Pick<NotebookEntry, "id"> & Partial<NotebookEntry>,
): void {
  putEntry(doc, "putNotebookEntry", indexRoots.notebooks(doc), entry);
}

export function putDatasetEntry(
  doc: Y.Doc,
  entry: Pick<DatasetEntry, "id"> & Partial<DatasetEntry>,
): void {
  putEntry(doc, "putDatasetEntry", indexRoots.datasets(doc), entry);
}

export function deleteEntry(doc: Y.Doc, kind: "notebooks" | "datasets", id: string): void {
  edit(doc, "deleteEntry", () => indexRoots[kind](doc).get(id)?.set("deleted", true));
}

export function restoreEntry(doc: Y.Doc, kind: "notebooks" | "datasets", id: string): void {
  edit(doc, "restoreEntry", () => indexRoots[kind](doc).get(id)?.delete("deleted"));
}

function putEntry(
  doc: Y.Doc,
  name: string,
  root: Y.Map<Y.Map<unknown>>,
  entry: { readonly id: string },
): void {
  edit(doc, name, () => {
    let map = root.get(entry.id);
    if (!map) {
      map = new Y.Map();
      root.set(entry.id, map);
    }
    for (const [key, value] of Object.entries(entry))
      if (key !== "id" && map.get(key) !== value) map.set(key, value);
  });
}

function readEntries<T extends { createdAt: number; id: string }>(
  root: Y.Map<Y.Map<unknown>>,
  parse: (id: string, map: Y.Map<unknown>) => T | undefined,
): T[] {
  const entries: T[] = [];
  for (const [id, map] of root) {
    if (!(map instanceof Y.Map) || map.get("deleted") === true) continue;
    const entry = parse(id, map);
    if (entry) entries.push(entry);
  }
  return entries.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

function parseNotebookEntry(id: string, map: Y.Map<unknown>): NotebookEntry {
  return {
    id: id as NotebookId,
    title: asString(map.get("title")) ?? UNTITLED,
    createdAt: asNumber(map.get("createdAt")) ?? 0,
    createdBy: (asString(map.get("createdBy")) ?? "") as MemberId,
  };
}

function parseDatasetEntry(id: string, map: Y.Map<unknown>): DatasetEntry | undefined {
  const name = asString(map.get("name"));
  const current = asString(map.get("current"));
  const kind = map.get("kind");
  if (name === undefined || current === undefined || !isDigest(current)) return undefined;
  if (kind !== "table" && kind !== "images") return undefined;
  return {
    id: id as DatasetId,
    name,
    kind,
    current,
    rows: asNumber(map.get("rows")) ?? 0,
    columns: asNumber(map.get("columns")) ?? 0,
    createdAt: asNumber(map.get("createdAt")) ?? 0,
    createdBy: (asString(map.get("createdBy")) ?? "") as MemberId,
  };
}
