/**
 * `checkpoint` and `restore`: what a training is, to the bit, kept and brought back by a cell's own code. Within a fit
 * it is the fit's; in a loop written by hand it is the loop's, which says how many steps it has done.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Guest } from "../kernel/capability.ts";
import {
  type TrainingPoint,
  type TrainingState,
  decodeCheckpoint,
  encodeCheckpoint,
} from "./checkpointFile.ts";
import type { Collector } from "./collector.ts";
import type { FitKeeper, Past } from "./fitKeeper.ts";
import { RUNS, type ResumeReply } from "./requests.ts";
import { checkedStep } from "./step.ts";
import { type Trainable, bringBack, holdWeights } from "./trainingState.ts";

type Tf = typeof tf;

/** What `checkpoint` gives and `restore` takes. The bytes are within it, and in the run's log. */
export class Checkpoint {
  readonly epoch: number;
  readonly step: number;
  /** Bytes. */
  readonly size: number;
  readonly #state: TrainingState;

  constructor(state: TrainingState, size: number) {
    this.epoch = state.epoch;
    this.step = state.step;
    this.size = size;
    this.#state = state;
  }

  static stateOf(checkpoint: Checkpoint): TrainingState {
    return checkpoint.#state;
  }
}

export interface CheckpointOptions {
  /** Steps of the loop that are done. */
  readonly step?: number;
}

/** What stands around a training in this cell. */
export interface TrainingAround {
  /** The fit that trains this model now. */
  keeperOf(model: object): FitKeeper | undefined;
  /** The run that the loop logs into. */
  collectorOf(model: object): Collector | undefined;
  /** How many batches trainOnBatch has done with it. */
  batchesOf(model: object): number;
  restored(model: object, point: TrainingPoint): void;
}

export interface Checkpoints {
  /**
   * Keeps a model or variables, their optimizer (a model's own where none is given) and where chance stands. In a run
   * it is kept with it, so that a run that was cut off can go on.
   */
  checkpoint(
    model: Trainable,
    optimizer?: tf.Optimizer | CheckpointOptions,
    options?: CheckpointOptions,
  ): Promise<Checkpoint>;
  /**
   * Brings back what was kept, to the bit. Without a checkpoint: what the cell goes on from after it was cut off, or
   * undefined where it runs from the beginning.
   */
  restore(
    model: Trainable,
    optimizer?: tf.Optimizer | Checkpoint,
    checkpoint?: Checkpoint,
  ): Promise<TrainingPoint | undefined>;
}

export function checkpointsGuest(tf: Tf, guest: Guest, around: TrainingAround): Checkpoints {
  const optimizerOf = (model: Trainable, given: unknown): tf.Optimizer | undefined => {
    if (given instanceof tf.Optimizer) return given;
    return model instanceof tf.LayersModel ? model.optimizer : undefined;
  };
  return {
    async checkpoint(model, optimizer, options) {
      checkTrainable(tf, model, "checkpoint");
      const keeper = around.keeperOf(model);
      if (keeper) {
        const state = await keeper.keep();
        return new Checkpoint(state, sizeOf(state));
      }
      const said = optimizer instanceof tf.Optimizer ? options : (options ?? optimizer);
      const step = checkedStep(said?.step ?? 0);
      const batch = around.batchesOf(model);
      const read = holdWeights(tf, model, optimizerOf(model, optimizer));
      const chance = guest.chance?.state();
      const state: TrainingState = {
        ...(await read()),
        ...{ epoch: 0, batch, step, chance, shuffles: [], rows: 0, callbacks: [] },
      };
      const bytes = encodeCheckpoint(state);
      const kept = new Checkpoint(state, bytes.length);
      around.collectorOf(model)?.keep({ fit: null, epoch: 0, batch, step }, bytes);
      return kept;
    },
    async restore(model, optimizer, checkpoint) {
      checkTrainable(tf, model, "restore");
      const given = optimizer instanceof Checkpoint ? optimizer : checkpoint;
      const collector = around.collectorOf(model);
      const state = given
        ? Checkpoint.stateOf(given)
        : (await askPast(guest, collector, null))?.state;
      if (!state) return undefined;
      bringBack(tf, model, optimizerOf(model, optimizer), state);
      if (state.chance) guest.chance?.restore(state.chance);
      const { epoch, batch, step } = state;
      around.restored(model, { epoch, batch, step });
      return { epoch, batch, step };
    },
  };
}

/** What the page has of the training that this cell goes on from. */
export async function askPast(
  guest: Guest,
  collector: Collector | undefined,
  fit: number | null,
): Promise<Past | undefined> {
  if (!guest.resumes) return undefined;
  const request = { kind: "resume", ...(collector?.place ?? { run: 0, index: 0 }), fit };
  const reply = (await guest.call(RUNS, request)) as ResumeReply;
  if (!reply) return undefined;
  const { epochs, batches } = reply;
  if (reply.how === "continue") return { epochs, batches };
  const state = decodeCheckpoint(reply.bytes);
  if (!state) throw new Error("What was kept of this training cannot be read. Run the cell anew.");
  return { epochs, batches, state };
}

function checkTrainable(tf: Tf, model: unknown, name: string): asserts model is Trainable {
  const is = (one: unknown): boolean => one instanceof tf.Variable;
  if (model instanceof tf.LayersModel || is(model)) return;
  const inner =
    typeof model === "object" && model !== null ? (Object.values(model) as unknown[]) : [];
  if (inner.length > 0 && inner.every(is)) return;
  throw new TypeError(
    `${name}() takes a model, or the variables of one: ${name}(model) or ${name}([w, b]).`,
  );
}

function sizeOf(state: TrainingState): number {
  return [...state.weights, ...state.slots].reduce((sum, one) => sum + one.values.byteLength, 0);
}
