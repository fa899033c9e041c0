/** The names of a table's columns: each has one, and no two have the same. */
import type { ImportNote } from "../document/datasetFacts.ts";

/** `names`: the first row, or undefined where the file has no header. */
export function nameColumns(
  names: readonly string[] | undefined,
  width: number,
): { names: string[]; notes: ImportNote[] } {
  const written = Array.from({ length: width }, (_, i) => (names?.[i] ?? "").trim());
  const taken = new Set(written);
  const used = new Set<string>();
  const unnamed: string[] = [];
  const renamed: string[] = [];
  const result = written.map((name, i) => {
    if (name !== "" && !used.has(name)) {
      used.add(name);
      return name;
    }
    const free = freeName(name === "" ? `column ${i + 1}` : `${name}_2`, taken);
    taken.add(free);
    used.add(free);
    (name === "" ? unnamed : renamed).push(free);
    return free;
  });
  if (!names) return { names: result, notes: [{ kind: "no-header" }] };
  const notes: ImportNote[] = [];
  if (unnamed.length > 0) notes.push({ kind: "unnamed-columns", columns: unnamed });
  if (renamed.length > 0) notes.push({ kind: "renamed-columns", columns: renamed });
  return { names: result, notes };
}

/** "x_2", else "x_3" …; "column 1", else "column 1_2" …. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/_2$/, "");
  for (let n = 2; ; n++) if (!taken.has(`${stem}_${n}`)) return `${stem}_${n}`;
}
