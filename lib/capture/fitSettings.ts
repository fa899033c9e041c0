/** What a fit was asked for, with TensorFlow.js's own defaults, and its callbacks as TensorFlow.js sets them up. */
import type * as tf from "@tensorflow/tfjs";
import {
  type FitLoop,
  type Logger,
  type TensorFlow,
  type TrainFunction,
  type TrainingModel,
  callbacksIn,
} from "./internals.ts";

export interface FitSettings {
  readonly f: TrainFunction;
  /** Inputs, targets and, where classes have weights, sample weights; rows first. */
  readonly ins: readonly (tf.Tensor | null)[];
  readonly labels: readonly string[];
  readonly rows: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly shuffle: boolean;
  readonly valF: unknown;
  readonly valIns: readonly tf.Tensor[];
}

/** Shorter fits are over before a program of them would be ready. */
const FEWEST_STEPS = 8;

/** Why it is not captured where it is no fit for that. */
export function settingsOf(args: Parameters<FitLoop>): FitSettings | string {
  const [f, ins, labels, batchSize, epochs, , , valF, valIns, shuffle, , initialEpoch, ...rest] =
    args;
  const rows = ins[0]?.shape[0];
  if (rest.some((one) => one != null) || shuffle === "batch" || rows === undefined)
    return "TensorFlow.js does not know this way to fit either";
  const settings = {
    ...{ f, ins, labels, rows, valF, valIns },
    batchSize: batchSize ?? 32,
    epochs: epochs ?? 1,
    initialEpoch: initialEpoch ?? 0,
    shuffle: shuffle !== false && shuffle !== "",
  };
  const { epochs: all, initialEpoch: from } = settings;
  const steps = Math.ceil(rows / settings.batchSize) * (all - from);
  return steps < FEWEST_STEPS ? `it has only ${steps} steps` : settings;
}

export interface FitCallbacks {
  readonly list: tf.CallbackList;
  readonly logger: Logger;
  readonly own: readonly tf.CustomCallback[];
  readonly history: tf.History & { syncData(): Promise<void> };
}

class Configured extends Error {
  readonly list: tf.CallbackList;

  constructor(list: tf.CallbackList) {
    super("The callbacks are set up");
    this.list = list;
  }
}

/**
 * Lets TensorFlow.js set up its callbacks, those registered for all fits included, and takes them from it just before it
 * would begin to train.
 */
export async function callbacksOf(
  tf: TensorFlow,
  original: FitLoop,
  model: TrainingModel,
  args: Parameters<FitLoop>,
): Promise<FitCallbacks> {
  const list = await configured(tf, () => original.apply(model, args));
  list.setModel(model as never);
  const all = callbacksIn(list);
  return {
    list,
    logger: all[0] as unknown as Logger,
    own: all.slice(1, -1),
    history: all.at(-1) as unknown as FitCallbacks["history"],
  };
}

async function configured(tf: TensorFlow, begin: () => Promise<unknown>): Promise<tf.CallbackList> {
  const prototype = tf.CallbackList.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
  const { setModel } = prototype;
  prototype.setModel = function (this: tf.CallbackList) {
    throw new Configured(this);
  };
  // It is called before the loop first waits: nobody else's fit can come between.
  const begun = begin();
  prototype.setModel = setModel;
  try {
    await begun;
  } catch (error) {
    if (error instanceof Configured) return error.list;
    throw error;
  }
  throw new Error("TensorFlow.js did not set up its callbacks");
}
