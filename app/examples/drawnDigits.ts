/** A lesson: digits drawn by chance, a small convolution that learns to read them, and its mistakes. */
import { lesson } from "./lesson.ts";

export const drawnDigits = lesson("Drawn digits", "digits", [
  {
    text: `
# Drawn digits

Nothing has to be downloaded to teach a network to read: here the digits are drawn by the notebook itself, each with a lean, a size and a pen of its own. A small convolution learns them in less than half a minute, also without a GPU. Then you see which ones it gets wrong, and why.

Press **Run all** above, or go from cell to cell with Shift+Enter.
`,
  },
  {
    text: `
## A pen for every digit

Each digit is one stroke or two, as a list of corners in a square from 0 to 1. \`draw\` bends the stroke a little and then puts ink on every pixel that the pen comes near.
`,
  },
  {
    code: `
import { confusionMatrix } from "ensemble";
import * as Plot from "@observablehq/plot";
import * as tf from "@tensorflow/tfjs";

type Corner = [number, number];
const SIZE = 28;

const strokes: Corner[][][] = [
  [[[0.5, 0.1], [0.25, 0.25], [0.2, 0.5], [0.28, 0.8], [0.5, 0.9], [0.72, 0.78], [0.8, 0.5], [0.73, 0.22], [0.5, 0.1]]],
  [[[0.35, 0.28], [0.55, 0.1], [0.55, 0.9]]],
  [[[0.25, 0.28], [0.4, 0.1], [0.65, 0.12], [0.75, 0.32], [0.6, 0.55], [0.25, 0.88], [0.78, 0.88]]],
  [[[0.25, 0.15], [0.6, 0.1], [0.73, 0.28], [0.6, 0.45], [0.42, 0.48]], [[0.42, 0.48], [0.68, 0.55], [0.75, 0.72], [0.6, 0.88], [0.25, 0.85]]],
  [[[0.6, 0.1], [0.22, 0.62], [0.8, 0.62]], [[0.62, 0.35], [0.62, 0.9]]],
  [[[0.75, 0.12], [0.32, 0.12], [0.28, 0.45], [0.6, 0.42], [0.75, 0.62], [0.65, 0.85], [0.25, 0.86]]],
  [[[0.68, 0.1], [0.38, 0.3], [0.25, 0.6], [0.35, 0.86], [0.62, 0.86], [0.74, 0.68], [0.6, 0.52], [0.3, 0.6]]],
  [[[0.22, 0.12], [0.78, 0.12], [0.55, 0.5], [0.42, 0.9]]],
  [[[0.5, 0.48], [0.28, 0.3], [0.5, 0.1], [0.72, 0.3], [0.5, 0.48], [0.24, 0.7], [0.5, 0.9], [0.76, 0.7], [0.5, 0.48]]],
  [[[0.7, 0.38], [0.45, 0.5], [0.27, 0.32], [0.42, 0.12], [0.68, 0.18], [0.7, 0.38], [0.66, 0.65], [0.5, 0.9]]],
];

/** How far a point is from the line between two corners. */
function distance(x: number, y: number, [ax, ay]: Corner, [bx, by]: Corner): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - at * dx, y - ay - at * dy);
}

const around = (middle: number, spread: number) => middle + (Math.random() * 2 - 1) * spread;

/** One digit as ${"28 × 28"} numbers from 0 (paper) to 1 (ink). */
function draw(digit: number): Float32Array {
  const [size, lean, turn] = [around(0.85, 0.15), around(0.1, 0.22), around(0, 0.16)];
  const [left, top, pen] = [around(0, 0.07), around(0, 0.07), around(0.042, 0.014)];
  const place = ([x, y]: Corner): Corner => {
    const [u, v] = [(x - 0.5 + around(0, 0.055)) * size, (y - 0.5 + around(0, 0.055)) * size];
    const leaning = u - lean * v;
    return [
      0.5 + left + leaning * Math.cos(turn) - v * Math.sin(turn),
      0.5 + top + leaning * Math.sin(turn) + v * Math.cos(turn),
    ];
  };
  const lines = strokes[digit].flatMap((stroke) => {
    const corners = stroke.map(place);
    return corners.slice(1).map((corner, i) => [corners[i], corner]);
  });
  return Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [x, y] = [((i % SIZE) + 0.5) / SIZE, (Math.floor(i / SIZE) + 0.5) / SIZE];
    const near = Math.min(...lines.map(([from, to]) => distance(x, y, from, to)));
    return Math.min(1, Math.max(0, 1 - (near - pen) * SIZE));
  });
}

/** Images side by side, ready for Plot.raster. */
function sheet(images: Float32Array[], columns: number) {
  const rows = Math.ceil(images.length / columns);
  const width = columns * SIZE;
  const pixels = new Float32Array(width * rows * SIZE);
  images.forEach((image, n) => {
    const start = Math.floor(n / columns) * SIZE * width + (n % columns) * SIZE;
    for (let y = 0; y < SIZE; y++)
      pixels.set(image.subarray(y * SIZE, (y + 1) * SIZE), start + y * width);
  });
  return Plot.plot({
    width: width * 2,
    height: rows * SIZE * 2,
    margin: 0,
    axis: null,
    y: { reverse: true },
    color: { range: ["#ffffff", "#1b1a18"], domain: [0, 1] },
    marks: [Plot.raster(pixels, { width, height: rows * SIZE, imageRendering: "pixelated" })],
  });
}

sheet(Array.from({ length: 10 }, (_, digit) => draw(digit)), 10);
`,
  },
  {
    text: `
## 400 to learn from, 200 to try on

A network wants its images as one block of numbers: how many, how high, how wide, how many colours.
`,
  },
  {
    code: `
const LEARN = 400;
const TRY = 200;
const digits = Array.from({ length: LEARN + TRY }, (_, i) => i % 10);
const images = digits.map(draw);

const pack = (some: Float32Array[]) => {
  const block = new Float32Array(some.length * SIZE * SIZE);
  some.forEach((image, i) => block.set(image, i * SIZE * SIZE));
  return tf.tensor4d(block, [some.length, SIZE, SIZE, 1]);
};
const classes = (some: number[]) => tf.oneHot(tf.tensor1d(some, "int32"), 10);

const learned = { images: pack(images.slice(0, LEARN)), labels: classes(digits.slice(0, LEARN)) };
const tried = { images: pack(images.slice(LEARN)), labels: classes(digits.slice(LEARN)) };

learned.images.shape;
`,
  },
  {
    text: `
## A small convolution

Six little windows of 5 × 5 pixels slide over the image and learn what to look for: an edge, an end, a bend. The strongest answer in each neighbourhood is kept, and a last layer decides.
`,
  },
  {
    code: `
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({
      inputShape: [SIZE, SIZE, 1],
      filters: 6,
      kernelSize: 5,
      strides: 2,
      activation: "relu",
    }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10, activation: "softmax" }),
  ],
});
model.compile({
  optimizer: tf.train.adam(0.01),
  loss: "categoricalCrossentropy",
  metrics: ["accuracy"],
});

model;
`,
  },
  {
    code: `
const history = await model.fit(learned.images, learned.labels, {
  epochs: 7,
  batchSize: 16,
  validationData: [tried.images, tried.labels],
});

Plot.plot({
  height: 220,
  x: { label: "epoch" },
  y: { label: "accuracy", grid: true, domain: [0, 1] },
  marks: [
    Plot.lineY(history.history.acc as number[], { stroke: "#4779fa" }),
    Plot.lineY(history.history.val_acc as number[], { stroke: "#e26943", strokeDasharray: "4 3" }),
  ],
});
`,
  },
  {
    text: `
The solid line is how many it reads right of those it learns from, the dashed one of those it has never seen. Around 94 of 100 is normal at the end. The same curves, and the loss, stand under **Runs**.

## Which is taken for which?
`,
  },
  {
    code: `
const chosen = (model.predict(tried.images) as tf.Tensor).argMax(1);
const read = Array.from(await chosen.data());

confusionMatrix(digits.slice(LEARN), read, digits.slice(0, 10).map(String));
`,
  },
  {
    text: `
## The mistakes

Look at them. Some you would get wrong yourself; in others a stroke was bent into the shape of another digit. This look is worth more than one more digit of accuracy: it says what to draw more of.
`,
  },
  {
    code: `
const mistakes = read
  .map((said, i) => ({ said, was: digits[LEARN + i], image: images[LEARN + i] }))
  .filter(({ said, was }) => said !== was)
  .slice(0, 10);

mistakes.length === 0 ? "It read every single one right." : sheet(mistakes.map(({ image }) => image), 10);
`,
  },
  {
    code: `
mistakes.map(({ was, said }) => ({ "it was": was, "it read": said }));
`,
  },
  {
    text: `
## Try this

- Draw only 100 digits to learn from. How far apart do the two lines end?
- Let the pen shake more: \`around(0, 0.055)\` to \`around(0, 0.1)\`, in both places.
- Draw a digit of your own: a new list of corners in place of the 7, with a bar through it.
`,
  },
]);
