/** The twelve, by number, and how the long forms are run one after another. */
import { sigkill } from "./1-sigkill.ts";
import { damage } from "./2-damage.ts";
import { convergence } from "./3-convergence.ts";
import { roles } from "./4-roles.ts";
import { coldLoad } from "./5-coldLoad.ts";
import { twice } from "./6-twice.ts";
import { hostile } from "./7-hostile.ts";
import { flat } from "./8-flat.ts";
import { runLog } from "./9-runLog.ts";
import { blobs } from "./10-blobs.ts";
import { trace } from "./11-trace.ts";
import { captured } from "./12-captured.ts";
import { Skipped, type Torture } from "./torture.ts";

const ALL = new Map<number, Torture<never>>([
  [1, sigkill],
  [2, damage],
  [3, convergence],
  [4, roles],
  [5, coldLoad],
  [6, twice],
  [7, hostile],
  [8, flat],
  [9, runLog],
  [10, blobs],
  [11, trace],
  [12, captured],
] as [number, Torture<never>][]);

export interface Asked {
  /** Which of them; all where none is named. */
  readonly numbers: readonly number[];
  readonly seed: number;
  readonly short: boolean;
}

/** Runs them and says what they found; gives back how many rules were broken. */
export async function runTortures({ numbers, seed, short }: Asked): Promise<number> {
  const unknown = numbers.find((number) => !ALL.has(number));
  if (unknown !== undefined)
    throw new Error(`There is no torture ${unknown}. There are: 1 to ${ALL.size}.`);
  let broken = 0;
  for (const [number, torture] of ALL) {
    if (numbers.length > 0 && !numbers.includes(number)) continue;
    console.log(`\n${number}. ${torture.title}`);
    console.log(`   seed ${seed}`);
    const began = performance.now();
    const took = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    try {
      const size = short ? torture.short : torture.long;
      await torture.run(seed, size, (line) => console.log(`   ${line}`));
      console.log(`   holds (${took()})`);
    } catch (error) {
      if (error instanceof Skipped) {
        console.log(`   skipped: ${error.message}`);
        continue;
      }
      broken++;
      console.log(`   BROKEN (${took()}): ${error instanceof Error ? error.stack : String(error)}`);
      console.log(`   To try it again: npm run torture -- ${number} --seed ${seed}`);
    }
  }
  return broken;
}
