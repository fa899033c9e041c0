/**
 * What a cell imports from "ensemble", in the words that a person reads while they type. A test holds it against
 * what the kernel's guests offer (app/kernel/modules.ts): to add one, declare it here.
 */
import type { ColumnTable } from "arquero";
import type * as tf from "@tensorflow/tfjs";
import type { Datasets } from "./datasets.js";

/**
 * Reads a dataset of this workspace: an arquero table (missing values are null, dates are Date), or an
 * ImageSet for images.
 *
 *     const penguins = await dataset("penguins");
 *     const pinned = await dataset("penguins", { version: "9f2ce41b" });   // always these rows
 */
export function dataset<Name extends keyof Datasets>(name: Name): Promise<Datasets[Name]>;
export function dataset<Data extends ColumnTable | ImageSet = ColumnTable>(
  name: string,
  options?: {
    /** The first 4 or more characters of a version's digest, as the dataset's page shows it. */
    readonly version?: string;
  },
): Promise<Data>;

/**
 * Parts a table, an ImageSet or an array into what to train on and what to test on, at random but the same for
 * everybody who uses the same seed.
 *
 *     const { train, test } = split(penguins, { test: 0.25, seed: 7, stratify: "species" });
 */
export function split<Data extends ColumnTable | ImageSet | readonly any[]>(
  data: Data,
  options: {
    /** The share of rows to try on, between 0 and 1, or how many rows. */
    readonly test: number;
    /** Chooses which rows; 1 where it is left out. */
    readonly seed?: number;
    /** Keeps the mixture of a table's column, of an ImageSet's labels ("label"), or of these labels. */
    readonly stratify?: Strata<Data> | ArrayLike<unknown>;
  },
): { train: Data; test: Data };

type Strata<Data> = Data extends ColumnTable<infer Row> ? keyof Row & string : string;

/**
 * What `dataset()` gives for images. Under a cell it shows its first images. To train on them:
 *
 *     const { train, test } = split(await dataset("mnist"), { test: 0.2 });
 *     const xs = tf.tensor4d(train.pixels, train.shape);            // [count, height, width, 1], 0 to 1
 *     const ys = tf.oneHot(tf.tensor1d(train.labels, "int32"), train.classes.length);
 */
export interface ImageSet {
  readonly name: string;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** The images one after another, row by row from the top, a byte for each pixel: 0 to 255. */
  readonly images: Uint8Array;
  /** The class of each image as a number from 0. Without labels there are none. */
  readonly labels: Uint8Array;
  /** "0", "1" … up to the largest label, so that a label is a place in this list. Empty without labels. */
  readonly classes: readonly string[];
  /** The shape of a tensor of all images: [count, height, width, 1]. */
  readonly shape: [count: number, height: number, width: number, channels: 1];
  /** All pixels as numbers from 0 to 1. */
  readonly pixels: Float32Array;
  /** The pixels of one image, 0 to 255. */
  image(index: number): Uint8Array;
  /** These images, in this order, as a set of their own with the same classes. */
  take(indices: ArrayLike<number>): ImageSet;
  /** The images from `start` up to and without `end`. */
  slice(start: number, end?: number): ImageSet;
}

/** Shows a value under the cell; with an `id` it takes the place of what was shown with it before. */
export function display(value: unknown, options?: { id?: string }): void;

/** What `md`, `html` and `svg` make: shown under the cell, and part of what stands around it in another. */
export interface Markup {
  readonly kind: "text/markdown" | "text/html" | "image/svg+xml";
}

/** Markdown with LaTeX between dollars: md`The loss is $\frac{1}{n}\sum_i e_i^2$, now **${loss}**.` */
export function md(written: TemplateStringsArray | string, ...values: readonly unknown[]): Markup;

/** HTML, shown in a frame of its own without scripts: html`<b>${name}</b>` writes the name as text. */
export function html(written: TemplateStringsArray | string, ...values: readonly unknown[]): Markup;

/** A picture: svg`<svg viewBox="0 0 10 10"><circle r="${r}"/></svg>` */
export function svg(written: TemplateStringsArray | string, ...values: readonly unknown[]): Markup;

/**
 * Draws a control where the cell calls it, and gives its value at once. Moving it marks what depends on it as
 * stale, or runs that, and it is a param of every run that the cell starts.
 *
 *     const rate = param("learning rate", 0.01, { min: 1e-4, max: 1, scale: "log" });  // a slider
 *     const epochs = param("epochs", 20);                                              // a number
 *     const loss = param("loss", "hinge", { options: ["hinge", "logLoss"] });          // a choice
 *     const shuffle = param("shuffle", true);                                          // a checkbox
 */
export function param<const Option extends string | number>(
  name: string,
  initial: Option,
  options: ParamOptions & { readonly options: readonly Option[] },
): Option;
export function param(
  name: string,
  initial: number,
  options?: ParamOptions & {
    readonly min?: number;
    readonly max?: number;
    readonly step?: number;
    /** "log" for what is thought of in factors: a learning rate. */
    readonly scale?: "linear" | "log";
  },
): number;
export function param(name: string, initial: boolean, options?: ParamOptions): boolean;
export function param(name: string, initial: string, options?: ParamOptions): string;

export interface ParamOptions {
  /** Moves it in this tab alone; otherwise it moves for everybody. What a cell made with it says its value, as always. */
  readonly private?: boolean;
}

/**
 * Goes through the items and shows how far it is, with the time that is left.
 *
 *     for (const row of progress(rows, "rows")) …
 *     for await (const batch of progress(batches)) …   // can be interrupted between them
 */
export function progress<T>(
  items: Iterable<T>,
  options?: string | ProgressOptions,
): Iterable<T> & AsyncIterable<T>;
export function progress<T>(
  items: AsyncIterable<T> | { iterator(): Promise<{ next(): Promise<IteratorResult<T>> }> },
  options?: string | ProgressOptions,
): AsyncIterable<T>;

export interface ProgressOptions {
  readonly label?: string;
  /** How many there are, where the thing itself does not say. */
  readonly total?: number;
}

/**
 * Keeps a model or variables, their optimizer (a model's own where none is given) and where chance stands. In a run
 * it is kept with it, so that a run that was cut off can go on. `fit` keeps such by itself at ends of epochs.
 *
 *     for (let step = from; step < 1000; step++) {
 *       optimizer.minimize(loss, false, [w, b]);
 *       if (step % 100 === 99) await checkpoint([w, b], optimizer, { step: step + 1 });
 *     }
 */
export function checkpoint(
  model: tf.LayersModel | Variables,
  optimizer?: tf.Optimizer | CheckpointOptions,
  options?: CheckpointOptions,
): Promise<Checkpoint>;

export interface CheckpointOptions {
  /** Steps of the loop that are done. */
  readonly step?: number;
}

export interface Checkpoint {
  readonly epoch: number;
  readonly step: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * Brings back what was kept, to the bit. Without a checkpoint: what the cell goes on from after it was cut off, or
 * undefined where it runs from the beginning.
 *
 *     const from = (await restore([w, b], optimizer))?.step ?? 0;
 */
export function restore(
  model: tf.LayersModel | Variables,
  optimizer?: tf.Optimizer | Checkpoint,
  checkpoint?: Checkpoint,
): Promise<{ readonly epoch: number; readonly batch: number; readonly step: number } | undefined>;

type Variables = tf.Variable | readonly tf.Variable[] | Readonly<Record<string, tf.Variable>>;

/**
 * Which class was taken for which, as a picture: actual classes down, predicted ones across. Classes are labels,
 * or numbers that count into `labels`.
 *
 *     confusionMatrix(test.array("species"), predicted, ["Adelie", "Chinstrap", "Gentoo"]);
 */
export function confusionMatrix(
  actual: ArrayLike<string | number>,
  predicted: ArrayLike<string | number>,
  labels?: readonly (string | number)[],
): { readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] };

/**
 * A training step of your own, run from a captured program on WebGPU once one is proved: the same numbers, faster.
 * What the step does beside its tensors (console.log, a counter) happens only now and then.
 *
 *     const step = capture((x, y) => optimizer.minimize(() => loss(model.predict(x), y), true)!);
 *     for (const [x, y] of batches) run.log({ loss: step(x, y) });
 */
export function capture<
  Inputs extends readonly tf.Tensor[],
  Out extends tf.Tensor | readonly tf.Tensor[] | null | undefined | void,
>(
  step: (...inputs: Inputs) => Out,
  options?: {
    /** What the step is given where a call gives nothing. */
    readonly inputs?: Inputs;
    /** After so many steps it is looked at again, for what has changed since; 100 where it is left out. */
    readonly every?: number;
  },
): (...inputs: Inputs | []) => Out;

/**
 * Starts a run by hand. model.fit() in a cell starts one by itself; with one started by hand it logs into that.
 *
 *     const run = startRun("first try", { params: { rate: 0.01 } });
 *     run.log({ loss: 0.3 }, { step: 10 });
 */
export function startRun(
  name?: string,
  options?: { params?: Readonly<Record<string, unknown>> },
): Run;

/** A run that a cell keeps by hand. */
export interface Run {
  /** Numbers or scalar tensors, which stay yours. Steps count by themselves where none is given. */
  log(values: Readonly<Record<string, number | tf.Tensor>>, options?: { step?: number }): void;
  /** Write-once: a param that was said before stays as it is. */
  param(name: string, value: unknown): void;
  tag(word: string): void;
  /** Closes the run; one that is left open ends with its cell. */
  finish(): Promise<void>;
}
