/** What a room is called on the screen, by the index: also one that was deleted. */
import type * as Y from "yjs";
import type { NotebookId } from "../../lib/base/ids.ts";
import { findNotebook, listDatasets } from "../../lib/document/indexDoc.ts";
import { parseRoomName } from "../../lib/document/rooms.ts";

/** "“Two moons”", "the list of runs". */
export function roomTitle(index: Y.Doc, name: string): string {
  const [kind, id = ""] = (parseRoomName(name)?.room ?? "").split("/");
  switch (kind) {
    case "notebook":
      return quoted(findNotebook(index, id as NotebookId)?.entry.title, "a notebook");
    case "dataset":
      return quoted(listDatasets(index).find((one) => one.id === id)?.name, "a dataset");
    case "run":
      return "a run";
    case "runs":
      return "the list of runs";
    default:
      return "the list of notebooks and datasets";
  }
}

function quoted(title: string | undefined, otherwise: string): string {
  return title === undefined ? otherwise : `“${title}”`;
}
