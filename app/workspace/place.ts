/** Where in a workspace a tab is: what the breadcrumb, the browser's tab and the other members are told. */
import type * as Y from "yjs";
import { listDatasets, listNotebooks } from "../../lib/document/indexDoc.ts";
import type { Section } from "../router.ts";

export interface Place {
  readonly section: Section;
  readonly id: string | undefined;
  /** The name of the one thing on the page, or of the section. */
  readonly label: string;
}

export const sectionNames: { readonly [section in Section]: string } = {
  notebooks: "Notebooks",
  datasets: "Datasets",
  runs: "Runs",
  people: "People",
  storage: "On this device",
};

export function placeOf(index: Y.Doc, section: Section, id: string | undefined): Place {
  return { section, id, label: nameOf(index, section, id) ?? sectionNames[section] };
}

/** The path below the workspace's own: "notebooks/abc…". */
export function pathWithin({ section, id }: Place): string {
  return id === undefined ? section : `${section}/${id}`;
}

function nameOf(index: Y.Doc, section: Section, id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  switch (section) {
    case "notebooks":
      return listNotebooks(index).find((entry) => entry.id === id)?.title;
    case "datasets":
      return listDatasets(index).find((entry) => entry.id === id)?.name;
    case "runs":
      return "Run";
    case "people":
    case "storage":
      return undefined;
  }
}
