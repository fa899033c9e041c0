/** What the dialog that renames a dataset says: cells find data by its name, so no two may have one. */
import type { DatasetEntry } from "../../lib/document/indexDoc.ts";

export function renameWords(entry: DatasetEntry, entries: readonly DatasetEntry[]) {
  return {
    heading: "Rename dataset",
    label: "Name",
    does: "Rename",
    longest: 120,
    name: entry.name,
    hint: `Cells that read dataset("${entry.name}") have to be changed to the new name.`,
    refuse: (name: string) =>
      entries.some((one) => one.id !== entry.id && one.name === name)
        ? `Another dataset is called “${name}”. Choose a name that none has.`
        : undefined,
  };
}
