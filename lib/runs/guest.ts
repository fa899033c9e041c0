/**
 * The worker's half of tracking: every fit in a cell becomes a run by itself, and `startRun` makes one by hand.
 * It watches through TensorFlow.js' own registry of callbacks, so arguments, yields and numbers stay as they are.
 */
import type * as tf from "@tensorflow/tfjs";
import type { CellId } from "../base/ids.ts";
import { captureTraining } from "../capture/captureTraining.ts";
import type { SwapRandom } from "../capture/trace.ts";
import type { Guest, GuestModule } from "../kernel/capability.ts";
import type { RunParams } from "../document/runsDoc.ts";
import type { TrainingPoint } from "./checkpointFile.ts";
import { type TrainingAround, askPast, checkpointsGuest } from "./checkpoints.ts";
import { Collector } from "./collector.ts";
import { watchConsole } from "./consoleWatch.ts";
import { FitKeeper, type Fitting } from "./fitKeeper.ts";
import { FitLog, fitCallback } from "./fitLog.ts";
import { heldByCell, stepping } from "./handSteps.ts";
import { checkedStep } from "./step.ts";
import { type Training, trainingParam } from "./training.ts";
import { fitDatasetParams, fitParams, metricName, modelParams, summarise } from "./modelFacts.ts";

type Tf = typeof tf;

/** A run that a cell keeps by hand. */
export interface HandRun {
  /** Numbers or scalar tensors, which stay yours. Steps count by themselves where none is given. */
  log(values: Readonly<Record<string, number | tf.Tensor>>, options?: { step?: number }): void;
  /** Write-once: a param that was said before stays as it is. */
  param(name: string, value: unknown): void;
  tag(word: string): void;
  /** Closes the run; one that is left open ends with its cell. */
  finish(): Promise<void>;
}

/** One cell run's runs. */
interface CellRuns {
  readonly cell: CellId;
  readonly open: Set<Collector>;
  /** The run that fits log into, started by hand; the innermost last. */
  readonly byHand: { readonly collector: Collector; readonly fits: FitLog }[];
  readonly byModel: Map<object, { readonly fits: FitLog; batches: number }>;
  /** How many runs and fits there were. */
  runs: number;
  fits: number;
  /** How many steps a loop by hand had done when it was brought back, and trainOnBatch with each model. */
  step: number;
  readonly batches: Map<object, number>;
}

/** Where training runs. */
export interface RunsWorld {
  readonly swapRandom: SwapRandom;
  /** Milliseconds that only go forward. */
  now(): number;
}

export function runsGuest(tf: Tf, world: RunsWorld): GuestModule {
  return (guest) => {
    const tracking = new Tracking(tf, guest, () => world.now());
    tracking.wrap();
    const capture = captureTraining(tf, {
      ...{ swapRandom: world.swapRandom, now: () => world.now(), isOn: () => guest.capturing },
      ...{ stepping: stepping(guest), holding: heldByCell(guest) },
      told: (model, how, about) => tracking.trainedAs(model, how, about),
    });
    return {
      capture,
      startRun: (name?: string, options?: { params?: RunParams }) =>
        tracking.startRun(name, options?.params),
      ...checkpointsGuest(tf, guest, tracking),
    };
  };
}

class Tracking implements TrainingAround {
  readonly #tf: Tf;
  readonly #guest: Guest;
  readonly #now: () => number;
  #runs = 0;
  #current: CellRuns | undefined;
  /** Fits that are on, by the model that trains. */
  readonly #fits = new Map<object, FitLog>();
  readonly #keepers = new Map<object, FitKeeper>();
  /** Runs that say how they were trained. */
  readonly #described = new WeakSet<Collector>();

  constructor(tf: Tf, guest: Guest, now: () => number) {
    this.#tf = tf;
    this.#guest = guest;
    this.#now = now;
  }

  wrap(): void {
    const model = this.#tf.LayersModel.prototype;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- each is called with its own model below
    const { fit, fitDataset, trainOnBatch } = model;
    // A sequential model hands its fit to a model within it, so each fit passes here once with its log.
    const track = this.#fit.bind(this);
    const trackBatch = this.#batch.bind(this);
    model.fit = function (this: tf.LayersModel, x, y, args) {
      const fitting = { args, x: x as tf.Tensor, y: y as tf.Tensor, run: fit.bind(this) };
      return track(this, () => fitParams(this, args), fitting) as ReturnType<typeof fit>;
    };
    model.fitDataset = function (this: tf.LayersModel, dataset, args) {
      const params = (): RunParams => fitDatasetParams(this, args);
      const run = (data: never, _: never, more: never): Promise<tf.History> =>
        fitDataset.call(this, data, more);
      const fitting = { args, x: dataset as never, run };
      return track(this, params, fitting) as ReturnType<typeof fitDataset>;
    };
    model.trainOnBatch = async function (this: tf.LayersModel, x, y) {
      const losses = await trainOnBatch.call(this, x, y);
      trackBatch(this, Array.isArray(losses) ? losses : [losses]);
      return losses;
    };
    this.#tf.registerCallbackConstructor(
      0,
      fitCallback(this.#tf, (one) => this.#fits.get(one)),
    );
  }

  startRun(name = "", params: RunParams = {}): HandRun {
    const cell = this.#cell();
    if (!cell) throw new Error("startRun() works while a cell runs. Call it in a cell.");
    const collector = this.#collector(cell);
    collector.start(name, params);
    const byHand = { collector, fits: new FitLog(collector, this.#now) };
    cell.byHand.push(byHand);
    let steps = 0;
    const open = (): void => {
      if (collector.ended || this.#current !== cell)
        throw new Error("This run has ended, and nothing can be added to it. Start another one.");
    };
    return {
      log: (values, options = {}) => {
        open();
        steps = checkedStep(options.step ?? Math.max(steps, cell.step) + 1);
        for (const [metric, value] of Object.entries(values))
          collector.add(metric, "step", steps, value);
        collector.tick();
      },
      param: (key, value) => {
        open();
        collector.describe({ [key]: value as never }, []);
      },
      tag: (word) => {
        open();
        collector.describe({}, [word]);
      },
      finish: async () => {
        cell.open.delete(collector);
        cell.byHand.splice(0, Infinity, ...cell.byHand.filter((one) => one !== byHand));
        await collector.end("finished");
      },
    };
  }

  async #fit(model: tf.LayersModel, params: () => RunParams, fitting: Fitting): Promise<unknown> {
    const cell = this.#cell();
    const { x, y, args } = fitting;
    if (!cell || this.#fits.has(model)) return fitting.run(x as never, y as never, args as never);
    const fit = cell.fits++;
    const byHand = cell.byHand.at(-1);
    const log = byHand?.fits ?? new FitLog(this.#collector(cell), this.#now);
    log.expect((found) => {
      const facts = [{ ...params(), ...found }, summarise(model)] as const;
      if (byHand) log.collector.describe(facts[0], [], facts[1]);
      else log.collector.start("", ...facts);
    });
    const parts = { tf: this.#tf, chance: this.#guest.chance, now: this.#now };
    const keeper = new FitKeeper(parts, model, log, fit);
    this.#fits.set(model, log);
    this.#keepers.set(model, keeper);
    try {
      const past = await askPast(this.#guest, log.collector, fit);
      const history = await keeper.run(fitting, past);
      if (!byHand) await this.#end(cell, log, "finished");
      return history;
    } catch (error) {
      if (!byHand)
        await this.#end(cell, log, this.#guest.interrupted ? "interrupted" : "failed", error);
      throw error;
    } finally {
      this.#fits.delete(model);
      this.#keepers.delete(model);
    }
  }

  /** Whether a fit, or a loop by hand, came from a captured program, how large it is, and where not, why. */
  trainedAs(model: object | undefined, how: Training["how"], about: string): void {
    const fit = model && this.#fits.get(model);
    const loop = model ? this.#current?.byModel.get(model)?.fits : this.#current?.byHand.at(-1);
    const collector = (fit ?? loop)?.collector;
    if (!collector || this.#described.has(collector)) return;
    this.#described.add(collector);
    const param = trainingParam({ how, about });
    if (fit) fit.describe(param);
    else collector.describe(param, []);
  }

  /** A sequential model trains through a model within it. */
  keeperOf(model: object): FitKeeper | undefined {
    return this.#keepers.get(model) ?? this.#keepers.get((model as { model?: object }).model ?? {});
  }

  collectorOf(model: object): Collector | undefined {
    const cell = this.#current;
    return cell?.byHand.at(-1)?.collector ?? cell?.byModel.get(model)?.fits.collector;
  }

  batchesOf(model: object): number {
    return this.#current?.byModel.get(model)?.batches ?? 0;
  }

  restored(model: object, { batch, step }: TrainingPoint): void {
    const cell = this.#cell();
    if (!cell) return;
    cell.step = step;
    const known = cell.byModel.get(model);
    if (known) known.batches = batch;
    else cell.batches.set(model, batch);
  }

  async #end(
    cell: CellRuns,
    log: FitLog,
    how: "finished" | "failed" | "interrupted",
    error?: unknown,
  ): Promise<void> {
    cell.open.delete(log.collector);
    if (!log.begun) return; // it never came to training: the cell's error says why
    await log.collector.end(how, how === "failed" ? errorText(error) : "");
  }

  #batch(model: tf.LayersModel, losses: readonly number[]): void {
    const cell = this.#cell();
    if (!cell) return;
    let one = cell.byModel.get(model);
    if (!one) {
      const byHand = cell.byHand.at(-1);
      const fits = byHand?.fits ?? new FitLog(this.#collector(cell), this.#now);
      const facts = [modelParams(model), summarise(model)] as const;
      if (byHand) fits.collector.describe(facts[0], [], facts[1]);
      else fits.collector.start("", ...facts);
      cell.byModel.set(model, (one = { fits, batches: cell.batches.get(model) ?? 0 }));
    }
    one.batches++;
    const names = model.metricsNames as readonly string[];
    losses.forEach((loss, i) => {
      const name = metricName(names[i] ?? `metric ${i + 1}`);
      one.fits.collector.add(name, "batch", one.batches, loss);
    });
    one.fits.collector.tick();
  }

  #collector(cell: CellRuns): Collector {
    const place = { run: ++this.#runs, index: cell.runs++ };
    const collector = new Collector(this.#tf, this.#guest, this.#now, place);
    cell.open.add(collector);
    return collector;
  }

  /** The runs of the cell that is running; what it leaves open is sent when it ends, and closed by the page. */
  #cell(): CellRuns | undefined {
    const cell = this.#guest.cell;
    if (cell === undefined) return undefined;
    if (this.#current) return this.#current;
    const counts = { runs: 0, fits: 0, step: 0, batches: new Map<object, number>() };
    const runs: CellRuns = { cell, open: new Set(), byHand: [], byModel: new Map(), ...counts };
    this.#current = runs;
    const unwatch = watchConsole((line) => {
      for (const collector of runs.open) collector.print(line);
    });
    this.#guest.atCellEnd(async () => {
      unwatch();
      this.#current = undefined;
      await Promise.all([...runs.open].map((collector) => collector.flush()));
    });
    return runs;
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
