/** A lesson: two classes that no straight line parts, a small network, and the border that it draws. */
import { lesson } from "./lesson.ts";

export const twoMoons = lesson("Two moons", "moons", [
  {
    text: `
# Two moons

Two crowds of points lie in each other's arms. No straight line parts them, so the simplest of models fails here, and a small network does not. On the way you meet everything that a notebook does: data, a model, a training run, and a look at what came out.

Press **Run all** above, or go from cell to cell with Shift+Enter. Change any number and run it again: what depends on it is marked as stale.
`,
  },
  {
    code: `
import { confusionMatrix, split } from "ensemble";
import * as Plot from "@observablehq/plot";
import * as tf from "@tensorflow/tfjs";

/** A number around 0, scattered as measurements are. */
function noise(spread: number): number {
  return spread * (Math.random() + Math.random() + Math.random() - 1.5) * 2;
}

const points = Array.from({ length: 400 }, (_, i) => {
  const upper = i % 2 === 0;
  const angle = Math.random() * Math.PI;
  return {
    x: (upper ? Math.cos(angle) : 1 - Math.cos(angle)) + noise(0.16),
    y: (upper ? Math.sin(angle) : 0.5 - Math.sin(angle)) + noise(0.16),
    moon: upper ? "upper" : "lower",
  };
});

const palette = { domain: ["upper", "lower"], range: ["#4779fa", "#e26943"] };

Plot.plot({
  aspectRatio: 1,
  color: palette,
  marks: [Plot.dot(points, { x: "x", y: "y", stroke: "moon", symbol: "moon" })],
});
`,
  },
  {
    text: `
## Learn from some, try on others

A model that is tried on the points it learned from proves only that it can remember. So every fourth point is put aside. The seed makes it the same points for everybody who runs this.
`,
  },
  {
    code: `
const { train, test } = split(points, { test: 0.25, seed: 7 });

const inputs = (rows: typeof points) => tf.tensor2d(rows.map((row) => [row.x, row.y]));
const labels = (rows: typeof points) =>
  tf.tensor2d(rows.map((row) => [row.moon === "lower" ? 1 : 0]));

\`\${train.length} points to learn from, \${test.length} to try on\`;
`,
  },
  {
    text: `
## A network of 33 units

Two numbers go in, two layers of 16 bend the plane, and one number comes out: how likely the point lies on the lower moon.
`,
  },
  {
    code: `
const model = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [2], units: 16, activation: "tanh" }),
    tf.layers.dense({ units: 16, activation: "tanh" }),
    tf.layers.dense({ units: 1, activation: "sigmoid" }),
  ],
});
model.compile({
  optimizer: tf.train.adam(0.02),
  loss: "binaryCrossentropy",
  metrics: ["accuracy"],
});

model;
`,
  },
  {
    text: `
## Train it

\`model.fit\` is tracked by itself: while it runs, its curves grow under **Runs**, for you and for everybody you share this workspace with. Forty times through the points takes a few seconds.
`,
  },
  {
    code: `
const history = await model.fit(inputs(train), labels(train), {
  epochs: 40,
  batchSize: 32,
  validationData: [inputs(test), labels(test)],
});

Plot.plot({
  height: 220,
  x: { label: "epoch" },
  y: { label: "loss", grid: true },
  marks: [
    Plot.ruleY([0]),
    Plot.lineY(history.history.loss as number[], { stroke: "#4779fa" }),
    Plot.lineY(history.history.val_loss as number[], { stroke: "#e26943", strokeDasharray: "4 3" }),
  ],
});
`,
  },
  {
    text: `
The solid line is the loss on the points it learns from, the dashed one on those it has never seen. As long as both fall together, it learns and does not merely remember.

## The border

Ask the model about a grid of places, and draw the line where it is undecided.
`,
  },
  {
    code: `
const STEPS = 60;
const [left, right, bottom, top] = [-1.6, 2.6, -1.1, 1.6];
const grid = Array.from({ length: STEPS * STEPS }, (_, i) => [
  left + ((right - left) * ((i % STEPS) + 0.5)) / STEPS,
  bottom + ((top - bottom) * (Math.floor(i / STEPS) + 0.5)) / STEPS,
]);
const surface = await (model.predict(tf.tensor2d(grid)) as tf.Tensor).data();

Plot.plot({
  aspectRatio: 1,
  color: palette,
  marks: [
    Plot.dot(points, { x: "x", y: "y", stroke: "moon", symbol: "moon", strokeOpacity: 0.5 }),
    Plot.contour(surface, {
      width: STEPS,
      height: STEPS,
      x1: left,
      x2: right,
      y1: bottom,
      y2: top,
      thresholds: [0.5],
      stroke: "currentColor",
      strokeWidth: 1.5,
    }),
  ],
});
`,
  },
  {
    text: `
## How good is it?

Count which moon the points put aside were taken for. A right answer for all of them, or all but one or two, is normal here.
`,
  },
  {
    code: `
const guesses = await (model.predict(inputs(test)) as tf.Tensor).data();

confusionMatrix(
  test.map((row) => row.moon),
  Array.from(guesses, (guess) => (guess > 0.5 ? "lower" : "upper")),
  ["upper", "lower"],
);
`,
  },
  {
    text: `
## Try this

- Take the first layer down to 2 units, and run. Where does the border still fit, and where does it give up?
- Scatter the points more: \`noise(0.4)\`. When do the two lines of the loss part?
- Replace \`"tanh"\` by \`"linear"\` in both layers. Why is the border straight now, however many units there are?
`,
  },
]);
