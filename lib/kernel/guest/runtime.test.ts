/** Rules of the kernel inside the worker, kept in Node with TensorFlow.js's CPU backend. */
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GuestWorkshop } from "../../testing/guestWorld.ts";
import { showingGuest } from "./showing.ts";
import { watchTraining } from "./training.ts";

const random = Math.random;
let workshop: GuestWorkshop;

/** TensorFlow.js is patched once, as in a worker; each test has a workshop of its own. */
beforeAll(async () => {
  await tf.setBackend("cpu");
  watchTraining(
    tf,
    {
      trained: (object) => workshop.runtime.guest.trained(object),
      made: (object) => workshop.runtime.guest.made(object),
      get chance() {
        return workshop.runtime.guest.chance;
      },
      get interrupted() {
        return workshop.runtime.guest.interrupted;
      },
    },
    { now: () => performance.now(), turn: () => workshop.world.turn() },
  );
});

beforeEach(() => {
  workshop = new GuestWorkshop([
    { name: "echo", host: (request) => Promise.resolve(request) },
    { name: "broken", host: () => Promise.reject(new Error("there is no such dataset")) },
  ]);
  workshop.runtime.provide({ "@tensorflow/tfjs": tf, d3: { range: (n: number) => n } }, [
    showingGuest,
    (guest) => ({
      echo: (value: unknown) => guest.call("echo", value),
      broken: () => guest.call("broken", null),
      lose: (error: unknown) => workshop.runtime.astray(error),
    }),
  ]);
});

afterEach(() => {
  Math.random = random;
});

const texts = (ran: { readonly shown: readonly { bundle: object }[] }): unknown[] =>
  ran.shown.map(({ bundle }) => (bundle as Record<string, unknown>)["text/plain"]);

describe("a cell", () => {
  it("shows its last expression, and what it displays before it, in order", async () => {
    const ran = await workshop.run(
      "a",
      `import { display } from "ensemble"
display(Promise.resolve("first"))
display("second")
"third"`,
    );
    expect(ran.end).toEqual({ kind: "done" });
    expect(texts(ran)).toEqual(["first", "second", "third"]);
  });

  it("reads the values that other cells define, as they are when it starts", async () => {
    await workshop.run("a", "let count = 1; const more = () => ++count");
    await workshop.run("b", "more()", ["more"]);
    expect(texts(await workshop.run("c", "count", ["count"]))).toEqual(["2"]);
  });

  it("that reads a name without a value says which cell to run", async () => {
    const { end } = await workshop.run("b", "x + 1", ["x"]);
    expect(end).toMatchObject({
      kind: "error",
      error: { name: "ReferenceError", message: /^x has no value here/ },
    });
  });

  it("keeps what it defined before it failed, and nothing of the run before", async () => {
    await workshop.run("a", "const x = 1, y = 2");
    await workshop.run("a", "const x = 3; null.fails; const y = 4");
    expect(texts(await workshop.run("b", "x", ["x"]))).toEqual(["3"]);
    expect((await workshop.run("b", "y", ["y"])).end.kind).toBe("error");
  });

  it("loses names that are forgotten", async () => {
    await workshop.run("a", "const x = 1");
    workshop.runtime.receive({ kind: "forget", names: ["x"] });
    expect((await workshop.run("b", "x", ["x"])).end.kind).toBe("error");
  });

  it("draws the same numbers from the same seed at each run", async () => {
    const draw = (seed: number) => workshop.run("a", "[Math.random(), Math.random()]", [], seed);
    const [first, again, other] = [await draw(1), await draw(1), await draw(2)];
    expect(texts(again)).toEqual(texts(first));
    expect(texts(other)).not.toEqual(texts(first));
  });

  it("may train from a captured program unless its run says otherwise, and only then", async () => {
    workshop.runtime.provide({}, [(guest) => ({ capturing: () => guest.capturing })]);
    const source = `import { capturing } from "ensemble"
capturing()`;
    const said: unknown[] = [];
    for (const capturing of [undefined, false, true]) {
      workshop.capturing = capturing;
      said.push(...texts(await workshop.run("a", source)));
    }
    expect(said).toEqual(["true", "false", "true"]);
    expect(workshop.runtime.guest.capturing).toBe(true);
  });

  it("imports packages and parts of them, at the top or on the way", async () => {
    const source = `import { range as r } from "d3"
const d3: any = await import("d3")
r(3) + d3.range(4)`;
    expect(texts(await workshop.run("a", source))).toEqual(["7"]);
  });
});

describe("an error", () => {
  const errorOf = async (source: string) => {
    const { end } = await workshop.run("a", source);
    return end.kind === "error" ? end.error : undefined;
  };

  it("is told whatever the cell has put into it", async () => {
    expect(
      await errorOf("throw Object.assign(new Error(), { name: 7, message: () => 1, stack: null })"),
    ).toMatchObject({ name: "7", message: expect.any(String) as string });
  });

  it.each([
    ["on the first line", "null.x", 1, 6],
    ["after types on its line", "const a: Array<number> = [1], b: any = null; b.fails.now", 1, 48],
    [
      "in a function that was awaited",
      "const f = async () => {\n  await 1\n  throw new Error()\n}\n\nawait f()",
      3,
      9,
    ],
    ["nobody waited for", 'import { lose } from "ensemble"\nlose(\n  new Error())', 3, 3],
    ["about a name that a package has not", 'import {\n  rangee } from "d3"', 2, 3],
  ])("%s has its line and column", async (_, source, line, column) => {
    expect(await errorOf(source)).toMatchObject({ line, column });
  });

  it("leads through the cells, innermost first", async () => {
    await workshop.run("a", "const f = (x) => {\n  x.fails.now\n}");
    const { end } = await workshop.run("b", "\nf({})", ["f"]);
    const error = end.kind === "error" ? end.error : undefined;
    expect(error?.stack).toEqual([
      { cell: "a", line: 2, column: 11 },
      { cell: "b", line: 2, column: 1 },
    ]);
  });

  it("may be anything that was thrown", async () => {
    expect(await errorOf("throw 'words'")).toMatchObject({ name: "Error", message: "words" });
    expect(await errorOf("throw { code: 3 }")).toMatchObject({ message: "{ code: 3 }" });
  });

  it("of the page is the cell's, in the page's words", async () => {
    const error = await errorOf('import { broken } from "ensemble"\n\nawait broken()');
    expect(error).toMatchObject({ message: "there is no such dataset", line: 3 });
  });
});

describe("what a cell prints", () => {
  it("runs the same code anew without loading it anew, and still says where it failed", async () => {
    const workshop = new GuestWorkshop();
    const failing = "let n = 0;\nn++;\nif (n > 0) throw new Error(`n is ${n}`);";
    for (let i = 0; i < 2; i++) {
      const { end } = await workshop.run("a", failing);
      expect(end).toMatchObject({ kind: "error", error: { message: "n is 1", line: 3 } });
    }
    expect(workshop.loaded).toHaveLength(1);
    await workshop.run("a", `${failing} // edited`);
    await workshop.run("b", failing);
    expect(workshop.loaded).toHaveLength(3);
  });

  it("is joined line to line, and cut when it floods", async () => {
    workshop.runtime.redirectConsole(console);
    const ran = await workshop.run("a", "for (let i = 0; i < 5000; i++) console.log('line', i)");
    const lines = texts(ran).join("\n").split("\n");
    expect(lines[0]).toBe("line 0");
    expect(lines).toHaveLength(1001);
    expect(lines.at(-1)).toMatch(/more than fits/);
    expect(ran.shown.length).toBeLessThan(100);
  });

  it("is replaced where it has an id", async () => {
    const source = `import { display } from "ensemble"
for (let i = 0; i < 3; i++) display(i, { id: "progress" })`;
    const ran = await workshop.run("a", source);
    expect(ran.shown.at(-1)).toMatchObject({ id: "progress", bundle: { "text/plain": "2" } });
  });
});

describe("what is shown with an id", () => {
  it("takes the place of what was shown with it before, however close they follow", async () => {
    const source = `import { display } from "ensemble"
display("first"); display("a", { id: "p" }); display("b"); display("c", { id: "p" })`;
    const { shown } = await workshop.run("a", source);
    expect(shown.map(({ id }) => id)).toEqual([null, "p", null]);
    expect(texts({ shown })).toEqual(["first", "c", "b"]);
  });

  it("is cut like anything else where there is no end of ids", async () => {
    const source = `import { display } from "ensemble"
for (let i = 0; i < 2000; i++) display(i, { id: String(i) })`;
    const { shown } = await workshop.run("a", source);
    expect(shown.length).toBeLessThan(600);
    expect(texts({ shown }).at(-1)).toMatch(/more than fits/);
  });
});

describe("an interruption", () => {
  const interruptAt = (messages: () => boolean): void => {
    const look = (): void => {
      if (messages()) workshop.runtime.receive({ kind: "interrupt" });
      else setImmediate(look);
    };
    look();
  };

  it("stops a loop of awaits, and what never comes", async () => {
    interruptAt(() => workshop.runtime.guest.cell !== undefined);
    const loop = "for (;;) await new Promise((resolve) => setTimeout(resolve, 1))";
    expect((await workshop.run("a", loop)).end).toEqual({ kind: "interrupted" });
    interruptAt(() => workshop.runtime.guest.cell !== undefined);
    expect((await workshop.run("a", "await new Promise(() => {})")).end).toEqual({
      kind: "interrupted",
    });
  });

  it("stops training at its next batch, though nothing else gets a turn", async () => {
    await workshop.run("i", 'import * as tf from "@tensorflow/tfjs"');
    interruptAt(() => workshop.runtime.guest.cell === "m");
    const source = `const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })
model.compile({ optimizer: "sgd", loss: "meanSquaredError" })
await model.fit(tf.ones([64, 1]), tf.ones([64, 1]), { epochs: 1e6, batchSize: 8, yieldEvery: "never" })`;
    expect((await workshop.run("m", source, ["tf"])).end).toEqual({ kind: "interrupted" });
  });

  it.each([
    ["the last expression", "new Promise(() => undefined)"],
    ["what it shows", `import { display } from "ensemble"\ndisplay(new Promise(() => undefined))`],
  ])("ends a cell that waits for ever for %s", async (_, source) => {
    interruptAt(() => workshop.runtime.guest.cell !== undefined);
    expect((await workshop.run("a", source)).end).toEqual({ kind: "interrupted" });
    expect((await workshop.run("b", "1 + 1")).end).toEqual({ kind: "done" });
  });
});

describe("training", () => {
  const define = async (): Promise<void> => {
    await workshop.run("i", 'import * as tf from "@tensorflow/tfjs"');
    await workshop.run(
      "m",
      `const make = () => tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })
const model = make()
model.compile({ optimizer: "sgd", loss: "meanSquaredError" })
const kit = { inner: [make()] }
const w = tf.variable(tf.scalar(1))
const x = tf.ones([4, 1])`,
      ["tf"],
    );
  };

  it.each([
    ["model.fit", "await model.fit(x, x, { epochs: 1 })", ["model"]],
    ["trainOnBatch", "await model.trainOnBatch(x, x)", ["model"]],
    ["compile", "model.compile({ optimizer: 'adam', loss: 'meanSquaredError' })", ["model"]],
    ["setWeights", "model.setWeights(model.getWeights().map((one) => one.add(1)))", ["model"]],
    [
      "a model within an object",
      "kit.inner[0].setWeights(model.getWeights().map((one) => one.add(1)))",
      ["kit"],
    ],
    ["a variable", "w.assign(tf.scalar(2))", ["w"]],
    ["an optimizer's step", "tf.train.sgd(0.1).minimize(() => w.square())", ["w"]],
    ["nothing by reading", "await model.predict(x).data()", []],
  ])("%s is a write of the cell's that defines it", async (_, source, names) => {
    await define();
    const reads = ["tf", "model", "kit", "w", "x"];
    const ran = await workshop.run("t", source, reads);
    expect(ran.end).toEqual({ kind: "done" });
    expect(ran.trained).toEqual(names);
  });

  const FIT = `{ epochs: 1, verbose: 0 }`;
  it.each([
    [
      "an object",
      "const kit = { model }",
      ["model"],
      "await kit.model.fit(x, x, FIT)",
      "kit model",
    ],
    [
      "a map",
      'const kit = new Map([["m", model]])',
      ["model"],
      'await kit.get("m").fit(x, x, FIT)',
      "kit model",
    ],
    [
      "a function",
      "const train = () => model.fit(x, x, FIT)",
      ["model", "x"],
      "await train()",
      "model train",
    ],
    [
      "functions, of which one only looks at it",
      "function train() { return model.fit(x, x, FIT) }\nconst look = (v) => model.predict(v)",
      ["model", "x"],
      "await train()",
      "look model train",
    ],
    [
      "a function of a function's",
      "const trainer = (m) => () => m.fit(x, x, FIT)\nconst train = trainer(model)",
      ["model", "x"],
      "await train()",
      "model train",
    ],
    [
      "a class",
      "class Lab { net = model; train() { return this.net.fit(x, x, FIT) } }\nconst lab = new Lab()",
      ["model", "x"],
      "await lab.train()",
      "Lab lab model",
    ],
    [
      "a class that keeps it out of sight",
      "class Lab { train() { return model.fit(x, x, FIT) } }\nconst lab = new Lab()",
      ["model", "x"],
      "await lab.train()",
      "Lab lab model",
    ],
    [
      "nothing but functions",
      "const _own = make(); _own.compile({ optimizer: 'adam', loss: 'meanSquaredError' })\nconst train = () => _own.fit(x, x, FIT), look = () => _own.predict(x), double = (v) => 2 * v, size = 3",
      ["make", "x"],
      "await train()",
      "look train",
    ],
    [
      "another model that shares its layers",
      "const twin = tf.sequential({ layers: model.layers })",
      ["tf", "model"],
      "await model.fit(x, x, FIT)",
      "model twin",
    ],
    [
      "numbers that were made of it, which stay what they are",
      "const score = (await model.predict(x).data())[0], scores = [score], twice = (v) => 2 * v",
      ["model", "x"],
      "await model.fit(x, x, FIT)",
      "model",
    ],
  ])("reaches what a model is handed around in: %s", async (_, by, needs, train, names) => {
    await define();
    const handed = await workshop.run("h", by.replaceAll("FIT", FIT), needs);
    expect(handed.end).toEqual({ kind: "done" });
    const reads = ["x", "model", "kit", "train", "lab"].filter((name) =>
      new RegExp(`\\b${name}\\b`).test(train.replace(/\.\w+/g, "")),
    );
    const ran = await workshop.run("t", train.replaceAll("FIT", FIT), reads);
    expect(ran.end).toEqual({ kind: "done" });
    expect([...ran.trained].sort()).toEqual(names.split(" "));
  });

  it("draws the seed of a dataset's shuffle where everything else is drawn", async () => {
    await define();
    const source = `(await tf.data.array([...Array(20).keys()]).shuffle(20).toArray()).join(" ")`;
    const draw = async (seed: number): Promise<unknown> =>
      texts(await workshop.run("s", source, ["tf"], seed))[0];
    const first = await draw(1);
    expect(await draw(1)).toBe(first);
    expect(await draw(2)).not.toBe(first);
  });

  it("is reported where another cell holds a value that cannot be looked into", async () => {
    await define();
    await workshop.run("l", `const lazy = { get broken() { throw new Error("not now") } }`);
    const ran = await workshop.run("t", "w.assign(tf.scalar(2))", ["tf", "w"]);
    expect(ran).toMatchObject({ end: { kind: "done" }, trained: ["w"] });
  });

  it("of a cell's own model is nobody else's concern", async () => {
    await define();
    const source = `const own = make(); own.compile({ optimizer: "sgd", loss: "meanSquaredError" })
await own.fit(x, x)`;
    expect((await workshop.run("t", source, ["make", "x"])).trained).toEqual([]);
  });

  it("calls the callbacks that were given, whatever their form", async () => {
    await define();
    const source = `const seen: string[] = []
class Mine extends tf.CustomCallback { constructor() { super({ onEpochEnd: () => { seen.push("object") } }, "never") } }
await model.fit(x, x, { callbacks: { onEpochEnd: () => { seen.push("record") } } })
await model.fit(x, x, { callbacks: [{ onEpochEnd: () => { seen.push("list") } }] })
await model.fit(x, x, { callbacks: [new Mine()] })
seen.join()`;
    expect(texts(await workshop.run("t", source, ["tf", "model", "x"]))).toEqual([
      "record,list,object",
    ]);
  });

  it("gives the same weights for the same seed", async () => {
    await define();
    const source = `const m = make(); m.compile({ optimizer: "adam", loss: "meanSquaredError" })
await m.fit(tf.randomNormal([32, 1]), tf.randomNormal([32, 1]), { epochs: 2 })
Array.from(await m.getWeights()[0].data())`;
    const train = async () => texts(await workshop.run("t", source, ["tf", "make"]));
    expect(await train()).toEqual(await train());
  });
});
