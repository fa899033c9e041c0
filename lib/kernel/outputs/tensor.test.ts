/** Rules of how a tensor is shown: its first values, and a picture where its shape is one of images. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { parseBundle } from "../bundle.ts";
import type { TensorOutput } from "../mime.ts";
import { bundleOf } from "../outputs.ts";
import type { Picture } from "../png.ts";
import { readPng } from "../testing/readPng.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

async function shown(tensor: tf.Tensor): Promise<TensorOutput> {
  const bundle = (await bundleOf(tensor)) ?? {};
  expect(parseBundle(bundle)).toBeDefined();
  return bundle["application/vnd.ensemble.tensor+json"] as TensorOutput;
}

async function pictureOf(tensor: tf.Tensor): Promise<Picture & { words: string }> {
  const { picture } = await shown(tensor);
  if (!picture) throw new Error("it has no picture");
  const png = Uint8Array.from(Buffer.from(picture.png, "base64"));
  return { ...(await readPng(png)), words: picture.words };
}

/** The bytes of the pixel at this place of the picture. */
const at = ({ width, channels, pixels }: Picture, x: number, y: number): number[] =>
  Array.from(pixels.subarray((y * width + x) * channels, (y * width + x + 1) * channels));

describe("a tensor", () => {
  it("shows the beginning of many long rows rather than all of one", async () => {
    const { values, columns } = await shown(tf.range(0, 5000).reshape([50, 100]));
    expect(columns).toBe(24);
    expect(values.slice(22, 26)).toEqual([22, 23, 100, 101]);
    expect(values.length).toBeLessThanOrEqual(1000);
  });

  it("tells its range, and how many of its values are no numbers", async () => {
    expect((await shown(tf.tensor1d([NaN, 3, -1, Infinity]))).range).toEqual({
      min: -1,
      max: 3,
      odd: 2,
    });
    expect((await shown(tf.tensor1d([NaN]))).range).toBeUndefined();
  });

  it.each([
    ["bool", () => tf.tensor1d([true, false], "bool"), [true, false]],
    ["string", () => tf.tensor1d(["a", "b"]), ["a", "b"]],
    ["complex64", () => tf.complex([1, 2], [3, -4]), ["1 + 3i", "2 − 4i"]],
    ["nothing", () => tf.zeros([0, 3]), []],
    ["a scalar", () => tf.scalar(2.5), [2.5]],
  ])("of %s shows its values as what they are", async (_, make, values) => {
    expect((await shown(make())).values).toEqual(values);
  });

  it("that was disposed says so, also where that happens while it is read", async () => {
    const tensor = tf.ones([2, 3]);
    tensor.dispose();
    const bundle = await bundleOf(tensor);
    expect(bundle).toEqual({
      "text/plain": expect.stringMatching(/float32 tensor \[2, 3\] was disposed/) as string,
    });
  });
});

describe("the picture of a tensor", () => {
  it.each([
    [[8, 8], 1],
    [[8, 8, 1], 1],
    [[8, 8, 3], 1],
    [[8, 8, 4], 1],
    [[5, 8, 8], 5],
    [[5, 8, 8, 3], 5],
  ])("is made of %s", async (shape, count) => {
    const picture = await pictureOf(tf.zeros(shape));
    const side = count === 1 ? 224 : 64;
    expect(picture.width).toBe(count * side + (count - 1) * 4);
    expect(picture.height).toBe(side);
  });

  it.each([[[3]], [[2, 2]], [[3, 100]], [[1000, 10]], [[5, 8, 8, 2]], [[2, 2, 2, 2, 3]]])(
    "is not made of %s, which is no image",
    async (shape) => {
      expect((await shown(tf.zeros(shape))).picture).toBeUndefined();
    },
  );

  it.each([
    ["0 to 1", [0, 0.5, 1], [0, 128, 255], /black is 0, white 1$/],
    ["0 to 255", [0, 128, 255], [0, 128, 255], /white 255$/],
    ["−1 to 1", [-1, 0, 1], [0, 128, 255], /black is −1, white 1$/],
    ["its own least to its most", [-5, 0, 5], [0, 128, 255], /its own least and most/],
  ])("goes from black to white over %s", async (_, values, grays, words) => {
    const picture = await pictureOf(
      tf.tensor1d([...values, ...new Array<number>(13).fill(values[1] ?? 0)]).reshape([4, 4]),
    );
    expect([0, 1, 2].map((x) => at(picture, x * 56 + 3, 3)[0])).toEqual(grays);
    expect(picture.words).toMatch(words);
  });

  it("has the colours of three channels, the opacity of four, and nothing where a value is no number", async () => {
    const colours = [1, 0, 0.2, ...new Array<number>(45).fill(0)];
    expect(at(await pictureOf(tf.tensor(colours, [4, 4, 3])), 0, 0)).toEqual([255, 0, 51, 255]);
    const clear = [0.2, 0.4, 0.6, 0.8, ...new Array<number>(60).fill(0)];
    expect(at(await pictureOf(tf.tensor(clear, [4, 4, 4])), 0, 0)).toEqual([51, 102, 153, 204]);
    const odd = await pictureOf(tf.tensor([NaN, ...new Array<number>(15).fill(1)], [4, 4]));
    expect(at(odd, 0, 0)[1]).toBe(0);
    expect(odd.words).toMatch(/1 not finite and left clear/);
  });

  it("stands before the values of images, and behind those of a small matrix", async () => {
    expect((await shown(tf.zeros([28, 28]))).picture?.first).toBe(true);
    expect((await shown(tf.zeros([6, 6]))).picture?.first).toBe(false);
  });
});
