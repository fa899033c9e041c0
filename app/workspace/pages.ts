/** The pages of a workspace by section. A section stands in the navigation when its list is here. */
import type { Component } from "svelte";
import type * as Y from "yjs";
import type { Presence, WorkspaceSession } from "../../lib/workspace/session.ts";
import type { Workspaces } from "../../lib/workspace/workspaces.ts";
import type { Section } from "../router.ts";

/** What every page of a workspace is given. */
export interface PageProps {
  readonly workspaces: Workspaces;
  readonly session: WorkspaceSession;
  readonly index: Y.Doc;
  /** Which one, on the page of one thing. */
  readonly id: string | undefined;
  /** Who has the workspace open now. */
  readonly here: readonly Presence[];
  readonly onopen: (path: string) => void;
  /** Tells where on the page this person is: "cell 8". */
  readonly onspot: (spot: string | undefined) => void;
}

// A page may want its id branded, or none of this: props are wider here than in any of them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type LoadPage = () => Promise<{ readonly default: Component<any> }>;

export interface SectionPages {
  readonly list: LoadPage;
  readonly one?: LoadPage;
}

export const pages: { readonly [section in Section]?: SectionPages } = {
  notebooks: {
    list: () => import("../notebook/NotebookList.svelte"),
    one: () => import("../notebook/NotebookPage.svelte"),
  },
  datasets: {
    list: () => import("../datasets/DatasetList.svelte"),
    one: () => import("../datasets/Dataset.svelte"),
  },
  runs: {
    list: () => import("../runs/RunList.svelte"),
    one: () => import("../runs/Run.svelte"),
  },
  people: {
    list: () => import("../people/People.svelte"),
  },
  storage: {
    list: () => import("../storage/StoragePage.svelte"),
  },
};

/** The code for a page, or undefined where there is no such page. */
export function pageFor(section: Section, id: string | undefined): LoadPage | undefined {
  return id === undefined ? pages[section]?.list : pages[section]?.one;
}
