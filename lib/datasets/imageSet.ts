/** An image dataset inside a cell: gray images of one size, and the class of each where it is labelled. */
import type { MimeBundle } from "../kernel/mime.ts";
import { type Shows, shownAs } from "../kernel/outputs/shows.ts";
import { sheetBundle } from "./contactSheet.ts";

export interface ImageSetParts {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly images: Uint8Array;
  readonly labels: Uint8Array | undefined;
}

/**
 * What `dataset()` gives for images. Under a cell it shows its first images. To train on them:
 *
 *     const { train, test } = split(await dataset("mnist"), { test: 0.2 });
 *     const xs = tf.tensor4d(train.pixels, train.shape);            // [count, height, width, 1], 0 to 1
 *     const ys = tf.oneHot(tf.tensor1d(train.labels, "int32"), train.classes.length);
 */
export class ImageSet implements Shows {
  readonly name: string;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** The images one after another, row by row from the top, a byte for each pixel: 0 to 255. */
  readonly images: Uint8Array;
  /** The class of each image as a number from 0; undefined where the images have no labels. */
  readonly labels: Uint8Array | undefined;
  /** "0", "1" … up to the largest label, so that a label is a place in this list. Empty without labels. */
  readonly classes: readonly string[];
  #pixels: Float32Array | undefined;

  constructor({ name, width, height, images, labels }: ImageSetParts, classes?: readonly string[]) {
    this.name = name;
    this.width = width;
    this.height = height;
    this.images = images;
    this.labels = labels;
    this.count = images.length / (width * height);
    this.classes = classes ?? classesOf(labels);
  }

  /** The shape of a tensor of all images: [count, height, width, 1]. */
  get shape(): [count: number, height: number, width: number, channels: 1] {
    return [this.count, this.height, this.width, 1];
  }

  /** All pixels as numbers from 0 to 1. Made once, when it is first read. */
  get pixels(): Float32Array {
    this.#pixels ??= Float32Array.from(this.images, (byte) => byte / 255);
    return this.#pixels;
  }

  /** The pixels of one image, 0 to 255. */
  image(index: number): Uint8Array {
    const size = this.width * this.height;
    return this.images.subarray(index * size, (index + 1) * size);
  }

  /** These images, in this order, as a set of their own with the same classes. */
  take(indices: ArrayLike<number>): ImageSet {
    const { name, width, height, labels } = this;
    const size = width * height;
    const images = new Uint8Array(indices.length * size);
    const chosen = labels && new Uint8Array(indices.length);
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] ?? 0;
      images.set(this.image(index), i * size);
      if (chosen) chosen[i] = labels?.[index] ?? 0;
    }
    return new ImageSet({ name, width, height, images, labels: chosen }, this.classes);
  }

  /** The images from `start` up to and without `end`. */
  slice(start: number, end: number = this.count): ImageSet {
    const last = Math.min(end, this.count);
    return this.take(Array.from({ length: Math.max(0, last - start) }, (_, i) => start + i));
  }

  /** "mnist: 5000 images of 28×28, 10 classes (0 to 9)" */
  toString(): string {
    const { name, count, width, height, classes } = this;
    const images = count === 1 ? "1 image" : `${count} images`;
    return `${name}: ${images} of ${width}×${height}, ${classWords(classes)}`;
  }

  [shownAs](): Promise<MimeBundle> {
    return sheetBundle(this);
  }
}

function classWords(classes: readonly string[]): string {
  if (classes.length === 0) return "no labels";
  if (classes.length === 1) return `1 class (${classes[0]})`;
  return `${classes.length} classes (${classes[0]} to ${classes.at(-1)})`;
}

function classesOf(labels: Uint8Array | undefined): string[] {
  if (!labels) return [];
  const largest = labels.reduce((most, label) => Math.max(most, label), 0);
  return Array.from({ length: largest + 1 }, (_, i) => String(i));
}
