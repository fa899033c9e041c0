/** How far a fit is and how long it will still take: pure, from counts and a clock. */
import type { RunProgress } from "../document/runDoc.ts";

export interface FitPlan {
  readonly epochs: number;
  readonly initialEpoch: number;
  /** Undefined where a dataset does not say how many it has. */
  readonly batchesPerEpoch: number | undefined;
}

/**
 * `batches`: done in this fit. The first batch compiles and is left out of the estimate.
 */
export function fitProgress(
  plan: FitPlan,
  done: { readonly epochs: number; readonly batches: number; readonly inEpoch: number },
  clock: { readonly firstBatchAt: number; readonly now: number },
): RunProgress {
  const { epochs, initialEpoch, batchesPerEpoch } = plan;
  const within = batchesPerEpoch === undefined ? 0 : Math.min(1, done.inEpoch / batchesPerEpoch);
  const all = Math.max(1, epochs - initialEpoch);
  const fraction = Math.min(1, (done.epochs + within) / all);
  const epoch = Math.min(epochs, initialEpoch + done.epochs + 1);
  return {
    label: `epoch ${epoch} of ${epochs}`,
    fraction,
    leftMs: left(fraction, done.batches, clock.now - clock.firstBatchAt),
  };
}

function left(fraction: number, batches: number, since: number): number | undefined {
  if (batches < 2 || fraction <= 0 || since <= 0) return undefined;
  const perBatch = since / (batches - 1);
  const all = batches / fraction;
  return Math.max(0, perBatch * (all - batches));
}
