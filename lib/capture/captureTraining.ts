/** Puts captured training in the place of TensorFlow.js's own, for every model and step that it can take. */
import type * as tf from "@tensorflow/tfjs";
import { type CaptureOptions, type Given, capturedByHand } from "./captureStep.ts";
import type { CapturedStep, Standing } from "./capturedStep.ts";
import { CapturedFit, type Programs } from "./fit.ts";
import { callbacksOf, settingsOf } from "./fitSettings.ts";
import {
  type FitLoop,
  type PredictLoop,
  type TensorFlow,
  type TrainFunction,
  type TrainingModel,
  type WebGpuBackend,
  isTaped,
  missingInModel,
  missingInternals,
  webgpuBackend,
} from "./internals.ts";
import { layersState, modelState } from "./modelState.ts";
import { KnownClasses } from "./models.ts";
import type { Scatter } from "./graph.ts";
import { scattersOf } from "./noise.ts";
import { type Predictions, predicted } from "./prediction.ts";
import { type StepWorld, type SwapRandom, isTracing } from "./trace.ts";
import { type StepsByShape, capturedFunction } from "./trainFunction.ts";

export interface CaptureWorld {
  readonly swapRandom: SwapRandom;
  /** Milliseconds that only go forward. */
  now(): number;
  /** Whether the notebook wants it. */
  isOn(): boolean;
  /**
   * How a model is being trained, or a step by hand where there is none: from a program and how large that is, or as
   * TensorFlow.js does it and why. Told again and again.
   */
  told(model: object | undefined, how: "captured" | "stock", about: string): void;
  /** A captured step of a loop by hand is about to change these. */
  stepping(changes: readonly tf.Variable[]): void;
  /** Takes what gives back all that a step by hand holds. */
  holding(giveBack: () => void): void;
}

/** A function that does what a step does, from a program once there is one. */
export type Capture = <Inputs extends readonly tf.Tensor[], Out extends Given>(
  step: (...inputs: Inputs) => Out,
  options?: CaptureOptions<Inputs>,
) => (...inputs: Inputs | []) => Out;

/** As tf.randomNormal has it where nothing is said. */
const STANDARD: Scatter = { mean: 0, stdDev: 1 };

export function captureTraining(tf: TensorFlow, world: CaptureWorld): Capture {
  const capturer = new Capturer(tf, world);
  capturer.replace();
  const byHand = {
    stepWorld: () => capturer.stepWorld(),
    told: (standing: Standing) => capturer.tell(undefined, standing),
    stepping: world.stepping.bind(world),
    holding: world.holding.bind(world),
  };
  return (step, options) => capturedByHand(byHand, step, options);
}

interface ModelPrograms extends Programs {
  readonly batches: StepsByShape;
  readonly predictions: Predictions;
}

/** What a model was like when a step over batches of it was run last. */
const states = new WeakMap<CapturedStep, string>();

/** A captured step knows TensorFlow.js's own, which a fit takes many of. */
const originals = new WeakMap<TrainFunction, TrainFunction>();

class Capturer {
  readonly #tf: TensorFlow;
  readonly #world: CaptureWorld;
  readonly #known: KnownClasses;
  /** Programs are of one device: where it was lost there is another backend. */
  readonly #programs = new Map<WebGpuBackend, WeakMap<object, ModelPrograms>>();

  constructor(tf: TensorFlow, world: CaptureWorld) {
    this.#tf = tf;
    this.#world = world;
    this.#known = new KnownClasses(tf);
  }

  replace(): void {
    const prototype = this.#tf.LayersModel.prototype as unknown as {
      fitLoop: FitLoop;
      makeTrainFunction: (this: TrainingModel) => TrainFunction;
      predictLoop: PredictLoop;
      dispose: (this: object) => unknown;
    };
    const { fitLoop, makeTrainFunction, predictLoop, dispose } = prototype;
    const { fit, batches, predict, forget } = {
      fit: this.#fit.bind(this),
      batches: this.#batches.bind(this),
      predict: this.#predict.bind(this),
      forget: this.#forget.bind(this),
    };
    prototype.fitLoop = function (this: TrainingModel, f, ...rest) {
      return fit(this, fitLoop, [originals.get(f) ?? f, ...rest]);
    };
    prototype.makeTrainFunction = function (this: TrainingModel) {
      return batches(this, makeTrainFunction.call(this));
    };
    prototype.predictLoop = function (this: TrainingModel, ...args) {
      return predict(this, predictLoop, args);
    };
    prototype.dispose = function () {
      forget(this);
      return dispose.call(this);
    };
  }

  /** What steps of the model, or those by hand, are captured with, or why they are not. */
  stepWorld(model?: TrainingModel): StepWorld | string {
    if (!this.#world.isOn()) return "captured training is switched off";
    const backend = webgpuBackend(this.#tf);
    if (!backend) return "it does not run on WebGPU";
    const missing = [...missingInternals(this.#tf), ...(model ? missingInModel(model) : [])];
    if (missing.length > 0) return `this TensorFlow.js has no ${missing.join(", ")}`;
    const scatters = (): readonly Scatter[] => (model ? scattersOf(model.layers) : [STANDARD]);
    const world = { tf: this.#tf, backend, swapRandom: this.#world.swapRandom, scatters };
    return (model && this.#known.ownPart(model)) ?? world;
  }

  async #fit(
    model: TrainingModel,
    original: FitLoop,
    args: Parameters<FitLoop>,
  ): Promise<tf.History> {
    const here = this.stepWorld(model);
    const settings = settingsOf(args);
    const asItIs = (why: string): Promise<tf.History> => {
      this.tell(model, { kind: "stock", why });
      return original.apply(model, args);
    };
    if (typeof here === "string") return asItIs(here);
    if (typeof settings === "string") return asItIs(settings);
    const callbacks = await callbacksOf(this.#tf, original, model, args);
    const fitWorld = {
      ...here,
      now: () => this.#world.now(),
      told: (standing: Standing) => this.tell(model, standing),
    };
    const programs = this.#programsOf(here.backend, model);
    return new CapturedFit(fitWorld, model, settings, callbacks, programs).run();
  }

  #batches(model: TrainingModel, f: TrainFunction): TrainFunction {
    const captured: TrainFunction = (data) => {
      if (isTracing()) return f(data);
      const here = this.stepWorld(model);
      if (typeof here === "string") {
        this.tell(model, { kind: "stock", why: here });
        return f(data);
      }
      const programs = this.#programsOf(here.backend, model);
      const isChanged = (step: CapturedStep): boolean => {
        const state = modelState(model);
        const isSame = state === states.get(step);
        states.set(step, state);
        return !isSame;
      };
      const tell = (standing: Standing): void => this.tell(model, standing);
      return capturedFunction(here, f, programs.batches, isChanged, tell)(data);
    };
    originals.set(captured, f);
    return captured;
  }

  #predict(
    model: TrainingModel,
    original: PredictLoop,
    [ins, batchSize = 32, verbose]: Parameters<PredictLoop>,
  ): tf.Tensor | tf.Tensor[] {
    const here = this.stepWorld();
    const isStock = typeof here === "string" || isTaped(this.#tf) || isTracing();
    if (isStock || verbose) return original.call(model, ins, batchSize, verbose);
    const inputs = ([] as readonly tf.Tensor[]).concat(ins);
    const { predictions } = this.#programsOf(here.backend, model);
    const predicting = {
      loop: original.bind(model),
      state: () => layersState(model),
      canCapture: () => this.#known.ownLayerOf(model) === undefined,
    };
    return predicted(here, predicting, inputs, batchSize, predictions);
  }

  tell(model: TrainingModel | undefined, standing: Standing): void {
    if (standing.kind === "stock" && standing.passing !== "not tried again")
      this.#world.told(model, "stock", standing.why);
    if (standing.kind === "captured") {
      const { dispatches, bytes } = standing.program;
      this.#world.told(model, "captured", `${dispatches} dispatches a step, ${sizeText(bytes)}`);
    }
  }

  #programsOf(backend: WebGpuBackend, model: object): ModelPrograms {
    let models = this.#programs.get(backend);
    if (!models) this.#programs.set(backend, (models = new WeakMap()));
    let programs = models.get(model);
    if (!programs) {
      programs = noPrograms();
      models.set(model, programs);
    }
    return programs;
  }

  #forget(model: object): void {
    // A sequential model trains through a model within it.
    const inner = (model as { readonly model?: object }).model;
    for (const models of this.#programs.values())
      for (const one of inner ? [model, inner] : [model]) {
        const { training, validation, batches, predictions } = models.get(one) ?? NONE;
        for (const steps of [training, validation, batches])
          for (const step of steps.values()) step.reset();
        for (const { captured } of predictions.values()) captured.reset();
        models.delete(one);
      }
  }
}

/** In decimal units, as memory of devices is sold. */
function sizeText(bytes: number): string {
  const kilobytes = bytes / 1000;
  return kilobytes < 1000 ? `${Math.ceil(kilobytes)} kB` : `${(kilobytes / 1000).toFixed(1)} MB`;
}

const NONE: ModelPrograms = noPrograms();

function noPrograms(): ModelPrograms {
  return {
    training: new Map(),
    validation: new Map(),
    batches: new Map(),
    predictions: new Map(),
    state: "",
  };
}
