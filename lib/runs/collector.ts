/**
 * What one run has to tell the page, in the worker: points whose values may still be on the GPU are gathered
 * and read back together, without anybody waiting, and told every half second. Leaves no tensor behind.
 */
import type * as tf from "@tensorflow/tfjs";
import type { Guest } from "../kernel/capability.ts";
import type { CheckpointFacts, ModelSummary, RunProgress } from "../document/runDoc.ts";
import type { RunEnd, RunParams } from "../document/runsDoc.ts";
import { RUNS } from "./requests.ts";
import { type Axis, seriesKey } from "./series.ts";

type Tf = typeof tf;

interface Pending {
  readonly name: string;
  readonly by: Axis;
  readonly step: number;
  readonly value: number | tf.Tensor;
}

/** The worker's number for it, and its place among the runs of its cell, from 0. */
export interface RunPlace {
  readonly run: number;
  readonly index: number;
}

interface Collected {
  name: string;
  by: Axis;
  steps: number[];
  values: number[];
}

const TELL_EVERY_MS = 500;
/** So many values are read back from the GPU at once; more only grows the pass that joins them. */
const READ_AT_ONCE = 64;
const TELL_AT = 4096;
const MAX_CONSOLE = 32 * 1024;

export class Collector {
  readonly place: RunPlace;
  readonly #tf: Tf;
  readonly #guest: Guest;
  readonly #now: () => number;
  readonly #run: number;
  #pending: Pending[] = [];
  #onDevice = 0;
  #collected = new Map<string, Collected>();
  #points = 0;
  #console = "";
  #progress: RunProgress | undefined;
  #toldAt: number;
  #reading: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(tf: Tf, guest: Guest, now: () => number, place: RunPlace) {
    this.#tf = tf;
    this.#guest = guest;
    this.#now = now;
    this.#run = place.run;
    this.place = place;
    this.#toldAt = now();
  }

  get ended(): boolean {
    return this.#ended;
  }

  start(name: string, params: RunParams, model?: ModelSummary): void {
    this.#tell({ kind: "start", name, params, model });
  }

  describe(params: RunParams, tags: readonly string[], model?: ModelSummary): void {
    this.#tell({ kind: "describe", params, tags, model });
  }

  /** Takes a number, or a scalar tensor that stays the caller's. */
  add(name: string, by: Axis, step: number, value: number | tf.Tensor): void {
    if (this.#ended) return;
    this.#pending.push({ name, by, step, value: this.#hold(value) });
    if (this.#onDevice >= READ_AT_ONCE) this.#read();
  }

  /** A checkpoint; the page keeps the newest. The bytes are gone from here afterwards. */
  keep(facts: CheckpointFacts, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#ended) return;
    this.#guest.tell(RUNS, { run: this.#run, kind: "keep", ...facts, bytes }, [bytes.buffer]);
  }

  print(text: string): void {
    if (this.#console.length < MAX_CONSOLE) this.#console += text;
  }

  /** Tells what is there where the last time is a while ago. Never waits. */
  tick(progress?: RunProgress): void {
    if (progress) this.#progress = progress;
    if (this.#now() - this.#toldAt < TELL_EVERY_MS && this.#points < TELL_AT) return;
    this.#toldAt = this.#now();
    this.#read();
    this.#reading = this.#reading.then(() => this.#log());
  }

  /** Reads and tells everything. */
  async flush(): Promise<void> {
    this.#read();
    await this.#reading;
    this.#log();
  }

  async end(how: RunEnd["how"], why = ""): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.flush();
    this.#tell({ kind: "end", how, why });
  }

  /**
   * Where reading is free the number is taken at once. Else a second handle on the same buffer, of the shape that
   * joining wants: a reshape copies nothing, and is all that a batch costs.
   */
  #hold(value: number | tf.Tensor): number | tf.Tensor {
    if (typeof value === "number") return value;
    const backend = this.#tf.getBackend();
    if (backend === "cpu" || backend === "wasm") return value.dataSync()[0] ?? NaN;
    this.#onDevice++;
    return this.#tf.tidy(() => {
      const row = this.#tf.reshape(value, [1]);
      return this.#tf.keep(row.dtype === "float32" ? row : this.#tf.cast(row, "float32"));
    });
  }

  /** Starts to read what is pending; `#reading` goes on in the order in which it was logged. */
  #read(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    this.#onDevice = 0;
    const held = pending.flatMap(({ value }) => (typeof value === "number" ? [] : [value]));
    const values = held.length > 0 ? this.#readBack(held) : [];
    this.#reading = this.#reading.then(async () => this.#collect(pending, await values));
  }

  async #readBack(held: tf.Tensor[]): Promise<ArrayLike<number>> {
    const joined = this.#tf.concat(held);
    this.#tf.dispose(held);
    try {
      return await joined.data<"float32">();
    } catch {
      return []; // the device is lost; the cell says so, and the points are told as missing
    } finally {
      joined.dispose();
    }
  }

  #collect(pending: readonly Pending[], read: ArrayLike<number>): void {
    let next = 0;
    for (const { name, by, step, value } of pending) {
      const key = seriesKey({ name, by });
      let series = this.#collected.get(key);
      if (!series) this.#collected.set(key, (series = { name, by, steps: [], values: [] }));
      series.steps.push(step);
      series.values.push(typeof value === "number" ? value : (read[next++] ?? NaN));
    }
    this.#points += pending.length;
  }

  #log(): void {
    const blocks = [...this.#collected.values()];
    const [progress, console] = [this.#progress, this.#console];
    if (blocks.length === 0 && !progress && console === "") return;
    this.#collected = new Map();
    this.#points = 0;
    this.#progress = undefined;
    this.#console = "";
    this.#tell({ kind: "log", blocks, progress, console });
  }

  #tell(message: object): void {
    this.#guest.tell(RUNS, { run: this.#run, ...message });
  }
}
