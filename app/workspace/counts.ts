/** How many of each thing a workspace holds, for the navigation; a section that is not counted has none. */
import type * as Y from "yjs";
import { listDatasets, listNotebooks } from "../../lib/document/indexDoc.ts";
import type { Section } from "../router.ts";

export type Counts = { readonly [section in Section]?: number };

/** `runs` comes from the summary of the workspace: their room is not opened to count them. */
export function countIn(index: Y.Doc, members: number, runs: number): Counts {
  return {
    notebooks: listNotebooks(index).length,
    datasets: listDatasets(index).length,
    runs,
    people: members,
  };
}
