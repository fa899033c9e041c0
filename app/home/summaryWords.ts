/** What a workspace holds, in a line. */
import type { WorkspaceSummary } from "../../lib/workspace/workspaces.ts";

type Counts = Pick<WorkspaceSummary, "notebooks" | "datasets" | "runs" | "onServer">;

/** "3 notebooks, 1 dataset, 46 runs"; what it has none of is left out. */
export function summaryWords({ notebooks, datasets, runs, onServer }: Counts): string {
  const counts = [
    counted(notebooks, "notebook"),
    counted(datasets, "dataset"),
    counted(runs, "run"),
  ].filter((words) => words !== undefined);
  const held = counts.join(", ");
  if (onServer) return held || "Empty";
  return held ? `${held} · only on this device` : "Only on this device";
}

function counted(count: number, word: string): string | undefined {
  return count === 0 ? undefined : `${count} ${word}${count === 1 ? "" : "s"}`;
}
