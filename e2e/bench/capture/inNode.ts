/** Captured training beside TensorFlow.js alone and jax-js, each turn in a process of Node's of its own. */
import { roundsOf } from "../figures.ts";
import type { Adapter, AdapterKind } from "./adapter.ts";
import { type ModelId, models } from "./models.ts";
import type { Measured } from "./measured.ts";
import { takeRounds } from "./rounds.ts";
import type { Rate } from "./task.ts";
import { compared, held, printed } from "./table.ts";
import { type Turns, prepareTurns } from "./turns.ts";

const ROUNDS = { empty: roundsOf(5), software: roundsOf(1), hardware: roundsOf(5) } as const;

const FOR = { always: "all steps", "each batch": "each batch" } as const;

export async function measureInNode(kind: AdapterKind, rate: Rate = "always"): Promise<Measured> {
  const turns = await prepareTurns();
  try {
    return await measureOn(kind, rate, turns);
  } finally {
    await turns.close();
  }
}

async function measureOn(kind: AdapterKind, rate: Rate, all: Turns): Promise<Measured> {
  let adapter: Adapter | undefined;
  const ids = Object.keys(models) as ModelId[];
  const { turns, failed } = await takeRounds(
    new Map(ids.map((id) => [id, { adapter: kind, model: id, rate }])),
    () => ROUNDS[adapter?.kind ?? "empty"],
    async (task, round) => {
      const turn = await all.take({ ...task, round });
      if (!adapter) console.log(`  on ${turn.adapter.name}, a learning rate for ${FOR[rate]}`);
      adapter = turn.adapter;
      return turn;
    },
  );
  if (!adapter) throw new Error([...failed.values()].join("\n"));
  for (const [id, why] of failed) console.error(`  ${models[id].name} failed: ${why}`);
  const found: Record<string, object> = {};
  const judged: (() => boolean)[] = [];
  for (const [id, taken] of turns) {
    const comparison = compared(taken);
    printed(id, comparison);
    const { kind: on } = adapter;
    judged.push(() => held(id, on, comparison));
    found[id] = comparison;
  }
  const ok = judged.map((judge) => judge()).every(Boolean) && failed.size === 0;
  return { ok, found: { adapter, models: found } };
}
