// What an image dataset shows under a cell: its first images in one picture, and a line about them.
import { expect, it } from "vitest";
import { asString } from "../base/json.ts";
import { parseBundle } from "../kernel/bundle.ts";
import type { MimeBundle } from "../kernel/mime.ts";
import { bundleOf } from "../kernel/outputs.ts";
import type { Picture } from "../kernel/png.ts";
import { readPng } from "../kernel/testing/readPng.ts";
import { ImageSet } from "./imageSet.ts";

const MOST_LETTERS = 500_000;

/** Images of noise, the worst that a picture can hold; the same ones each time. */
function noise(count: number, width: number, height = width): ImageSet {
  let state = 1;
  const images = Uint8Array.from({ length: count * width * height }, () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return state >>> 24;
  });
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  return new ImageSet({ name: "m", width, height, images, labels });
}

interface Sheet {
  readonly picture: Picture;
  readonly letters: number;
  readonly bundle: MimeBundle;
}

async function sheetOf(images: ImageSet): Promise<Sheet> {
  const bundle = (await bundleOf(images)) ?? {};
  const base64 = asString(bundle["image/png"]) ?? "";
  const png = Uint8Array.from(Buffer.from(base64, "base64"));
  return { picture: await readPng(png), letters: base64.length, bundle };
}

function at({ width, pixels }: Picture, x: number, y: number): { gray: number; opacity: number } {
  const start = (y * width + x) * 2;
  return { gray: pixels[start] ?? -1, opacity: pixels[start + 1] ?? -1 };
}

it("shows 60 of 61 digits, twice their size, 12 in a row with 4 pixels between", async () => {
  const images = noise(61, 28);
  const { picture, bundle } = await sheetOf(images);
  expect(picture).toMatchObject({ width: 12 * 60 - 4, height: 5 * 60 - 4, channels: 2 });
  expect(bundle["text/plain"]).toBe(
    "m: 61 images of 28×28, 10 classes (0 to 9), the first 60 are shown",
  );
  // The pixel of column 9 and row 4 in the fifteenth image, which stands third in the second row.
  const gray = images.image(14)[4 * 28 + 9];
  for (const [right, down] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const)
    expect(at(picture, 2 * 60 + 18 + right, 60 + 8 + down)).toEqual({ gray, opacity: 255 });
  expect(at(picture, 56, 0).opacity).toBe(0);
  expect(at(picture, 0, 56).opacity).toBe(0);
});

it("shows every pixel of every image that it shows", async () => {
  const images = noise(60, 28);
  const { picture } = await sheetOf(images);
  for (let i = 0; i < 60; i++) {
    const [left, top] = [(i % 12) * 60, Math.floor(i / 12) * 60];
    const seen = Uint8Array.from(
      { length: 28 * 28 },
      (_, p) => at(picture, left + (p % 28) * 2, top + Math.floor(p / 28) * 2).gray,
    );
    expect(seen).toEqual(images.image(i));
  }
});

it("shows one image alone, as wide as it is, and says so in the singular", async () => {
  const { picture, bundle } = await sheetOf(noise(1, 28));
  expect(picture).toMatchObject({ width: 56, height: 56 });
  expect(bundle["text/plain"]).toBe("m: 1 image of 28×28, 1 class (0)");
});

it("leaves the end of the last row empty", async () => {
  const { picture } = await sheetOf(noise(13, 28));
  expect(picture).toMatchObject({ width: 716, height: 116 });
  expect(at(picture, 0, 60).opacity).toBe(255);
  expect(at(picture, 60, 60).opacity).toBe(0);
});

it("takes every fourth pixel of 512×512, and as many images as fit", async () => {
  const images = noise(20, 512);
  const { picture, bundle } = await sheetOf(images);
  expect(picture).toMatchObject({ width: 5 * 132 - 4, height: 3 * 132 - 4 });
  expect(bundle["text/plain"]).toBe(
    "m: 20 images of 512×512, 10 classes (0 to 9), the first 15 are shown at 128×128",
  );
  expect(at(picture, 132 + 30, 132 + 7).gray).toBe(images.image(6)[7 * 4 * 512 + 30 * 4]);
});

it("says how large images are shown where all of them fit", async () => {
  const { bundle } = await sheetOf(noise(2, 200, 100));
  expect(bundle["text/plain"]).toBe("m: 2 images of 200×100, 2 classes (0 to 1), shown at 100×50");
});

it.each([
  [70, 1, 1],
  [70, 8, 8],
  [70, 28, 28],
  [70, 65, 65],
  [70, 128, 128],
  [70, 129, 129],
  [20, 512, 512],
  [2, 4000, 1],
  [70, 1, 4000],
  [1, 1500, 900],
])("keeps within 720×480 and 500 000 letters: %i images of %i×%i", async (count, width, height) => {
  const { picture, letters, bundle } = await sheetOf(noise(count, width, height));
  expect(picture.width).toBeLessThanOrEqual(720);
  expect(picture.height).toBeLessThanOrEqual(480);
  expect(letters).toBeLessThan(MOST_LETTERS);
  expect(parseBundle(bundle)).toEqual(bundle);
});

it("shows digits in less than 40 000 letters", async () => {
  // A stroke of 3 pixels across the black of each.
  const images = Uint8Array.from({ length: 60 * 784 }, (_, i) => {
    const [image, x, y] = [Math.floor(i / 784), i % 28, Math.floor((i % 784) / 28)];
    const away = Math.abs(x - 4 - ((y * (image % 7)) % 20));
    return y > 4 && y < 24 && away < 3 ? 255 - away * 70 - ((x * y) % 30) : 0;
  });
  const { letters } = await sheetOf(
    new ImageSet({ name: "m", width: 28, height: 28, images, labels: undefined }),
  );
  expect(letters).toBeLessThan(40_000);
});

it("has words alone where there are no images", async () => {
  expect(await bundleOf(noise(3, 28).take([]))).toEqual({
    "text/plain": "m: 0 images of 28×28, 3 classes (0 to 2)",
  });
});
