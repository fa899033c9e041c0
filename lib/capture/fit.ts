/**
 * `model.fit` from a program: many steps in one command buffer, the same order, the same numbers, the same calls of
 * callbacks as TensorFlow.js's own loop, which it stands in for (engine/training.js, fitLoop, 4.22).
 */
import type * as tf from "@tensorflow/tfjs";
import { CapturedStep } from "./capturedStep.ts";
import type { FitCallbacks, FitSettings } from "./fitSettings.ts";
import { type DataId, type TrainingModel, submitPending } from "./internals.ts";
import { LossLog } from "./lossLog.ts";
import { type Observers, observersOf } from "./observers.ts";
import type { ProofWorld, ProvableStep } from "./prove.ts";
import { modelState } from "./modelState.ts";

/** Steps of one command buffer take about so long. */
const CHUNK_MS = 30;
const MOST_STEPS = 256;

export interface FitWorld extends ProofWorld {
  /** Milliseconds that only go forward. */
  now(): number;
}

/** What a model's programs are, by the rows of their batches. */
export type Steps = Map<number, CapturedStep>;

export class CapturedFit {
  readonly #world: FitWorld;
  readonly #model: TrainingModel;
  readonly #settings: FitSettings;
  readonly #callbacks: FitCallbacks;
  readonly #observers: Observers;
  readonly #steps: Steps;
  /** As rows are shuffled, and as the device takes them. */
  readonly #order: Int32Array;
  readonly #rows: number[];
  readonly #orderBuffer: GPUBuffer;
  readonly #batches = new Map<number, Batch>();
  readonly #told: (how: "captured" | "stock", why: string) => void;
  #state = "";
  #said = "";
  #msPerStep = 4;

  constructor(
    world: FitWorld,
    model: TrainingModel,
    settings: FitSettings,
    callbacks: FitCallbacks,
    steps: Steps,
    told: (how: "captured" | "stock", why: string) => void,
  ) {
    const { rows } = settings;
    this.#world = world;
    this.#model = model;
    this.#settings = settings;
    this.#callbacks = callbacks;
    this.#observers = observersOf(world.tf, callbacks.own);
    this.#steps = steps;
    this.#told = told;
    this.#rows = Array.from({ length: rows }, (_, row) => row);
    this.#order = new Int32Array(rows);
    this.#orderBuffer = world.backend.device.createBuffer({
      size: Math.max(4, rows * 4),
      usage: 0xc,
    });
  }

  async run(): Promise<tf.History> {
    const { epochs, initialEpoch } = this.#settings;
    const { list, history } = this.#callbacks;
    const model = this.#model;
    model.history = history;
    try {
      await list.onTrainBegin();
      model.stopTraining_ = false;
      for (let epoch = initialEpoch; epoch < epochs; epoch++) {
        await list.onEpochBegin(epoch);
        const logs = await this.#epoch();
        await list.onEpochEnd(epoch, logs as never);
        if (model.stopTraining_) break;
        if (this.#observers.areOwn) this.#look();
      }
      await list.onTrainEnd();
      await history.syncData();
      return history;
    } finally {
      this.#orderBuffer.destroy();
      for (const batch of this.#batches.values()) batch.rows.dispose();
    }
  }

  /** Trains through all rows once. Gives the logs that validation filled. */
  async #epoch(): Promise<Record<string, tf.Tensor>> {
    const { tf, backend } = this.#world;
    const { rows, batchSize, shuffle, labels } = this.#settings;
    if (shuffle) tf.util.shuffle(this.#rows);
    this.#order.set(this.#rows);
    submitPending(backend);
    backend.queue.writeBuffer(this.#orderBuffer, 0, this.#order);
    const log = new LossLog(this.#world, labels, this.#observers);
    const logs: Record<string, tf.Tensor> = {};
    for (let at = 0, batch = 0; at < rows && !this.#model.stopTraining_;) {
      const steps = await this.#chunk(at, batch, log);
      at += steps * batchSize;
      batch += steps;
      if (at >= rows) Object.assign(logs, this.#validate());
      await log.turn(this.#model);
      if (this.#observers.each.length > 0) this.#look();
    }
    await log.finish();
    this.#callbacks.logger.seen = log.seen;
    this.#callbacks.logger.totals = Object.fromEntries(
      labels.map((label, i) => [label, tf.scalar(log.totals[i] ?? NaN)]),
    );
    return logs;
  }

  /** Trains one batch or several; gives how many. */
  async #chunk(at: number, batch: number, log: LossLog): Promise<number> {
    const { rows, batchSize } = this.#settings;
    const size = Math.min(batchSize, rows - at);
    const one = this.#batch(size);
    const isWatched = this.#observers.each.length > 0;
    if (isWatched) await log.begin(batch);
    const step = this.#steps.get(size) ?? new CapturedStep();
    this.#steps.set(size, step);
    if (step.standing.kind !== "captured") {
      this.#fill(one, at, size);
      const outputs = await step.advance(this.#world, one.step);
      this.#say(step);
      if (outputs) {
        log.addTensors(batch, size, outputs);
        return 1;
      }
    }
    if (step.standing.kind !== "captured") throw new Error("A captured step has no program");
    this.#say(step);
    const full = Math.max(1, Math.floor((rows - at) / batchSize));
    const fitting = Math.max(1, Math.min(MOST_STEPS, Math.round(CHUNK_MS / this.#msPerStep)));
    const steps = isWatched || size < batchSize ? 1 : Math.min(full, fitting);
    const { program } = step.standing;
    const startedAt = this.#world.now();
    const buffer = log.room(program.outputBytes * steps);
    program.run({
      ...{ steps, inputs: one.step.inputs, log: { buffer, offset: 0 } },
      random: () => this.#random(),
      feeds: [
        {
          ...{ from: this.#orderBuffer, offset: at * 4, stride: batchSize * 4 },
          ...{ to: one.buffer, size: size * 4 },
        },
      ],
    });
    this.#model.optimizer.iterations_ = (this.#model.optimizer.iterations_ ?? 0) + steps;
    log.addBuffer({ first: batch, size, steps, buffer }, () => {
      this.#msPerStep = Math.max(0.01, (this.#world.now() - startedAt) / steps);
    });
    return steps;
  }

  /** Once, and again where it is another matter by now. */
  #say({ standing }: CapturedStep): void {
    if (standing.kind === "trying") return;
    const why = standing.kind === "stock" ? standing.why : "";
    if (this.#said === standing.kind + why) return;
    this.#said = standing.kind + why;
    this.#told(standing.kind, why);
  }

  /** Draws as a step would: from Math.random as it is now. */
  #random(): number {
    const { swapRandom } = this.#world;
    const random = swapRandom(() => 0);
    swapRandom(random);
    return random();
  }

  #batch(size: number): Batch {
    const known = this.#batches.get(size);
    if (known) return known;
    const { tf, backend } = this.#world;
    const { ins, f } = this.#settings;
    const rows = tf.keep(tf.tensor1d(new Int32Array(size), "int32"));
    backend.uploadToGPU(rows.dataId as DataId);
    const buffer = backend.tensorMap.get(rows.dataId as DataId).resource;
    if (!buffer) throw new Error("The rows of a batch are not on the device");
    const model = this.#model;
    const step: ProvableStep = {
      run: () => tf.tidy(() => f(ins.map((one) => one && tf.gather(one, rows)))),
      remember: () => {
        const before = model.optimizer.iterations_;
        return () => {
          if (before === undefined) delete model.optimizer.iterations_;
          else model.optimizer.iterations_ = before;
        };
      },
      inputs: [...ins.filter((one) => one !== null), rows],
    };
    const batch = { rows, buffer, step };
    this.#batches.set(size, batch);
    this.#steps.get(size)?.check(this.#world, step);
    this.#state = modelState(model);
    return batch;
  }

  #fill({ buffer }: Batch, at: number, size: number): void {
    submitPending(this.#world.backend);
    this.#world.backend.queue.writeBuffer(buffer, 0, this.#order, at, size);
  }

  /** Somebody's callback may have changed the step: a learning rate, a layer, what the model was compiled with. */
  #look(): void {
    const state = modelState(this.#model);
    if (state === this.#state) return;
    this.#state = state;
    for (const [size, step] of this.#steps) {
      const batch = this.#batches.get(size);
      if (batch) step.check(this.#world, batch.step);
    }
  }

  #validate(): Record<string, tf.Tensor> {
    const { tf } = this.#world;
    const { valF, valIns, batchSize, labels } = this.#settings;
    if (valF == null) return {};
    const values = tf.tidy(() => this.#model.testLoop(valF, valIns, batchSize));
    return Object.fromEntries(
      labels.map((label, i) => [`val_${label}`, tf.keep(values[i] as tf.Tensor)]),
    );
  }
}

interface Batch {
  /** Which rows of the data it is. */
  readonly rows: tf.Tensor;
  readonly buffer: GPUBuffer;
  readonly step: ProvableStep;
}
