/**
 * Training from a captured program leaves what TensorFlow.js leaves: for all optimizers, and for models at random. Of its
 * own it leaves nothing.
 */
import fc from "fast-check";
import {
  type AnyFit,
  type AnyModel,
  OPTIMIZERS,
  anyFit,
  anyModel,
  madeOf,
} from "../../lib/capture/testing/anyModel.ts";
import { type Outcome, fittedBothWays, onSoftwareGpu } from "../../lib/capture/testing/bothWays.ts";
import { scheduled } from "../../lib/capture/testing/schedule.ts";
import { fitMany } from "./manyFits.ts";
import { type Say, type Torture, must } from "./torture.ts";

interface Size {
  /** Optimizers, each with each kind of model. */
  readonly optimizers: number;
  readonly starts: readonly AnyModel["start"][];
  /** Models at random. */
  readonly models: number;
  /** Of one model, for what they leave behind. */
  readonly fits: number;
}

/** A step differs from itself where the device adds in any order, as it does for embeddings: by how much, at most. */
const OF_ITSELF = 1e-5;
const UNORDERED: AnyModel["start"] = "words";

export const captured: Torture<Size> = {
  title:
    "Captured training: every optimizer and any model, to the bit as TensorFlow.js trains it, and nothing left behind",
  short: { optimizers: 2, starts: ["rows"], models: 2, fits: 20 },
  long: {
    optimizers: OPTIMIZERS.length,
    starts: ["rows", "pictures", "lstm", "gru", "words"],
    models: 100,
    fits: 1000,
  },
  async run(seed, { optimizers, starts, models, fits }, say) {
    const gpu = await onSoftwareGpu();
    await fitMany(gpu, fits, say);
    const counted = { captured: 0, stock: 0, inexact: 0 };
    for (const optimizer of OPTIMIZERS.slice(-optimizers))
      for (const start of starts) {
        const loss = "categoricalCrossentropy" as const;
        const one = { start, layers: [], optimizer, loss, hasMetric: true, rows: 20 };
        const fit = {
          batchSize: 8,
          epochs: 17,
          shuffle: true,
          validationSplit: 0,
          rate: "none",
        } as const;
        await compare(one, fit, counted, say);
        must(counted.stock === 0, `${start} with ${optimizer} was not captured`);
      }
    say(`${optimizers * starts.length} of models and optimizers: the same after 51 steps`);
    await fc.assert(
      fc.asyncProperty(anyModel, anyFit, (one, fit) => compare(one, fit, counted, say)),
      { seed, numRuns: models, endOnFailure: true },
    );
    say(
      `${counted.captured} fits captured, ${counted.stock} as they are: the same weights, slots, history and chance` +
        (counted.inexact > 0 ? `; ${counted.inexact} within what differs from itself` : ""),
    );
  },
};

async function compare(
  one: AnyModel,
  { rate, ...fit }: AnyFit,
  counted: { captured: number; stock: number; inexact: number },
  say: Say,
): Promise<void> {
  const both = await fittedBothWays(madeOf(one), (_, { model, x, y }) =>
    model.fit(x, y, { ...fit, verbose: 0, callbacks: scheduled(model, rate) }),
  );
  const [how, why] = both.captured.told.at(-1) ?? ["stock", "it was over first"];
  counted[how]++;
  if (how === "stock") say(`as it is: ${why}`);
  if (JSON.stringify(both.captured.seen) === JSON.stringify(both.stock.seen)) return;
  const apart = furthest(both.captured, both.stock);
  const mayDiffer = one.start === UNORDERED;
  must(
    mayDiffer && apart <= OF_ITSELF,
    `${JSON.stringify(one)} fitted ${JSON.stringify({ ...fit, rate })} differs by ${apart} (${how})`,
  );
  counted.inexact++;
}

/** In any weight or slot, by how large it is. */
function furthest(one: Outcome, other: Outcome): number {
  let worst = 0;
  one.seen.variables.forEach((values, i) =>
    values.forEach((value, at) => {
      const wanted = other.seen.variables[i]?.[at] ?? NaN;
      if (Object.is(value, wanted)) return;
      const apart = Math.abs(value - wanted) / (1 + Math.abs(wanted));
      worst = Math.max(worst, Number.isNaN(apart) ? Infinity : apart);
    }),
  );
  return worst;
}
