/** Tells of what can make an output stale: the cells, the settings, and the versions of the workspace's datasets. */
import * as Y from "yjs";
import type { Digest } from "../base/ids.ts";
import { indexRoots, listDatasets } from "../document/indexDoc.ts";
import { notebookRoots } from "../document/notebookDoc.ts";

/** `changed`: `typed` where only the text of cells did. Gives back how to stop. */
export function watchNotebook(
  { doc, index }: { readonly doc: Y.Doc; readonly index: Y.Doc },
  changed: (typed: boolean) => void,
): () => void {
  const inCells = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void =>
    changed(events.every((event) => event.target instanceof Y.Text));
  const elsewhere = (): void => changed(false);
  const cells = notebookRoots.cells(doc);
  const settings = notebookRoots.settings(doc);
  const datasets = indexRoots.datasets(index);
  cells.observeDeep(inCells);
  settings.observe(elsewhere);
  datasets.observeDeep(elsewhere);
  return () => {
    cells.unobserveDeep(inCells);
    settings.unobserve(elsewhere);
    datasets.unobserveDeep(elsewhere);
  };
}

/** The newest version of each dataset by its name; of two that bear one name, the one made first. */
export function currentVersions(index: Y.Doc): ReadonlyMap<string, Digest> {
  const versions = new Map<string, Digest>();
  for (const { name, current } of listDatasets(index))
    if (!versions.has(name)) versions.set(name, current);
  return versions;
}
