/**
 * Captured training beside TensorFlow.js alone and jax-js: one run, in turns, in Node alone. Once without kernels, where
 * what is left is JavaScript and the driver's part, and once on the machine's own adapter, or on software's.
 */
import type { Adapter, AdapterKind } from "./capture/adapter.ts";
import { type ModelId, models } from "./capture/models.ts";
import { compared, held, printed } from "./capture/table.ts";
import type { Turn } from "./capture/task.ts";
import { type Turns, prepareTurns } from "./capture/turns.ts";
import { record, roundsOf } from "./figures.ts";

const ROUNDS = { empty: roundsOf(5), software: roundsOf(1), hardware: roundsOf(5) } as const;

const parts: Readonly<Record<string, AdapterKind>> = { empty: "empty", kernels: "real" };

/** All parts, or the one that is named. */
export async function measure(named?: string): Promise<boolean> {
  if (named !== undefined && !(named in parts))
    throw new Error(`its parts are ${Object.keys(parts).join(", ")}`);
  console.log(`  ${new Date().toISOString().slice(0, 10)}`);
  const turns = await prepareTurns();
  try {
    const found: Record<string, object> = {};
    let ok = true;
    for (const [name, kind] of Object.entries(parts)) {
      if (named !== undefined && name !== named) continue;
      const result = await measureOn(kind, turns);
      found[name] = result.found;
      ok = result.ok && ok;
    }
    await record(named === undefined ? "capture" : `capture-${named}`, found);
    return ok;
  } finally {
    await turns.close();
  }
}

async function measureOn(
  kind: AdapterKind,
  turns: Turns,
): Promise<{ readonly ok: boolean; readonly found: object }> {
  const ids = Object.keys(models) as ModelId[];
  const all = new Map<ModelId, Turn[]>(ids.map((id) => [id, []]));
  let adapter: Adapter | undefined;
  const failed = new Map<ModelId, string>();
  for (let round = 0; round < ROUNDS[adapter?.kind ?? "empty"]; round++)
    for (const id of ids) {
      if (failed.has(id)) continue;
      try {
        const turn = await turns.take({ adapter: kind, model: id, round });
        if (!adapter) console.log(`  on ${turn.adapter.name}`);
        adapter = turn.adapter;
        all.get(id)?.push(turn);
      } catch (error) {
        failed.set(id, error instanceof Error ? error.message : String(error));
      }
    }
  if (!adapter) throw new Error([...failed.values()].join("\n"));
  const found: Record<string, object> = {};
  const judged: (() => boolean)[] = [];
  for (const [id, taken] of all) {
    const why = failed.get(id);
    const comparison = why === undefined ? compared(taken) : undefined;
    if (why !== undefined) console.error(`  ${models[id].name} failed: ${why}`);
    else if (!comparison) console.log(`  ${models[id].name}: left out, it takes minutes here`);
    if (!comparison) continue;
    printed(id, comparison);
    const { kind: on } = adapter;
    judged.push(() => held(id, on, comparison));
    found[id] = comparison;
  }
  const ok = judged.map((judge) => judge()).every(Boolean) && failed.size === 0;
  return { ok, found: { adapter, models: found } };
}
