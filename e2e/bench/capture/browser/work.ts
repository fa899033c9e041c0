/**
 * What is trained and told of it, the same text in a cell and in a bare worker: bundled into one script, of which `prepare`
 * is called once in a worker, before anything trains there, and `fit` each time. Nothing reaches into a cell's worker from
 * outside: what empties its kernels and counts its dispatches is the cell's own code.
 */
import type * as tf from "@tensorflow/tfjs";
import { adapterName } from "../adapterName.ts";
import { countDispatches, dispatched } from "../dispatches.ts";
import { faultsOf } from "../faults.ts";
import { BATCH, type Model, models } from "../models.ts";
import { emptyKernels } from "./emptyKernels.ts";
import { type Adapter, type Kernels, MARKS, type Said, type Work } from "./task.ts";

let faults: readonly string[] = [];
let hasKernels = true;

export async function prepare(lib: typeof tf, kernels: Kernels): Promise<string> {
  hasKernels = kernels === "real";
  if (!hasKernels) emptyKernels();
  countDispatches();
  faults = faultsOf(lib);
  const found = await navigator.gpu.requestAdapter();
  if (!found) throw new Error("There is no adapter");
  const { info } = found;
  const adapter: Adapter = { name: adapterName(info), isSoftware: info.isFallbackAdapter };
  return JSON.stringify(adapter);
}

export async function fit(lib: typeof tf, work: Work): Promise<string> {
  const made: Model = models[work.model];
  const { model, x, y } = made.make(lib, work.steps * BATCH);
  const watched = new Watched(work, () => (model.stopTraining = true));
  const history = await model.fit(x, y, {
    epochs: work.epochs,
    batchSize: BATCH,
    verbose: 0,
    callbacks: { onEpochEnd: () => watched.epochIsOver() },
  });
  const loss = history.history["loss"]?.at(-1);
  const weights = hasKernels ? await bitsOf(model) : "";
  model.dispose();
  lib.dispose([x, y]);
  lib.disposeVariables();
  if (faults[0] !== undefined) throw new Error(faults[0]);
  const said: Said = { ...watched.found(), loss: Number(loss), weights };
  return JSON.stringify(said);
}

interface Mark {
  readonly at: number;
  readonly date: number;
  readonly epochs: number;
  readonly dispatches: number;
}

/** Looks at the later half of a fit: by then it is compiled, and captured where it can be. */
class Watched {
  readonly #work: Work;
  readonly #stop: () => void;
  readonly #startedAt = performance.now();
  #epochs = 0;
  #began: Mark | undefined;
  #ended: Mark | undefined;

  constructor(work: Work, stop: () => void) {
    this.#work = work;
    this.#stop = stop;
  }

  epochIsOver(): void {
    this.#epochs++;
    const { epochs, ms } = this.#work;
    const elapsed = performance.now() - this.#startedAt;
    const part = ms === undefined ? this.#epochs / epochs : elapsed / ms;
    if (!this.#began) {
      if (part >= 0.5) this.#began = this.#mark(MARKS.began);
    } else if (part >= 1 && !this.#ended) {
      this.#ended = this.#mark(MARKS.ended);
      this.#stop();
    }
  }

  /** The thread's CPU time stands in the browser's trace, beside the mark. */
  #mark(name: string): Mark {
    performance.mark(name);
    const [at, date] = [performance.now(), Date.now()];
    return { at, date, epochs: this.#epochs, dispatches: dispatched() };
  }

  found(): Omit<Said, "loss" | "weights"> {
    const [began, ended] = [this.#began, this.#ended];
    if (!began || !ended) throw new Error("the fit was over before it was looked at");
    const steps = (ended.epochs - began.epochs) * this.#work.steps;
    return {
      steps,
      wallUs: ((ended.at - began.at) * 1000) / steps,
      dispatches: (ended.dispatches - began.dispatches) / steps,
      beganAt: began.date,
      endedAt: ended.date,
    };
  }
}

/** A digest of all weights, equal where they are equal to the bit (FNV-1a over 32-bit words). */
async function bitsOf(model: tf.LayersModel): Promise<string> {
  let hash = 0x811c9dc5;
  for (const one of model.getWeights()) {
    const values = await one.data<"float32">();
    for (const word of new Uint32Array(values.slice().buffer))
      hash = Math.imul(hash ^ word, 0x01000193);
  }
  return (hash >>> 0).toString(16);
}
