/** Puts captured training in the place of TensorFlow.js's loop over batches, for every model that it can take. */
import type { CapturedStep } from "./capturedStep.ts";
import { CapturedFit, type FitWorld, type Steps } from "./fit.ts";
import { callbacksOf, settingsOf } from "./fitSettings.ts";
import {
  type FitLoop,
  type TensorFlow,
  type TrainingModel,
  missingInternals,
  webgpuBackend,
} from "./internals.ts";
import { KnownClasses } from "./models.ts";
import type { SwapRandom } from "./trace.ts";

export interface CaptureWorld {
  readonly swapRandom: SwapRandom;
  /** Milliseconds that only go forward. */
  now(): number;
  /** Whether the notebook wants it. */
  isOn(): boolean;
  /** How a model that is being fitted is trained: "captured", or "stock" and why. */
  told(model: object, how: "captured" | "stock", why: string): void;
}

/** Shorter fits are over before a program of them would be ready. */
const FEWEST_STEPS = 8;

export function captureFits(tf: TensorFlow, world: CaptureWorld): void {
  const known = new KnownClasses(tf);
  const programs = new WeakMap<object, Steps>();
  const prototype = tf.LayersModel.prototype as unknown as {
    fitLoop: FitLoop;
    dispose: (this: object) => unknown;
  };
  const { fitLoop, dispose } = prototype;
  prototype.fitLoop = async function (this: TrainingModel, ...args) {
    const refused = (why: string): ReturnType<FitLoop> => {
      world.told(this, "stock", why);
      return fitLoop.apply(this, args);
    };
    if (!world.isOn()) return refused("captured training is switched off");
    const backend = webgpuBackend(tf);
    if (!backend) return refused("it does not run on WebGPU");
    const missing = missingInternals(tf);
    if (missing.length > 0)
      return refused(`this version of TensorFlow.js has no ${missing.join(", ")}`);
    const own = known.ownPart(this);
    if (own !== undefined) return refused(own);
    const settings = settingsOf(args);
    if (!settings) return refused("it is fitted in a way that TensorFlow.js does not know");
    const { rows, batchSize, epochs, initialEpoch } = settings;
    const count = Math.ceil(rows / batchSize) * (epochs - initialEpoch);
    if (count < FEWEST_STEPS) return refused(`it has only ${count} steps`);
    const steps: Steps = programs.get(this) ?? new Map<number, CapturedStep>();
    programs.set(this, steps);
    const callbacks = await callbacksOf(tf, fitLoop, this, args);
    const fitWorld: FitWorld = {
      tf,
      backend,
      swapRandom: world.swapRandom,
      now: () => world.now(),
    };
    return new CapturedFit(fitWorld, this, settings, callbacks, steps, (how, why) =>
      world.told(this, how, why),
    ).run();
  };
  prototype.dispose = function () {
    for (const step of programs.get(this)?.values() ?? []) step.dispose();
    programs.delete(this);
    return dispose.call(this);
  };
}
