/** The output of a cell while it runs: gathers what the kernel tells until it is a record. */
import type { Digest } from "../base/ids.ts";
import { weightOf } from "../kernel/bundle.ts";
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

/** A little above what the kernel's own half lets through; what passes it by is cut here. */
const MOST_BUNDLES = 1_800;
const MOST_LETTERS = 10_000_000;
const MOST_RUNS = 200;
const MOST_NAMES = 1_000;

interface Part {
  bundle: MimeBundle;
  letters: number;
}

export class LiveOutput {
  readonly #origin: RunOrigin;
  readonly #parts: Part[] = [];
  readonly #byId = new Map<string, Part>();
  #letters = 0;
  #cut = false;
  readonly #datasets = new Map<string, DatasetInput>();
  readonly #params = new Map<string, ParamInput>();
  readonly #runs = new Set<string>();
  readonly #trains = new Set<string>();

  constructor(origin: RunOrigin) {
    this.#origin = origin;
  }

  /** A bundle with an id takes the place of the one before it with that id. */
  show(bundle: MimeBundle, id?: string): void {
    const same = id === undefined ? undefined : this.#byId.get(id);
    const letters = weightOf(bundle);
    const more = letters - (same?.letters ?? 0);
    if (this.#letters + more > MOST_LETTERS || (!same && this.#parts.length >= MOST_BUNDLES)) {
      this.#cut = true;
      return;
    }
    this.#letters += more;
    if (same) return void Object.assign(same, { bundle, letters });
    const part = { bundle, letters };
    this.#parts.push(part);
    if (id !== undefined) this.#byId.set(id, part);
  }

  readDataset(dataset: DatasetInput): void {
    this.#datasets.set(`${dataset.name} ${dataset.digest}`, dataset);
  }

  readParam(param: ParamInput): void {
    this.#params.set(param.name, param);
  }

  /** The newest are kept, for theirs are the curves under the cell. */
  startedRun(run: string): void {
    this.#runs.add(run);
    const [oldest] = this.#runs;
    if (this.#runs.size > MOST_RUNS && oldest !== undefined) this.#runs.delete(oldest);
  }

  trained(names: readonly string[]): void {
    for (const name of names) if (this.#trains.size < MOST_NAMES) this.#trains.add(name);
  }

  get runs(): readonly string[] {
    return [...this.#runs];
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
    const parts = this.#parts.map((one) => one.bundle);
    const shown = this.#cut ? [...parts, CUT] : parts;
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
      runs: this.runs,
      datasets: [...new Set([...this.#datasets.values()].map((one) => one.name))],
      trains: [...this.#trains],
    };
  }
}

const CUT_WORDS = "This cell shows more than fits: the rest is left out.";
const CUT: MimeBundle = {
  "application/vnd.ensemble.console+json": { level: "warn", text: CUT_WORDS },
  "text/plain": CUT_WORDS,
};

function errorBundle(error: ErrorOutput): MimeBundle {
  return {
    "application/vnd.ensemble.error+json": error,
    "text/plain": `${error.name}: ${error.message}`,
  };
}
