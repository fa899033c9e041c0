/**
 * What TensorFlow.js tells of a fit, batch by batch and epoch by epoch, as points of a run. Several fits that
 * log into one run go on where the one before them stopped.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Batches } from "../capture/observers.ts";
import type { RunParams } from "../document/runsDoc.ts";
import type { Collector } from "./collector.ts";
import { type FitPlan, fitProgress } from "./fitProgress.ts";
import { metricName } from "./modelFacts.ts";

type Tf = typeof tf;
type Logs = Readonly<Record<string, number | tf.Tensor>>;

/** What a callback is told before the first batch. */
interface FitParams {
  readonly epochs: number;
  readonly initialEpoch: number | null;
  readonly samples: number | null;
  readonly steps: number | null;
  readonly batchSize: number | null;
  readonly metrics: readonly string[];
}

export class FitLog {
  readonly collector: Collector;
  readonly #now: () => number;
  #announce: ((facts: RunParams) => void) | undefined;
  /** Said before there was a run to say it of. */
  #known: RunParams = {};
  #begun = false;
  #plan: FitPlan = { epochs: 1, initialEpoch: 0, batchesPerEpoch: undefined };
  #metrics: readonly string[] = [];
  /** In fits before this one that log into the same run. */
  #before = { epochs: 0, batches: 0 };
  #done = { epochs: 0, batches: 0, inEpoch: 0 };
  #firstBatchAt = 0;
  /** Where it goes on from, in the run's curves and in the fit's own epochs. */
  #from: { readonly epochs: number; readonly batches: number; readonly own: number } | undefined;
  #atEpoch: (() => void) | undefined;

  constructor(collector: Collector, now: () => number) {
    this.collector = collector;
    this.#now = now;
  }

  /** Whether a fit came so far as to train. */
  get begun(): boolean {
    return this.#begun;
  }

  /**
   * `announce` is called with what the fit found out when training really begins: a fit that refuses its data
   * makes no run.
   */
  expect(announce: (facts: RunParams) => void): void {
    this.#announce = announce;
  }

  /** A fact of the fit that runs; one that is known before it trains is among those it begins with. */
  describe(facts: RunParams): void {
    if (this.#begun) this.collector.describe(facts, []);
    else this.#known = { ...this.#known, ...facts };
  }

  /** The next fit goes on after so many epochs and batches of the run's curves; `own`: from this epoch of its own. */
  goOnAfter(epochs: number, batches: number, own = 0): void {
    this.#from = { epochs, batches, own };
  }

  /** Does this when the next epoch begins, before any other callback. */
  atEpoch(act: () => void): void {
    this.#atEpoch = act;
  }

  epochBegin(): void {
    this.#atEpoch?.();
    this.#atEpoch = undefined;
  }

  /** How far its curves are. */
  get point(): { readonly epochs: number; readonly batches: number } {
    return {
      epochs: this.#before.epochs + this.#done.epochs,
      batches: this.#before.batches + this.#done.batches,
    };
  }

  /** Epochs that the fit of now has done. */
  get epochsHere(): number {
    return this.#done.epochs;
  }

  begin(params: FitParams): void {
    const batches = batchesOf(params);
    this.#announce?.({
      ...this.#known,
      ...(params.samples === null ? {} : { "training rows": params.samples }),
      ...(batches === undefined ? {} : { "batches per epoch": batches }),
    });
    this.#announce = undefined;
    const from = this.#from;
    this.#from = undefined;
    const initialEpoch = from?.epochs ?? params.initialEpoch ?? 0;
    // A fit that says where it goes on is believed; any other goes on after what is there.
    this.#before = {
      epochs: this.#begun
        ? Math.max(initialEpoch, this.#before.epochs + this.#done.epochs)
        : initialEpoch,
      batches: Math.max(from?.batches ?? 0, this.#before.batches + this.#done.batches),
    };
    this.#begun = true;
    this.#done = { epochs: 0, batches: 0, inEpoch: 0 };
    this.#metrics = params.metrics;
    const epochs = params.epochs + (from ? from.epochs - from.own : 0);
    this.#plan = { epochs, initialEpoch, batchesPerEpoch: batches };
  }

  batch(logs: Logs): void {
    const { batches } = this.#done;
    if (batches === 0) this.#firstBatchAt = this.#now();
    this.#done.batches++;
    this.#done.inEpoch++;
    const step = this.#before.batches + this.#done.batches;
    for (const key of this.#metrics) {
      const value = logs[key];
      if (value !== undefined) this.collector.add(metricName(key), "batch", step, value);
    }
    this.#tick();
  }

  epoch(logs: Logs): void {
    this.#done.epochs++;
    this.#done.inEpoch = 0;
    const step = this.#before.epochs + this.#done.epochs;
    for (const key of this.#metrics) {
      const value = logs[key];
      if (value !== undefined) this.collector.add(metricName(key), "epoch", step, value);
    }
    this.#tick();
  }

  #tick(): void {
    const clock = { firstBatchAt: this.#firstBatchAt, now: this.#now() };
    this.collector.tick(fitProgress(this.#plan, this.#done, clock));
  }
}

function batchesOf({ samples, batchSize, steps }: FitParams): number | undefined {
  if (samples !== null && batchSize !== null) return Math.ceil(samples / batchSize);
  return steps ?? undefined;
}

/**
 * A callback that TensorFlow.js makes for every fit, whatever callbacks the cell gives: `logOf` says which log
 * it belongs to. It comes first, while values are still tensors, and never waits.
 */
export function fitCallback(
  tf: Tf,
  logOf: (model: object) => FitLog | undefined,
): new () => tf.Callback {
  const nothing = Promise.resolve();
  return class extends tf.Callback {
    #log: FitLog | undefined;
    override setModel(model: Parameters<tf.Callback["setModel"]>[0]): void {
      super.setModel(model);
      this.#log = logOf(model);
    }
    override onTrainBegin(): Promise<void> {
      this.#log?.begin(this.params as unknown as FitParams);
      return nothing;
    }
    override onEpochBegin(): Promise<void> {
      this.#log?.epochBegin();
      return nothing;
    }
    override onBatchEnd(_batch: number, logs?: Logs): Promise<void> {
      if (logs) this.#log?.batch(logs);
      return nothing;
    }
    onBatches({ labels, values }: Batches): void {
      for (const one of values)
        this.#log?.batch(Object.fromEntries(labels.map((label, i) => [label, one[i] ?? NaN])));
    }
    override onEpochEnd(_epoch: number, logs?: Logs): Promise<void> {
      if (logs) this.#log?.epoch(logs);
      return nothing;
    }
  };
}
