/**
 * Follows the workspace's datasets for the language service: their names from the index, and the columns of those
 * that the notebook speaks of from their own documents, which are opened for nothing else.
 */
import type * as Y from "yjs";
import { readVersions } from "../../lib/datasets/storeVersion.ts";
import type { DatasetColumn } from "../../lib/document/datasetFacts.ts";
import { type DatasetEntry, indexRoots, listDatasets } from "../../lib/document/indexDoc.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import type { KnownDataset } from "./datasetTypes.ts";
import type { DatasetFeed } from "./notebookLanguage.ts";

const MOST = 500;

export function openDatasetFeed(
  session: Pick<WorkspaceSession, "open">,
  index: Y.Doc,
  known: (datasets: readonly KnownDataset[]) => void,
): DatasetFeed {
  /** By the digest of a version, which never changes; "asked" while its document is being read. */
  const columns = new Map<string, readonly DatasetColumn[] | "asked">();
  const mentioned = new Set<string>();
  const closed = new AbortController();
  const root = indexRoots.datasets(index);
  let said = "";

  const entries = (): DatasetEntry[] => listDatasets(index).slice(-MOST);
  const columnsOf = ({ current }: DatasetEntry): readonly DatasetColumn[] | undefined => {
    const found = columns.get(current);
    return found === "asked" ? undefined : found;
  };
  const tell = (): void => {
    const datasets = entries().map((entry): KnownDataset => ({
      name: entry.name,
      kind: entry.kind,
      rows: entry.rows,
      columns: columnsOf(entry),
    }));
    const now = JSON.stringify(datasets);
    if (now === said || closed.signal.aborted) return;
    said = now;
    known(datasets);
  };
  const read = async ({ id, current }: DatasetEntry): Promise<void> => {
    columns.set(current, "asked");
    const isCurrent = (version: { readonly digest: string }): boolean => version.digest === current;
    try {
      const versions = await readVersions(session, id, isCurrent, closed.signal);
      const version = versions.find(isCurrent);
      if (version) columns.set(current, version.columns);
      else columns.delete(current);
    } catch {
      columns.delete(current); // the dataset's own page says what is wrong with it
    }
    tell();
  };
  const look = (): void => {
    for (const entry of entries())
      if (entry.kind === "table" && mentioned.has(entry.id) && !columns.has(entry.current))
        void read(entry);
    tell();
  };

  root.observeDeep(look);
  look();
  return {
    mention(sources) {
      for (const { id, name } of entries())
        if (!mentioned.has(id) && sources.some((source) => source.includes(name)))
          mentioned.add(id);
      look();
    },
    close() {
      closed.abort();
      root.unobserveDeep(look);
    },
  };
}
