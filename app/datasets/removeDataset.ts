/** Takes a dataset off the list, with a way back for as long as the word about it stands. */
import type * as Y from "yjs";
import { type DatasetEntry, deleteEntry, restoreEntry } from "../../lib/document/indexDoc.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import { report } from "../people/report.ts";
import { toast } from "../ui/toast.ts";

export function removeDataset(
  session: Pick<WorkspaceSession, "report">,
  index: Y.Doc,
  entry: DatasetEntry,
): void {
  const act = { what: "dataset", id: entry.id, name: entry.name } as const;
  deleteEntry(index, "datasets", entry.id);
  report(session, { kind: "delete", ...act });
  toast(`“${entry.name}” was deleted.`, {
    words: "Undo",
    act: () => {
      restoreEntry(index, "datasets", entry.id);
      report(session, { kind: "restore", ...act });
    },
  });
}
