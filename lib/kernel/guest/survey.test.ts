/** Rules of what a kernel tells of its names and of lost tensors, kept in Node with TensorFlow.js's CPU backend. */
import * as tf from "@tensorflow/tfjs";
import * as arquero from "arquero";
import * as d3 from "d3";
import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GuestWorkshop } from "../../testing/guestWorld.ts";
import type { HeldValues } from "../variables.ts";
import { describeValue } from "./describe.ts";

const random = Math.random;
/** In which what is held is told anew. */
const A_WHILE = 60_000;
let workshop: GuestWorkshop;

beforeAll(async () => {
  await tf.setBackend("cpu");
});

beforeEach(async () => {
  workshop = new GuestWorkshop();
  workshop.runtime.provide({ "@tensorflow/tfjs": tf, d3, arquero }, []);
  await workshop.run(
    "import",
    `import * as tf from "@tensorflow/tfjs"\nimport { range } from "d3"`,
  );
});

afterEach(() => {
  Math.random = random;
  tf.disposeVariables();
});

const held = (): HeldValues => {
  const last = workshop.messages.findLast((one) => one.kind === "held");
  if (last?.kind !== "held") throw new Error("nothing was told");
  return last.held;
};
const own = () => held().variables.filter(({ type }) => type !== "imported");
const kinds = (): Record<string, string> =>
  Object.fromEntries(own().map(({ name, type }) => [name, type]));
const left = (cell: string): string => {
  const found = held().leaks.find((one) => one.cell === cell);
  return found ? `${found.tensors} over ${found.runs}` : "none";
};
const forget = (...names: string[]): void => {
  workshop.pass(A_WHILE);
  workshop.runtime.receive({ kind: "forget", names });
};
const free = (): void => {
  workshop.pass(A_WHILE);
  workshop.runtime.receive({ kind: "free" });
};

/** Runs a cell so many times; each must come to its end. */
async function run(cell: string, source: string, reads: readonly string[] = ["tf"], times = 1) {
  for (let i = 0; i < times; i++) {
    workshop.pass(A_WHILE);
    const { end } = await workshop.run(cell, source, reads);
    if (end.kind !== "done") throw new Error(JSON.stringify(end));
  }
}

describe("the names that a kernel holds", () => {
  it("are told with type, size and cell, apart from what packages bring", async () => {
    await run("a", "const n = 1, words = 'hello', list = range(120), f = (x) => x, none = null", [
      "range",
    ]);
    expect(kinds()).toEqual({
      n: "number",
      words: "text",
      list: "array of 120 numbers",
      f: "function",
      none: "null",
    });
    expect(own()[0]).toMatchObject({ cell: "a", preview: "1" });
  });

  it("have dtype, shape and bytes where they are tensors, and say when they are disposed", async () => {
    await run(
      "a",
      "const x = tf.ones([32, 4]), gone = tf.ones([2]), v = tf.variable(tf.ones([3])); gone.dispose()",
    );
    const [x, gone, v] = own();
    expect(x).toMatchObject({
      type: "tensor",
      bytes: 512,
      tensor: { dtype: "float32", shape: [32, 4] },
    });
    expect(gone).toMatchObject({ type: "tensor, disposed", bytes: null });
    expect(v).toMatchObject({ type: "tensor variable", bytes: 12 });
  });

  it("count a model's weights, within wrapped layers too", async () => {
    await run(
      "a",
      `const model = tf.sequential({ layers: [tf.layers.dense({ units: 8, inputShape: [4] }), tf.layers.dense({ units: 1 })] })
const deep = tf.sequential({ layers: [tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 3 }), inputShape: [5, 2] })] })`,
    );
    expect(kinds()).toMatchObject({ model: "model with 49 weights" });
    const counted = tf.sequential({
      layers: [
        tf.layers.bidirectional({
          layer: tf.layers.lstm({ units: 3 }),
          inputShape: [5, 2],
          mergeMode: "concat",
        }),
      ],
    });
    expect(kinds()["deep"]).toBe(`model with ${counted.countParams()} weights`);
  });

  it("know tables, maps, classes and typed arrays", async () => {
    await run(
      "a",
      `import { table } from "arquero"
const cars = table({ mpg: [1, 2, 3], name: ["a", "b", "c"] })
const m = new Map([[1, 2]])
class Net {}
const bytes = new Float32Array(10)
const records = [{ a: 1 }, { a: 2 }]
const net = new Net()`,
      [],
    );
    expect(kinds()).toEqual({
      cars: "table 3 × 2",
      m: "Map(1)",
      Net: "class",
      bytes: "Float32Array of 10 numbers",
      records: "array of 2 objects",
      net: "Net object",
    });
  });

  it("are gone when their cell runs again without them, and when they are forgotten", async () => {
    await run("a", "const x = 1, y = 2", []);
    await run("a", "const x = 3", []);
    expect(kinds()).toEqual({ x: "number" });
    forget("x");
    expect(kinds()).toEqual({});
  });
});

describe("a description", () => {
  it("of any value at all is short, and runs nothing of the value's", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withDate: true,
          withSparseArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          const { type, preview } = describeValue(value);
          expect(type.length).toBeLessThanOrEqual(100);
          expect(preview.length).toBeLessThanOrEqual(120);
        },
      ),
    );
  });

  it("asks no getter and survives proxies, circles and false friends", () => {
    let asked = 0;
    const nosy = {
      get a() {
        return asked++;
      },
      toString: () => asked++,
      toJSON: () => asked++,
    };
    const around: Record<string, unknown> = {};
    around["self"] = around;
    const angry = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
        getPrototypeOf: () => {
          throw new Error("no");
        },
        getOwnPropertyDescriptor: () => {
          throw new Error("no");
        },
        get: () => asked++,
      },
    );
    const revoked = Proxy.revocable([], {});
    revoked.revoke();
    const fake = { dataId: {}, dtype: "float32", shape: new Array(1e6).fill(3) };
    const model = { layers: [around], inputs: {}, outputs: {}, around };
    const named = Object.create({ constructor: { name: "x".repeat(1e6) } }) as object;
    for (const value of [nosy, around, angry, revoked.proxy, fake, model, named, [nosy, angry]])
      expect(describeValue(value).type.length).toBeGreaterThan(0);
    expect(asked).toBe(0);
  });

  it("of many keys or items counts them and shows few", () => {
    const keys = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`k${i}`, i]));
    expect(describeValue(keys)).toMatchObject({ type: "object with 30,000 keys", preview: "" });
    const sparse: number[] = [];
    sparse.length = 4e9;
    expect(describeValue(sparse).type).toBe("array of 4,000,000,000 missing values");
    expect(describeValue(10n ** 100_000n).preview).toBe("a very long one");
    expect(describeValue("x".repeat(1e6))).toMatchObject({ type: "text", bytes: 2e6 });
  });
});

describe("tensors that earlier runs of a cell left", () => {
  it("are counted by cell and run, and freed on request", async () => {
    await run("a", "const x = tf.ones([10]); x.add(1).mul(2)", ["tf"], 1);
    expect(left("a")).toBe("none");
    await run("a", "const x = tf.ones([10]); x.add(1).mul(2)", ["tf"], 2);
    expect(left("a")).toMatch(/^\d+ over 2$/);
    const [leak] = held().leaks;
    const before = tf.memory();
    expect(leak?.bytes).toBeGreaterThanOrEqual(240);
    free();
    expect(left("a")).toBe("none");
    expect(tf.memory().numTensors).toBe(before.numTensors - (leak?.tensors ?? 0));
    await run("b", "const y = x.sum(); await y.data()", ["tf", "x"]);
  });

  it("include the weights and optimizer of a model that was made anew", async () => {
    await run(
      "m",
      `const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })
model.compile({ optimizer: "adam", loss: "meanSquaredError" })
await model.fit(tf.ones([4, 1]), tf.ones([4, 1]), { epochs: 1, verbose: 0 })`,
      ["tf"],
      2,
    );
    expect(left("m")).toMatch(/ over 1$/);
    const before = tf.memory().numTensors;
    free();
    expect(tf.memory().numTensors).toBeLessThan(before - 8);
    await run("t", "await model.fit(tf.ones([4, 1]), tf.ones([4, 1]), { epochs: 2, verbose: 0 })", [
      "tf",
      "model",
    ]);
  });

  it.each([
    ["an array", "const kept = []", "kept.push(tf.ones([3]))", "kept"],
    ["a map in an object", "const kept = { m: new Map() }", "kept.m.set({}, tf.ones([3]))", "kept"],
    ["a set, as a key", "const kept = new Set()", "kept.add([tf.ones([3])])", "kept"],
    [
      "a name of the cell's own",
      "const _all = []; const keep = (t) => { _all.push(t) }",
      "keep(tf.ones([3]))",
      "keep",
    ],
    [
      "a closure",
      "const make = () => { const all = []; return (t) => { all.push(t) } }; const keep = make()",
      "keep(tf.ones([3]))",
      "keep",
    ],
    [
      "private parts",
      "class Box { #all = []; add(t) { this.#all.push(t) } }; const box = new Box()",
      "box.add(tf.ones([3]))",
      "box",
    ],
    [
      "a base class with private parts",
      "class Base { #all = []; add(t) { this.#all.push(t) } }; class Box extends Base {}; const box = new Box()",
      "box.add(tf.ones([3]))",
      "box",
    ],
    [
      "a closure that is put into an array",
      "const kept = []",
      "const _t = tf.ones([3]); kept.push(() => _t)",
      "kept",
    ],
    ["a data set", "const kept = []", "kept.push(tf.data.array([tf.ones([3])]))", "kept"],
    ["a promise", "const kept = []", "kept.push(Promise.resolve(tf.ones([3])))", "kept"],
    [
      "the loss of a model",
      "const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })",
      "if (!model.loss) { const t = tf.ones([3]); model.compile({ optimizer: 'sgd', loss: (a, b) => a.sub(b).mul(t) }) }",
      "model",
    ],
    ["something global", "const kept = 0", "(globalThis.pile ??= []).push(tf.ones([3]))", "kept"],
    ["a symbol's property", "const kept = {}", "kept[Symbol()] = tf.ones([3])", "kept"],
    ["a function's property", "function kept() {}", "(kept.all ??= []).push(tf.ones([3]))", "kept"],
  ])("are held, not lost, in %s of another cell", async (_, keeper, user, name) => {
    await run("k", keeper);
    await run("u", user, ["tf", name], 3);
    expect(left("u")).toBe("none");
    const before = tf.memory().numTensors;
    free();
    expect(tf.memory().numTensors).toBe(before);
    delete (globalThis as Record<string, unknown>)["pile"];
  });

  it("are held where a model, a layer or an optimizer uses them", async () => {
    await run(
      "k",
      "const layer = tf.layers.dense({ units: 2 }); const optimizer = tf.train.adam()",
    );
    await run("v", "const v = tf.variable(tf.ones([2]))");
    await run(
      "u",
      "layer.apply(tf.ones([1, 3])); optimizer.minimize(() => v.square().sum(), false, [v])",
      ["tf", "layer", "optimizer", "v"],
      2,
    );
    free();
    const { end } = await workshop.run(
      "w",
      "optimizer.minimize(() => layer.apply(tf.ones([1, 3])).sum().add(v.sum()), false, [v])",
      ["tf", "layer", "optimizer", "v"],
    );
    expect(end).toEqual({ kind: "done" });
  });

  it("are held by a cell that was made from an older run and may close over it", async () => {
    await run("a", "const x = tf.ones([3])");
    await run("b", "const f = () => x.sum()", ["tf", "x"]);
    await run("a", "const x = tf.ones([3])");
    expect(left("a")).toBe("none");
    await run("b", "const f = () => x.sum()", ["tf", "x"]);
    expect(left("a")).toBe("1 over 1");
  });

  it("are found though the cell uses functions, tables and models of other cells", async () => {
    await run("h", "const scale = (t) => t.mul(2); function make() { return tf.ones([2, 1]) }");
    await run("t", `import { table } from "arquero"\nconst cars = table({ mpg: [1, 2, 3] })`, []);
    await run(
      "m",
      "const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })",
    );
    await run(
      "u",
      "const y = model.predict(scale(make())); const z = tf.tensor(cars.array('mpg'))",
      ["tf", "scale", "make", "cars", "model"],
      3,
    );
    expect(left("u")).toMatch(/ over 2$/);
    free();
    expect(left("u")).toBe("none");
    await run("r", "await y.data()", ["tf", "y"]);
  });

  it("of a cell that was deleted are lost at once", async () => {
    await run("a", "const x = tf.ones([3])");
    forget("x");
    expect(left("a")).toBe("1 over 1");
  });

  it("are not counted where there is too much to look through", async () => {
    await run(
      "big",
      "const big = Object.fromEntries(Array.from({ length: 30000 }, (_, i) => ['k' + i, i]))",
    );
    await run("a", "const x = tf.ones([3])", ["tf"], 2);
    expect(held()).toMatchObject({ searched: false, leaks: [] });
  });
});
