/** Takes turns at the models, round after round. Knows nothing of who fits them, nor of where. */
import type { ModelId } from "./models.ts";

export interface Rounds<Turn> {
  /** A model that failed has none. */
  readonly turns: ReadonlyMap<ModelId, readonly Turn[]>;
  /** Why a model failed. */
  readonly failed: ReadonlyMap<ModelId, string>;
}

/** A model that fails is left out from there on. `rounds` is asked again after each. */
export async function takeRounds<Task, Turn>(
  tasks: ReadonlyMap<ModelId, Task>,
  rounds: () => number,
  take: (task: Task, round: number) => Promise<Turn>,
): Promise<Rounds<Turn>> {
  const turns = new Map<ModelId, Turn[]>();
  const failed = new Map<ModelId, string>();
  for (let round = 0; round < rounds(); round++)
    for (const [id, task] of tasks) {
      if (failed.has(id)) continue;
      try {
        const turn = await take(task, round);
        turns.set(id, [...(turns.get(id) ?? []), turn]);
      } catch (error) {
        turns.delete(id);
        failed.set(id, error instanceof Error ? error.message : String(error));
      }
    }
  return { turns, failed };
}
