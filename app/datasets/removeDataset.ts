/** Takes a dataset off the list, with a way back for as long as the word about it stands. */
import type * as Y from "yjs";
import { type DatasetEntry, deleteEntry, restoreEntry } from "../../lib/document/indexDoc.ts";
import { toast } from "../ui/toast.ts";

export function removeDataset(index: Y.Doc, entry: DatasetEntry): void {
  deleteEntry(index, "datasets", entry.id);
  toast(`“${entry.name}” was deleted.`, {
    words: "Undo",
    act: () => restoreEntry(index, "datasets", entry.id),
  });
}
