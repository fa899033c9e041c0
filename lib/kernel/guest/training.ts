/**
 * Training is a write: what a cell trains or assigns in place is reported, and training stops between two
 * batches once the person asked. A batch costs a look at a flag and at the clock, and nothing more.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Guest } from "../capability.ts";
import { Interrupted } from "./interruption.ts";
import type { GuestWorld } from "./world.ts";

type TensorFlow = typeof tf;
type Method = (this: object, ...args: unknown[]) => unknown;

/** Without a turn for so long, no message gets in: not even the one that asks to stop. */
const TURN_EVERY_MS = 100;

export function watchTraining(
  tf: TensorFlow,
  guest: Pick<Guest, "trained" | "made" | "interrupted" | "chance">,
  world: Pick<GuestWorld, "now" | "turn">,
): void {
  watchVariables(tf, guest);
  seedShuffles(tf, guest);
  const between = betweenBatches(guest, world);
  class Stopper extends tf.CustomCallback {
    constructor() {
      super({}, "never");
    }
    override onBatchEnd = between;
    /** Captured training tells of many batches at a time. */
    onBatches = between;
  }
  const reported = (original: Method): Method =>
    function (...args) {
      guest.trained(this);
      return original.apply(this, args);
    };
  const fitting =
    (data: number) =>
    (original: Method): Method =>
      function (...args) {
        guest.trained(this);
        const asked = withCallback(tf, args[data], new Stopper());
        return original.call(this, ...args.slice(0, data), asked);
      };
  const stepping = (original: Method): Method =>
    function (...args) {
      if (guest.interrupted) throw new Interrupted();
      guest.trained(this);
      return original.apply(this, args);
    };
  const batching = (original: Method): Method =>
    async function (...args) {
      guest.trained(this);
      await between();
      return original.apply(this, args);
    };
  wrap(tf.LayersModel, "fit", fitting(2));
  wrap(tf.LayersModel, "fitDataset", fitting(1));
  wrap(tf.LayersModel, "trainOnBatch", batching);
  wrap(tf.LayersModel, "compile", reported);
  // A sequential model hands its calls on to a model within it, which no cell knows.
  wrap(tf.Sequential, "compile", reported);
  wrap(tf.Optimizer, "minimize", stepping);
  wrap(tf.Optimizer, "applyGradients", stepping);
  wrap(tf.Variable, "assign", reported);
}

/** Who made a variable: a model that no name holds is known by where its weights were made. */
function watchVariables(tf: TensorFlow, guest: Pick<Guest, "made">): void {
  const engine = tf.engine();
  const make = engine.makeVariable.bind(engine);
  engine.makeVariable = (...args) => {
    const variable = make(...args);
    // What an optimizer keeps for itself is not trainable.
    if (variable.trainable) guest.made(variable);
    return variable;
  };
}

/** A dataset that is shuffled without a seed takes one from the clock; here it draws it like everything else. */
function seedShuffles(tf: TensorFlow, guest: Pick<Guest, "chance">): void {
  const dataset = tf.data.Dataset.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own dataset below
  const { shuffle } = dataset;
  dataset.shuffle = function (bufferSize, seed = guest.chance?.().toString(), ...rest) {
    return shuffle.call(this, bufferSize, seed, ...rest);
  };
}

function betweenBatches(
  guest: Pick<Guest, "interrupted">,
  world: Pick<GuestWorld, "now" | "turn">,
): () => Promise<void> {
  let turnAt = world.now();
  return async () => {
    if (world.now() - turnAt > TURN_EVERY_MS) {
      await world.turn();
      turnAt = world.now();
    }
    if (guest.interrupted) throw new Interrupted();
  };
}

function wrap(
  of: { readonly prototype: object },
  name: string,
  around: (original: Method) => Method,
): void {
  const prototype = of.prototype as Record<string, Method>;
  const original = prototype[name];
  if (original) prototype[name] = around(original);
}

/**
 * The arguments of a fit with one callback more. TensorFlow.js takes either callback objects or records of
 * functions, not both: records become objects, which also yield as often as `yieldEvery` says.
 */
export function withCallback(tf: TensorFlow, args: unknown, callback: tf.CustomCallback): unknown {
  const given = (args ?? {}) as tf.ModelFitArgs;
  const listed = ([] as unknown[]).concat(given.callbacks ?? {});
  const callbacks = listed.map((one) =>
    isCallback(one) ? one : new tf.CustomCallback(one as tf.CustomCallbackArgs, given.yieldEvery),
  );
  return { ...given, callbacks: [...callbacks, callback] };
}

function isCallback(value: unknown): value is tf.CustomCallback {
  return typeof value === "object" && value !== null && "setParams" in value;
}
