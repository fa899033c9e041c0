/** A lesson: a table of mixed types with missing values, made ready for a network that predicts a number. */
import { lesson } from "./lesson.ts";

export const tableWithGaps = lesson("A table with gaps", "gaps", [
  {
    text: `
# A table with gaps

Real tables have holes. Here are 800 flats to let, as an agency might keep them: numbers, words, yes and no, and one value in ten missing. A network takes neither words nor holes, so most of the work comes before it. At the end it says what a flat should cost, and how far off it tends to be.

Press **Run all** above, or go from cell to cell with Shift+Enter.
`,
  },
  {
    code: `
import { split } from "ensemble";
import * as Plot from "@observablehq/plot";
import * as aq from "arquero";
import * as tf from "@tensorflow/tfjs";

const districts = [
  { name: "Harbour", worth: 3.5 },
  { name: "Old town", worth: 5 },
  { name: "Hillside", worth: 1.5 },
  { name: "Mills", worth: 0 },
];
const noise = (spread: number) => spread * (Math.random() + Math.random() + Math.random() - 1.5) * 2;
const maybe = <Value>(value: Value): Value | null => (Math.random() < 0.1 ? null : value);

const flats = Array.from({ length: 800 }, () => {
  const area = Math.round(28 + 90 * Math.random() ** 1.4);
  const rooms = Math.max(1, Math.round(area / 27 + noise(0.5)));
  const built = 1900 + Math.floor(Math.random() * 124);
  const district = districts[Math.floor(Math.random() * districts.length)];
  const balcony = Math.random() < 0.2 + area / 200;
  const fair = 160 + area * (7.5 + district.worth) + (built > 1990 ? 130 : 0) + (balcony ? 70 : 0);
  return {
    area: maybe(area),
    rooms: maybe(rooms),
    built: maybe(built),
    district: maybe(district.name),
    balcony: maybe(balcony),
    rent: Math.round(fair + noise(45)),
  };
});

aq.from(flats);
`,
  },
  {
    text: `
## Where are the gaps?

Before filling a hole, see how many there are. If one column were missing almost always, it would be better left out.
`,
  },
  {
    code: `
const columns = ["area", "rooms", "built", "district", "balcony"] as const;
const gaps = columns.map((column) => ({
  column,
  missing: flats.filter((flat) => flat[column] === null).length,
}));

Plot.plot({
  marginLeft: 60,
  height: 170,
  x: { label: "missing, of 800 flats", grid: true },
  y: { label: null },
  marks: [Plot.barX(gaps, { x: "missing", y: "column", fill: "#668fe8" }), Plot.ruleX([0])],
});
`,
  },
  {
    text: `
## Split first, then fill

What fills the holes has to be learned from the flats to learn from alone. Were the others looked at too, the test would be a little dishonest.
`,
  },
  {
    code: `
const { train, test } = split(flats, { test: 0.25, seed: 3 });
type Flat = (typeof flats)[number];
type NumberColumn = "area" | "rooms" | "built";
const numberColumns: NumberColumn[] = ["area", "rooms", "built"];

/** Middle, mean and spread of what is there. */
function describe(column: NumberColumn) {
  const known = train.map((flat) => flat[column]).filter((value) => value !== null);
  known.sort((a, b) => a - b);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
  return { column, median: known[Math.floor(known.length / 2)], mean, spread: Math.sqrt(variance) };
}

const learned = numberColumns.map(describe);
learned;
`,
  },
  {
    text: `
## From a flat to eleven numbers

- A missing number becomes the middle one, and a second number says that it was missing: perhaps that alone tells something.
- A word becomes one number for each word that there is, 1 for its own and 0 for the others. A missing word is 0 for all.
- Yes, no and missing become 1, -1 and 0.
- Every number is put on one scale, so that the year does not shout down the rooms.
`,
  },
  {
    code: `
function encode(flat: Flat): number[] {
  const numbers = learned.flatMap(({ column, median, mean, spread }) => {
    const value = flat[column];
    return [((value ?? median) - mean) / spread, value === null ? 1 : 0];
  });
  const words = districts.map(({ name }) => (flat.district === name ? 1 : 0));
  const balcony = flat.balcony === null ? 0 : flat.balcony ? 1 : -1;
  return [...numbers, ...words, balcony];
}

const meanRent = train.reduce((sum, flat) => sum + flat.rent, 0) / train.length;
const rents = (some: Flat[]) => tf.tensor2d(some.map((flat) => [(flat.rent - meanRent) / 100]));
const inputs = (some: Flat[]) => tf.tensor2d(some.map(encode));

encode(train[0]);
`,
  },
  {
    text: `
## Train

The network predicts by how many hundreds a rent lies above or below the mean. Its loss is the mean of the squared error.
`,
  },
  {
    code: `
const model = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [11], units: 24, activation: "relu" }),
    tf.layers.dense({ units: 12, activation: "relu" }),
    tf.layers.dense({ units: 1 }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });

model;
`,
  },
  {
    code: `
const history = await model.fit(inputs(train), rents(train), {
  epochs: 30,
  batchSize: 32,
  validationData: [inputs(test), rents(test)],
});

Plot.plot({
  height: 220,
  x: { label: "epoch" },
  y: { label: "squared error", type: "log", grid: true },
  marks: [
    Plot.lineY(history.history.loss as number[], { stroke: "#4779fa" }),
    Plot.lineY(history.history.val_loss as number[], { stroke: "#e26943", strokeDasharray: "4 3" }),
  ],
});
`,
  },
  {
    text: `
## What it says, and what it was

Every dot is a flat that the network has never seen. On the line it would be exactly right. The far ones are mostly those whose area is missing: nothing else makes up for it.
`,
  },
  {
    code: `
const outputs = await (model.predict(inputs(test)) as tf.Tensor).data();
const judged = test.map((flat, i) => ({
  rent: flat.rent,
  predicted: Math.round(outputs[i] * 100 + meanRent),
  area: flat.area === null ? "missing" : "known",
}));

Plot.plot({
  aspectRatio: 1,
  grid: true,
  x: { label: "rent" },
  y: { label: "predicted" },
  color: { domain: ["known", "missing"], range: ["#4779fa", "#e26943"] },
  marks: [
    Plot.link([0], { x1: 350, y1: 350, x2: 1700, y2: 1700, strokeOpacity: 0.4 }),
    Plot.dot(judged, { x: "rent", y: "predicted", stroke: "area", symbol: "area" }),
  ],
});
`,
  },
  {
    code: `
const off = (some: typeof judged) =>
  some.reduce((sum, { rent, predicted }) => sum + Math.abs(rent - predicted), 0) / some.length;

aq.table({
  "flats where the area is": ["known", "missing"],
  "off by, on average": ["known", "missing"].map((area) =>
    Math.round(off(judged.filter((one) => one.area === area))),
  ),
  "always saying the mean, off by": ["known", "missing"].map((area) =>
    Math.round(off(judged.filter((one) => one.area === area).map((one) => ({ ...one, predicted: meanRent })))),
  ),
});
`,
  },
  {
    text: `
Around 55 where the area is known is close to as good as it gets: the rents scatter by chance, and other values are missing too.

## Try this

- Leave out the numbers that say what was missing. Does it matter here? When would it?
- Fill a missing area by the rooms instead of the middle: \`27 * rooms\`. The red dots move to the line.
- Train on 60 flats instead of 600, and watch the dashed line leave the solid one.
`,
  },
]);
