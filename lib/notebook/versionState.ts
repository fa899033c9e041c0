/**
 * The state of a notebook that a version keeps, as bytes: a new document with what the notebook shows, encoded whole.
 * Neither what was deleted nor the list of the versions is in it, so that a version weighs what it says, and the
 * hundredth no more than the first.
 */
import * as Y from "yjs";
import { notebookRoots } from "../document/notebookDoc.ts";
import type { NotebookVersion } from "../document/notebookVersions.ts";
import type { Blobs } from "../workspace/session.ts";
import { listCellPlaces } from "./notebook.ts";

/** Bigger than this no state is opened, in bytes: no notebook that the server takes makes one. */
const MOST_IN_STATE = 64 * 1024 * 1024;

/** A document that nobody else writes to, and that is never merged into another. */
export type OpenedState =
  | { readonly ok: true; readonly doc: Y.Doc }
  /** "missing": neither on this device nor to be had from the server now. "damaged": it is no state of a notebook. */
  | { readonly ok: false; readonly why: "missing" | "damaged" };

export function encodeState(doc: Y.Doc): Uint8Array<ArrayBuffer> {
  const state = copyOf(doc);
  const bytes = Y.encodeStateAsUpdateV2(state);
  state.destroy();
  return bytes as Uint8Array<ArrayBuffer>;
}

/** What a notebook shows now, as a document of its own. */
export function copyOf(doc: Y.Doc): Y.Doc {
  const state = new Y.Doc();
  state.transact(() => {
    for (const root of [notebookRoots.settings, notebookRoots.params])
      for (const [key, value] of root(doc)) if (isPlain(value)) root(state).set(key, value);
    for (const { id } of listCellPlaces(doc)) {
      const cell = notebookRoots.cells(doc).get(id);
      if (cell) notebookRoots.cells(state).set(id, cell.clone());
      const output = notebookRoots.outputs(doc).get(id);
      if (output !== undefined && isPlain(output)) notebookRoots.outputs(state).set(id, output);
    }
  });
  return state;
}

function isPlain(value: unknown): boolean {
  return !(value instanceof Y.AbstractType || value instanceof Y.Doc);
}

export async function openVersion(blobs: Blobs, version: NotebookVersion): Promise<OpenedState> {
  const { manifest } = version;
  if (manifest.size > MOST_IN_STATE) return { ok: false, why: "damaged" };
  let bytes: Uint8Array;
  try {
    bytes = await blobs.get(manifest);
  } catch {
    return { ok: false, why: "missing" };
  }
  const doc = new Y.Doc();
  try {
    Y.applyUpdateV2(doc, bytes);
    if (!doc.store.pendingStructs && !doc.store.pendingDs) return { ok: true, doc };
  } catch {
    // bytes of something else
  }
  doc.destroy();
  return { ok: false, why: "damaged" };
}
