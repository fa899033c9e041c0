/** What the palette offers: places of the workspace to go to, and things to do. */
import House from "@lucide/svelte/icons/house";
import NotebookText from "@lucide/svelte/icons/notebook-text";
import Pencil from "@lucide/svelte/icons/pencil";
import Plus from "@lucide/svelte/icons/plus";
import Table2 from "@lucide/svelte/icons/table-2";
import UserPlus from "@lucide/svelte/icons/user-plus";
import type { LucideProps } from "@lucide/svelte";
import type { Component } from "svelte";
import type * as Y from "yjs";
import { listDatasets, listNotebooks } from "../../lib/document/indexDoc.ts";
import type { Member, WorkspaceSession } from "../../lib/workspace/session.ts";
import { newNotebook } from "../notebook/newNotebook.ts";
import { pathTo, sections } from "../router.ts";
import { pages } from "./pages.ts";
import { sectionNames } from "./place.ts";
import { sectionIcons } from "./sectionIcons.ts";

export interface Command {
  readonly key: string;
  readonly words: string;
  readonly group: "Go to" | "Do";
  /** What kind of thing it leads to: "Notebook". */
  readonly kind?: string;
  readonly icon: Component<LucideProps>;
  readonly act: () => void;
}

export interface CommandWorld {
  readonly session: Pick<WorkspaceSession, "id">;
  readonly index: Y.Doc;
  readonly me: Member;
  readonly onopen: (path: string) => void;
  readonly onshare: () => void;
  /** Undefined for those who may not. */
  readonly onrename: (() => void) | undefined;
}

/** Everything that can be gone to or done in the workspace as it is now. */
export function commandsOf(world: CommandWorld): Command[] {
  return [...placesToGo(world), ...thingsToDo(world)];
}

function placesToGo({ session, index, onopen }: CommandWorld): Command[] {
  const go = (path: string) => (): void => onopen(path);
  return [
    ...listNotebooks(index).map(({ id, title }) => ({
      key: id,
      words: title,
      group: "Go to" as const,
      kind: "Notebook",
      icon: NotebookText,
      act: go(pathTo(session.id, "notebooks", id)),
    })),
    ...(pages.datasets ? listDatasets(index) : []).map(({ id, name }) => ({
      key: id,
      words: name,
      group: "Go to" as const,
      kind: "Dataset",
      icon: Table2,
      act: go(pathTo(session.id, "datasets", id)),
    })),
    ...sections
      .filter((section) => pages[section])
      .map((section) => ({
        key: section,
        words: sectionNames[section],
        group: "Go to" as const,
        icon: sectionIcons[section],
        act: go(pathTo(session.id, section)),
      })),
    { key: "home", words: "All workspaces", group: "Go to", icon: House, act: go("/") },
  ];
}

function thingsToDo({ session, index, me, onopen, onshare, onrename }: CommandWorld): Command[] {
  const create = (): void => onopen(pathTo(session.id, "notebooks", newNotebook(index, me.id)));
  return [
    ...(me.role === "viewer"
      ? []
      : [{ key: "new", words: "New notebook", group: "Do" as const, icon: Plus, act: create }]),
    { key: "share", words: "Share workspace", group: "Do", icon: UserPlus, act: onshare },
    ...(onrename
      ? [
          {
            key: "rename",
            words: "Rename workspace",
            group: "Do" as const,
            icon: Pencil,
            act: onrename,
          },
        ]
      : []),
  ];
}
