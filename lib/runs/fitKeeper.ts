/**
 * Keeps what a fit has come to while it trains, at ends of epochs and now and then, and takes up a fit from what was
 * kept of it: the same weights, the same chance, the same order of rows, so that it ends as if it had never stopped.
 */
import type * as tf from "@tensorflow/tfjs";
import type { SeededRandom } from "../kernel/guest/random.ts";
import { type RandomState, seededRandom } from "../kernel/guest/random.ts";
import { withCallback } from "../kernel/guest/training.ts";
import { type TrainingState, encodeCheckpoint } from "./checkpointFile.ts";
import type { FitLog } from "./fitLog.ts";
import { bringBack, holdWeights } from "./trainingState.ts";

type Tf = typeof tf;
type Tensors = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

/** One call of fit, or of fitDataset, which has no `y`. */
export interface Fitting {
  readonly args: unknown;
  readonly x: Tensors | Dataset;
  readonly y?: Tensors;
  run(x: never, y: never, args: never): Promise<unknown>;
}

interface Dataset {
  iterator(): Promise<{ next(): Promise<{ value: unknown; done: boolean }> }>;
}

/** What a fit is taken up from; `epochs` and `batches`: how far its run's curves are. */
export interface Past {
  /** Without one it trains on with what is there. */
  readonly state?: TrainingState;
  readonly epochs: number;
  readonly batches: number;
}

/** Not more often than this, nor for more than a fraction of the training, nor faster than it can be stored. */
const EVERY_MS = 10_000;
const SHARE = 4;
const MS_PER_BYTE = 1 / 400;
/** Heavier than this, and it is for the cell to say when it is worth it. */
const MOST_WEIGHTS = 16_000_000;

export class FitKeeper {
  readonly #tf: Tf;
  readonly #chance: SeededRandom | undefined;
  readonly #now: () => number;
  readonly #model: tf.LayersModel;
  readonly #log: FitLog;
  readonly #fit: number;
  readonly #heavy: boolean;
  /** The epoch with which the cell's own code begins, and how many were done when it was taken up. */
  #first = 0;
  #before = 0;
  #shuffles: RandomState[] = [];
  #rows = 0;
  #callbacks: readonly object[] = [];
  #startedAt: number;
  #keptAt: number;
  #keptBytes = 0;
  #keeping: Promise<unknown> | undefined;

  /** `fit`: which of its cell's fits it is, from 0. */
  constructor(
    parts: { tf: Tf; chance: SeededRandom | undefined; now: () => number },
    model: tf.LayersModel,
    log: FitLog,
    fit: number,
  ) {
    this.#tf = parts.tf;
    this.#chance = parts.chance;
    this.#now = parts.now;
    this.#model = model;
    this.#log = log;
    this.#fit = fit;
    this.#heavy = model.countParams() > MOST_WEIGHTS;
    this.#startedAt = this.#keptAt = parts.now();
  }

  async run(fitting: Fitting, past: Past | undefined): Promise<unknown> {
    const callback = this.#callback(past?.state?.chance, past?.state?.callbacks ?? []);
    const args = withCallback(this.#tf, fitting.args, callback) as tf.ModelFitArgs;
    this.#first = args.initialEpoch ?? 0;
    this.#callbacks = ([] as unknown[]).concat(args.callbacks ?? []) as object[];
    try {
      if (past) this.#log.goOnAfter(past.epochs, past.batches, past.state?.epoch);
      if (past?.state) return await this.#takeUp(fitting, args, past.state);
      return await fitting.run(fitting.x as never, fitting.y as never, args as never);
    } finally {
      await this.#keeping?.catch(() => undefined);
    }
  }

  async #takeUp(fitting: Fitting, args: tf.ModelFitArgs, state: TrainingState): Promise<unknown> {
    const tf = this.#tf;
    const { x, y } = fitting;
    const run: Fitting["run"] = (...data) => fitting.run(...data);
    bringBack(tf, this.#model, this.#model.optimizer, state);
    this.#shuffles = [...state.shuffles];
    this.#before = state.shuffles.length;
    const ahead = { ...args, initialEpoch: state.epoch } as never;
    if (y === undefined)
      return run((await wound(tf, x as Dataset, args, state)) as never, y as never, ahead);
    if (args.shuffle === false) return run(x as never, y as never, ahead);
    const order = tf.tensor1d(orderAfter(state, rowsOf(x as Tensors)), "int32");
    const taken: tf.Tensor[] = [order];
    const take = (one: tf.Tensor): tf.Tensor => {
      const tensor = tf.gather(one, order);
      taken.push(tensor);
      return tensor;
    };
    try {
      return await run(
        mapped(tf, x as Tensors, take) as never,
        mapped(tf, y, take) as never,
        ahead,
      );
    } finally {
      tf.dispose(taken);
    }
  }

  /** What there is at this moment, as training can go on from it. */
  async #state(): Promise<TrainingState> {
    const read = holdWeights(this.#tf, this.#model, this.#model.optimizer);
    const facts = {
      epoch: this.#first + this.#done,
      batch: this.#log.point.batches,
      step: 0,
      chance: this.#chance?.state(),
      shuffles: [...this.#shuffles],
      rows: this.#rows,
      callbacks: this.#callbacks.map(countsOf),
    };
    return { ...(await read()), ...facts };
  }

  /** Sends what there is to the run's log, at the end of an epoch: in the middle of one nothing can be taken up. */
  async keep(): Promise<TrainingState> {
    const point = this.#log.point;
    const between = this.#shuffles.length === this.#done;
    const state = await this.#state();
    if (!between) return state;
    const bytes = encodeCheckpoint(state);
    this.#keptBytes = bytes.length;
    const facts = { fit: this.#fit, epoch: point.epochs, batch: point.batches, step: 0 };
    this.#log.collector.keep(facts, bytes);
    return state;
  }

  get #done(): number {
    return this.#before + this.#log.epochsHere;
  }

  #callback(
    chance: RandomState | undefined,
    counts: TrainingState["callbacks"],
  ): tf.CustomCallback {
    const { CustomCallback } = this.#tf;
    const nothing = Promise.resolve();
    const begin = (): void => {
      this.#callbacks.forEach((one, i) => bringBackCounts(one, counts[i]));
      if (chance) this.#log.atEpoch(() => this.#chance?.restore(chance));
    };
    const epochBegin = (rows: unknown): void => {
      if (typeof rows === "number") this.#rows = rows;
      if (this.#chance) this.#shuffles.push(this.#chance.state());
    };
    const epochEnd = (epoch: number, epochs: unknown): void => {
      if (epoch + 1 === epochs || this.#heavy || this.#keeping || !this.#isDue()) return;
      this.#keptAt = this.#now();
      this.#keeping = this.keep()
        .catch(() => undefined) // the device is lost, or the page cannot store: training goes on
        .then(() => (this.#keeping = undefined));
    };
    return new (class extends CustomCallback {
      constructor() {
        super({}, "never");
      }
      override onTrainBegin(): Promise<void> {
        begin();
        return nothing;
      }
      override onEpochBegin(): Promise<void> {
        epochBegin(this.params["samples"]);
        return nothing;
      }
      override onEpochEnd(epoch: number): Promise<void> {
        epochEnd(epoch, this.params["epochs"]);
        return nothing;
      }
    })();
  }

  #isDue(): boolean {
    const now = this.#now();
    const share = (now - this.#startedAt) / SHARE;
    return now - this.#keptAt >= Math.max(EVERY_MS, share, this.#keptBytes * MS_PER_BYTE);
  }
}

/**
 * A fit shuffles the order that the epoch before left. This is the order after so many epochs. What is held back for validation comes after the rows that are shuffled.
 */
function orderAfter(state: TrainingState, all: number): Int32Array {
  if (state.rows > all || state.shuffles.length > state.epoch)
    throw new Error(`This checkpoint was made with ${state.rows} rows, and there are ${all} now.`);
  const order = Array.from({ length: state.rows }, (_, row) => row);
  const random = seededRandom(1);
  for (const one of state.shuffles) {
    random.restore(one);
    shuffle(order, random);
  }
  return Int32Array.from({ length: all }, (_, row) => order[row] ?? row);
}

/** As `tf.util.shuffle` does it: to the bit the same order from the same chance. */
function shuffle(order: number[], random: () => number): void {
  for (let left = order.length; left > 0; left--) {
    const at = Math.floor(random() * left);
    const [one, other] = [order[left - 1] ?? 0, order[at] ?? 0];
    order[at] = one;
    order[left - 1] = other;
  }
}

/** The dataset as it is after so many epochs: each has taken an iterator of it, or its part of the only one. */
async function wound(
  tf: Tf,
  dataset: Dataset,
  args: unknown,
  { shuffles: { length: epochs } }: TrainingState,
): Promise<Dataset> {
  const { batchesPerEpoch } = args as { readonly batchesPerEpoch?: number };
  if (batchesPerEpoch === undefined) {
    for (let i = 0; i < epochs; i++) await dataset.iterator();
    return dataset;
  }
  const iterator = async (): ReturnType<Dataset["iterator"]> => {
    const all = await dataset.iterator();
    for (let i = 0; i < epochs * batchesPerEpoch; i++) {
      const { value, done } = await all.next();
      if (done) break;
      tf.dispose(value as tf.Tensor);
    }
    return all;
  };
  return Object.create(dataset, { iterator: { value: iterator } }) as Dataset;
}

function rowsOf(x: Tensors): number {
  const [first] = "shape" in x ? [x as tf.Tensor] : (Object.values(x) as tf.Tensor[]);
  return first?.shape[0] ?? 0;
}

function mapped(tf: Tf, all: Tensors, take: (one: tf.Tensor) => tf.Tensor): Tensors {
  if (all instanceof tf.Tensor) return take(all);
  if (Array.isArray(all)) return (all as readonly tf.Tensor[]).map(take);
  const entries = Object.entries(all as Readonly<Record<string, tf.Tensor>>);
  return Object.fromEntries(entries.map(([name, one]) => [name, take(one)]));
}

/** What a callback such as EarlyStopping counts for itself. */
const COUNTS = ["wait", "stoppedEpoch", "best"] as const;

function countsOf(callback: object): Record<string, number> {
  const fields = callback as Readonly<Record<string, unknown>>;
  const counts = COUNTS.flatMap((name) => {
    const value = fields[name];
    return typeof value === "number" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(counts);
}

function bringBackCounts(callback: object, counts: Readonly<Record<string, number>> = {}): void {
  const fields = callback as Record<string, unknown>;
  for (const name of COUNTS)
    if (counts[name] !== undefined && typeof fields[name] === "number") fields[name] = counts[name];
}
