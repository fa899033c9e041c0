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
  guest: Pick<Guest, "trained" | "interrupted">,
  world: Pick<GuestWorld, "now" | "turn">,
): void {
  const between = betweenBatches(guest, world);
  class Stopper extends tf.CustomCallback {
    constructor() {
      super({}, "never");
    }
    override onBatchEnd = between;
  }
  const model = tf.LayersModel.prototype as unknown as Record<string, Method>;

  wrap(
    model,
    "fit",
    (original) =>
      function (x, y, args) {
        guest.trained(this);
        return original.call(this, x, y, withCallback(tf, args, new Stopper()));
      },
  );
  wrap(
    model,
    "fitDataset",
    (original) =>
      function (dataset, args) {
        guest.trained(this);
        return original.call(this, dataset, withCallback(tf, args, new Stopper()));
      },
  );
  wrap(
    model,
    "trainOnBatch",
    (original) =>
      async function (...args) {
        guest.trained(this);
        await between();
        return original.apply(this, args);
      },
  );
  wrap(
    model,
    "compile",
    (original) =>
      function (...args) {
        guest.trained(this);
        return original.apply(this, args);
      },
  );
  for (const name of ["minimize", "applyGradients"]) {
    wrap(
      tf.Optimizer.prototype as unknown as Record<string, Method>,
      name,
      (original) =>
        function (...args) {
          if (guest.interrupted) throw new Interrupted();
          guest.trained(this);
          return original.apply(this, args);
        },
    );
  }
  wrap(
    tf.Variable.prototype as unknown as Record<string, Method>,
    "assign",
    (original) =>
      function (...args) {
        guest.trained(this);
        return original.apply(this, args);
      },
  );
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
  prototype: Record<string, Method>,
  name: string,
  around: (original: Method) => Method,
): void {
  const original = prototype[name];
  if (original) prototype[name] = around(original);
}

/**
 * The arguments of a fit with one callback more. TensorFlow.js takes either callback objects or records of
 * functions, not both: records become objects, which also yield as often as `yieldEvery` says.
 */
function withCallback(tf: TensorFlow, args: unknown, callback: tf.CustomCallback): unknown {
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
