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
