/** The output of a cell while it runs: gathers what the kernel tells until it is a record. */
import type { Digest } from "../base/ids.ts";
import type { ErrorOutput, MimeBundle } from "../kernel/mime.ts";
import {
  type DatasetInput,
  type Inputs,
  type ParamInput,
  digestInputs,
  joinInputs,
} from "./inputs.ts";
import type { OutputRecord } from "./outputs.ts";

/** Who runs it, from what, since when. */
export type RunOrigin = Pick<OutputRecord, "by" | "byName" | "at" | "inputs">;

export class LiveOutput {
  readonly #origin: RunOrigin;
  readonly #bundles: { bundle: MimeBundle; readonly id: string | undefined }[] = [];
  readonly #datasets = new Map<string, DatasetInput>();
  readonly #params = new Map<string, ParamInput>();
  readonly #runs = new Set<string>();
  readonly #trains = new Set<string>();

  constructor(origin: RunOrigin) {
    this.#origin = origin;
  }

  /** A bundle with an id takes the place of the one before it with that id. */
  show(bundle: MimeBundle, id?: string): void {
    const same = id === undefined ? undefined : this.#bundles.find((one) => one.id === id);
    if (same) same.bundle = bundle;
    else this.#bundles.push({ bundle, id });
  }

  readDataset(dataset: DatasetInput): void {
    this.#datasets.set(`${dataset.name} ${dataset.digest}`, dataset);
  }

  readParam(param: ParamInput): void {
    this.#params.set(param.name, param);
  }

  startedRun(run: string): void {
    this.#runs.add(run);
  }

  trained(names: readonly string[]): void {
    for (const name of names) this.#trains.add(name);
  }

  /** It trained or recorded something. */
  get leaves(): boolean {
    return this.#runs.size > 0 || this.#trains.size > 0;
  }

  get inputs(): Inputs {
    const { inputs } = this.#origin;
    return joinInputs(inputs.seed, [
      inputs,
      { sources: [], datasets: [...this.#datasets.values()], params: [...this.#params.values()] },
    ]);
  }

  record(
    end: OutputRecord["end"],
    now: number,
    device: string,
    error: ErrorOutput | null = null,
  ): OutputRecord {
    const { by, byName, at } = this.#origin;
    const inputs = this.inputs;
    const shown = this.#bundles.map((one) => one.bundle);
    const digest: Digest = digestInputs(inputs);
    return {
      bundles: error ? [...shown, errorBundle(error)] : shown,
      whole: null,
      end,
      error,
      digest,
      inputs,
      by,
      byName,
      device,
      at,
      ms: Math.max(0, now - at),
      runs: [...this.#runs],
      datasets: [...new Set([...this.#datasets.values()].map((one) => one.name))],
      trains: [...this.#trains],
    };
  }
}

function errorBundle(error: ErrorOutput): MimeBundle {
  return {
    "application/vnd.ensemble.error+json": error,
    "text/plain": `${error.name}: ${error.message}`,
  };
}
