/**
 * `model.fit` from a program: many steps in one command buffer, the same order, the same numbers, the same calls of
 * callbacks as TensorFlow.js's own loop, which it stands in for (engine/training.js, fitLoop, 4.22).
 */
import type * as tf from "@tensorflow/tfjs";
import type { CapturedStep, Standing } from "./capturedStep.ts";
import { COPIED } from "./deviceBuffer.ts";
import type { FitCallbacks, FitSettings } from "./fitSettings.ts";
import { GatheredSteps } from "./gatheredStep.ts";
import { type TrainingModel, computesInSoftware, submitPending } from "./internals.ts";
import { LossLog } from "./lossLog.ts";
import { modelState } from "./modelState.ts";
import { type Observers, observersOf } from "./observers.ts";
import type { StepWorld } from "./trace.ts";
import { Validation } from "./validation.ts";

/** Steps of one command buffer take about so long. */
const CHUNK_MS = 30;
const MOST_STEPS = 256;

export interface FitWorld extends StepWorld {
  /** Milliseconds that only go forward. */
  now(): number;
  /** How the model is trained, once it is known, and again where it is another matter by then. */
  told(standing: Standing): void;
}

/** A model's programs, by the rows of their batches. */
export interface Programs {
  readonly training: Map<number, CapturedStep>;
  readonly validation: Map<number, CapturedStep>;
  /** What the model was like when it was fitted last. */
  state: string;
}

export class CapturedFit {
  readonly #world: FitWorld;
  readonly #model: TrainingModel;
  readonly #settings: FitSettings;
  readonly #isInSoftware: boolean;
  readonly #callbacks: FitCallbacks;
  readonly #observers: Observers;
  readonly #programs: Programs;
  readonly #steps: GatheredSteps;
  readonly #validation: Validation | undefined;
  /** The numbers of the rows, as they are shuffled and as the device takes them. */
  readonly #rows: number[];
  readonly #order: Int32Array;
  readonly #orderBuffer: GPUBuffer;
  #state: string;
  #said = "";
  #passing: string | undefined;
  /** As long as it is not known a step is taken by itself: a long command buffer may cost the device. */
  #msPerStep = CHUNK_MS;

  constructor(
    world: FitWorld,
    model: TrainingModel,
    settings: FitSettings,
    callbacks: FitCallbacks,
    programs: Programs,
  ) {
    const { rows } = settings;
    this.#world = world;
    this.#model = model;
    this.#settings = settings;
    this.#isInSoftware = computesInSoftware(world.backend);
    this.#callbacks = callbacks;
    this.#observers = observersOf(world.tf, callbacks.own);
    this.#programs = programs;
    this.#rows = Array.from({ length: rows }, (_, row) => row);
    this.#order = new Int32Array(rows);
    const size = Math.max(4, rows * 4);
    this.#orderBuffer = world.backend.device.createBuffer({ size, usage: COPIED });
    this.#state = modelState(model);
    if (programs.state !== this.#state)
      for (const steps of [programs.training, programs.validation])
        for (const step of steps.values()) step.retry();
    programs.state = this.#state;
    const { f, ins, valF, valIns, batchSize } = settings;
    this.#steps = new GatheredSteps(world, programs.training, f, ins);
    if (valF)
      this.#validation = new Validation(world, valF, valIns, batchSize, programs.validation);
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
      }
      this.#sayAtLast();
      await list.onTrainEnd();
      await history.syncData();
      return history;
    } finally {
      this.#orderBuffer.destroy();
      this.#steps.dispose();
      this.#validation?.dispose();
    }
  }

  /** Trains through all rows once. Gives the logs that validation fills. */
  async #epoch(): Promise<Record<string, tf.Tensor>> {
    const { tf, backend } = this.#world;
    const { rows, batchSize, shuffle, labels } = this.#settings;
    if (shuffle) tf.util.shuffle(this.#rows);
    this.#order.set(this.#rows);
    submitPending(backend);
    backend.queue.writeBuffer(this.#orderBuffer, 0, this.#order);
    const log = new LossLog(this.#world, labels, this.#observers);
    const model = this.#model;
    let validated: Promise<readonly tf.Tensor[]> | undefined;
    try {
      for (let at = 0, batch = 0; at < rows;) {
        const steps = await this.#chunk(at, batch, log);
        at += steps * batchSize;
        batch += steps;
        if (at >= rows) validated = this.#validation?.run();
        validated?.catch(() => undefined); // it is awaited below
        await log.turn(model);
        if (model.stopTraining_) break;
      }
      await log.finish();
    } catch (error) {
      log.drop();
      void validated?.then(
        (values) => tf.dispose([...values]),
        () => undefined,
      );
      throw error;
    }
    const { logger } = this.#callbacks;
    logger.seen = log.seen;
    logger.totals = Object.fromEntries(
      labels.map((label, i) => [label, tf.scalar(log.totals[i] ?? NaN)]),
    );
    const values = (await validated) ?? [];
    return Object.fromEntries(values.map((one, i) => [`val_${labels[i] ?? i}`, one]));
  }

  /** Trains one batch or several; gives how many. */
  async #chunk(at: number, batch: number, log: LossLog): Promise<number> {
    const { rows, batchSize } = this.#settings;
    const size = Math.min(batchSize, rows - at);
    const step = this.#steps.of(size);
    const isWatched = this.#observers.each.length > 0;
    if (isWatched) await log.begin(batch);
    this.#look();
    const outputs = step.advance(this.#order.subarray(at, at + size));
    const { standing } = step.captured;
    this.#say(standing);
    if (outputs) {
      log.addTensors(batch, size, outputs);
      // Steps asked for meanwhile would go ahead of the proof, and each takes longer there than it.
      if (standing.kind === "proving" && this.#isInSoftware) await standing.over;
      return 1;
    }
    const full = Math.floor((rows - at) / batchSize);
    const fitting = Math.max(1, Math.min(MOST_STEPS, Math.round(CHUNK_MS / this.#msPerStep)));
    // Where it is to stop already, TensorFlow.js trains the one batch before it looks.
    const isSingle = isWatched || full === 0 || this.#model.stopTraining_;
    const steps = isSingle ? 1 : Math.min(full, fitting);
    const startedAt = this.#world.now();
    const results = log.addSteps({ first: batch, size, steps }, () => {
      this.#msPerStep = Math.max(0.01, (this.#world.now() - startedAt) / steps);
    });
    step.run(steps, { buffer: this.#orderBuffer, at }, results.places);
    results.read();
    return steps;
  }

  #say(standing: Standing): void {
    if (standing.kind !== "stock" && standing.kind !== "captured") return;
    if (standing.kind === "stock" && standing.passing === "not tried again") {
      this.#passing = standing.why;
      return;
    }
    const said = standing.kind === "stock" ? standing.why : standing.kind;
    if (this.#said === said) return;
    this.#said = said;
    this.#world.told(standing);
  }

  /** What was only for a while lasted to the end. */
  #sayAtLast(): void {
    if (this.#said !== "" || this.#passing === undefined) return;
    this.#world.told({ kind: "stock", why: this.#passing });
  }

  /** Somebody's callback may have changed the step: a layer, what the model was compiled with. */
  #look(): void {
    const state = modelState(this.#model);
    if (state === this.#state) return;
    this.#state = this.#programs.state = state;
    this.#steps.changed();
    this.#validation?.changed();
  }
}
