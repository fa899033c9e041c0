/** What the history says: of a version, of what differs, of what cannot be opened. Pure. */
import { assertNever } from "../../../lib/base/assertNever.ts";
import type { NotebookVersion } from "../../../lib/document/notebookVersions.ts";
import type { CellChange } from "../../../lib/notebook/compareVersions.ts";
import type { OpenedState } from "../../../lib/notebook/versionState.ts";
import type { Member } from "../../../lib/workspace/session.ts";
import { firstName } from "../../ui/member.ts";

export function nameOf(version: Pick<NotebookVersion, "message">): string {
  return version.message.trim() === "" ? "Without a name" : version.message;
}

export function authorOf(
  { author, authorName }: Pick<NotebookVersion, "author" | "authorName">,
  me: Pick<Member, "id">,
): string {
  if (author === me.id) return "You";
  return firstName(authorName) || "Somebody";
}

/** "3 cells changed since the one before", "First version, 12 cells". */
export function changeWords({ parent, cells, changed }: NotebookVersion): string {
  const all = countCells(cells);
  if (parent === null) return `First version, ${all}`;
  if (changed === null) return all;
  if (changed === 0) return "No cell changed since the one before";
  return `${countCells(changed)} changed since the one before`;
}

/** "3 cells differ from now". */
export function differWords(count: number): string {
  if (count === 0) return "No cell differs from now";
  return `${countCells(count)} ${count === 1 ? "differs" : "differ"} from now`;
}

function countCells(count: number): string {
  return count === 1 ? "1 cell" : `${count} cells`;
}

/** What a cell's mark means: how it stands to the notebook of now. */
export function cellWords({ how, moved, before, after }: CellChange): string {
  const also = moved ? "moved since" : "";
  switch (how) {
    case "added":
      return "added since";
    case "deleted":
      return "deleted since";
    case "same":
      return also;
    case "changed": {
      const said = before?.source !== after?.source ? ["changed since"] : [];
      if (before?.kind !== after?.kind) said.push(after?.kind === "text" ? "text now" : "code now");
      if (before?.disabled !== after?.disabled)
        said.push(after?.disabled === true ? "disabled now" : "enabled now");
      if (before?.auto !== after?.auto)
        said.push(after?.auto === true ? "runs by itself now" : "runs by hand now");
      return [...said, ...(moved ? [also] : [])].join(", ");
    }
    default:
      return assertNever(how);
  }
}

/** Why a version cannot be shown: what happened, and what to do. */
export function absentWords(
  why: (OpenedState & { ok: false })["why"],
  version: NotebookVersion,
  me: Pick<Member, "id">,
): { readonly heading: string; readonly words: readonly string[] } {
  if (why === "damaged")
    return {
      heading: "This version cannot be read",
      words: [
        `What is kept of “${nameOf(version)}” is damaged, or was never a notebook.`,
        "The notebook itself and its other versions are not touched.",
      ],
    };
  const who = authorOf(version, me);
  const whose = who === "You" ? "The browser that you saved it in" : `${who}’s browser`;
  return {
    heading: "This version is not here yet",
    words: [
      `“${nameOf(version)}” is not on this device, and the server does not have it or cannot be reached.`,
      `Try again when you are online. ${whose} may still have to send it.`,
    ],
  };
}
