// @vitest-environment node
// A notebook's cells as one program, with the real declarations of what a cell can import.
import ts from "typescript";
import { describe, expect, it, vi } from "vitest";
import { datasetTypes } from "./datasetTypes.ts";
import { definition, hover, signature } from "./explain.ts";
import { explainSuggestion } from "./suggest.ts";
import { drawnDigits } from "../examples/drawnDigits.ts";
import { tableWithGaps } from "../examples/tableWithGaps.ts";
import { twoMoons } from "../examples/twoMoons.ts";
import { CellProgram } from "./program.ts";
import { NotebookProgram, penguins, realTypes } from "./testing/notebookProgram.ts";

// Reading all declarations takes seconds, and more where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

// Made once: a notebook's program lives as long as its page, and so does this one.
const notebook = new NotebookProgram();
const TF = 'import * as tf from "@tensorflow/tfjs";';

describe("cells as one program", () => {
  it("[TS-1] sees what other cells declare: values, imports and types", () => {
    notebook.cells({
      a: `${TF}\ninterface Point { x: number; y: number }\nconst { left, rest: [first] } = { left: 1, rest: ["b"] };`,
      b: "const p: Point = { x: left, y: 2 };\nconst t = tf.tensor1d([p.x]);\nfirst.toUpperCase();\nt.¦",
    });
    expect(notebook.labels("b")).toEqual(
      expect.arrayContaining(["data", "shape", "add", "dispose"]),
    );
    notebook.cells({
      a: notebook.program.source("a") ?? "",
      b: "const p: Point = { x: left, z: 2 };",
    });
    expect(notebook.findings("b")).toEqual([expect.stringContaining("z:")]);
  });

  it("[TS-2] keeps names that begin with _ to their cell", () => {
    notebook.cells({ a: "const _mine = 1;\n_mine + 1", b: "_mine" });
    expect(notebook.findings("a")).toEqual([]);
    expect(notebook.findings("b")).toEqual([
      "_mine: Nothing here is called _mine: no cell declares it, and it is not imported.",
    ]);
  });

  it("[TS-3] finds nothing wrong with what is right in a notebook", () => {
    notebook.cells({
      a: "later + 1", // declared by a cell further down
      b: "const later = await Promise.resolve(1);\nlater;",
      c: "let i = 0;\nfor (var k = 0; k < 3; k++) i += k;\n[1, 2].map((n) => n * 2);\n'ends without a semicolon'",
      d: "enum Colour { Red, Green }\nconst c = { k, Red: Colour.Red } satisfies Record<string, number>;\ntry { throw 1 } catch (e) { console.log(e.message) }",
      e: "function f(a, b = 2) { return a + b }\nf(1);\nconst empty = [];\nempty.push(c);",
      f: 'import type { Tensor } from "@tensorflow/tfjs";\nconst g = (t: Tensor) => t.shape;',
      h: "const i2 = i;\n{ const later = 'mine'; later.length }",
    });
    for (const id of "abcdefh") expect([id, notebook.findings(id)]).toEqual([id, []]);
  });

  it("[TS-3b] lets a model's answer be used as a tensor, and as a list of them", () => {
    notebook.cells({
      a: `${TF}\nconst model = tf.sequential();\nconst x = tf.zeros([1]);`,
      b: "await model.predict(x).argMax(1).data();\nawait (model.predict(x) as tf.Tensor).data();\n(model.predict(x) as tf.Tensor[]).length;\nconst [one] = model.predict(x);\none.shape;",
      c: "model.predict(x).nothing",
    });
    expect(notebook.findings("b")).toEqual([]);
    expect(notebook.findings("c")).toEqual([expect.stringMatching(/^nothing: /)]);
  });

  it("[TS-4] finds nothing wrong with the examples", () => {
    for (const example of [twoMoons, drawnDigits, tableWithGaps]) {
      const cells = Object.fromEntries(
        example.cells.flatMap((cell, i) => (cell.kind === "code" ? [[`c${i}`, cell.source]] : [])),
      );
      notebook.cells(cells);
      for (const id of Object.keys(cells))
        expect([example.title, id, notebook.findings(id)]).toEqual([example.title, id, []]);
    }
  });

  it("[TS-5] follows cells that change, come, go and move", () => {
    notebook.cells({ a: "const x = 1;", b: "x.toFixed()" });
    expect(notebook.findings("b")).toEqual([]);
    notebook.cells({ a: 'const x = "one";', b: "x.toFixed()" });
    expect(notebook.findings("b")).toEqual([expect.stringContaining("toFixed")]);
    notebook.cells({ b: "x.toFixed()" });
    expect(notebook.findings("b")).toEqual([expect.stringContaining("Nothing here is called x")]);
    notebook.cells({ b: "x.toFixed()", c: "const x = 2;" });
    expect(notebook.findings("b")).toEqual([]);
  });

  it("[TS-6] answers in offsets of the cell, also while its text ends in the middle of something", () => {
    for (const open of ["f(`", "f({ a: ", "if (x) { f(", "const s = '", "/* "]) {
      notebook.cells({
        a: "const x = { inner: 1 };\nconst f = (y: unknown) => y;",
        b: `x.¦\n${open}`,
      });
      const found = notebook.suggest("b");
      expect([open, found?.from, found?.list.map(({ label }) => label)]).toEqual([
        open,
        2,
        ["inner"],
      ]);
    }
  });
});

describe("what may be written", () => {
  it("[TS-7] lists the members of a package, and says what they are", () => {
    notebook.cells({ a: TF, b: "tf.¦" });
    expect(notebook.labels("b")).toEqual(
      expect.arrayContaining(["sequential", "layers", "tensor2d"]),
    );
    const boost = (name: string): number =>
      notebook.suggest("b")?.list.find(({ label }) => label === name)?.boost ?? NaN;
    expect(boost("abs")).toBeGreaterThan(boost("Abs"));
    expect(boost("Abs")).toBeGreaterThan(boost("_FusedMatMul"));
    notebook.cells({
      a: 'import * as Plot from "@observablehq/plot";\nimport * as aq from "arquero";\nimport * as d3 from "d3";',
      b: "Plot.¦",
      c: "aq.¦",
      d: "d3.¦",
    });
    expect(notebook.labels("b")).toEqual(expect.arrayContaining(["plot", "dot", "lineY"]));
    expect(notebook.labels("c")).toEqual(expect.arrayContaining(["table", "op", "desc"]));
    expect(notebook.labels("d")).toEqual(expect.arrayContaining(["scaleLinear", "extent"]));
    const said = explainSuggestion(notebook.program, "d", 3, "extent");
    expect(said?.code).toContain("extent");
    expect(said?.words).not.toBe("");
  });

  it("[TS-8] offers the names of other cells with where they come from, and the imports that lack", () => {
    notebook.cells({ a: "const rates = [1];", b: "ra¦", c: "t¦" });
    const rates = notebook.suggest("b")?.list.find(({ label }) => label === "rates");
    expect(rates).toMatchObject({ cell: "a" });
    const tf = notebook.suggest("c")?.list.find(({ label }) => label === "tf");
    expect(tf).toMatchObject({ line: TF });
    expect(notebook.suggest("c")?.list.find(({ label }) => label === "dataset")).toMatchObject({
      line: 'import { dataset } from "ensemble";',
    });
    notebook.cells({ a: TF, c: "t¦" });
    expect(notebook.suggest("c")?.list.filter(({ label }) => label === "tf")).toEqual([
      expect.objectContaining({ label: "tf", cell: "a" }),
    ]);
  });

  it("[TS-8b] offers between quotes the packages that there are", () => {
    notebook.cells({ a: 'import * as x from "¦"', b: "const y = await import('arq¦" });
    expect(notebook.labels("a")).toEqual([
      "@tensorflow/tfjs",
      "@observablehq/plot",
      "arquero",
      "d3",
      "ensemble",
    ]);
    expect(notebook.suggest("b")?.from).toBe(24);
  });

  it("[TS-9] knows the workspace's datasets and their columns", () => {
    notebook.datasets(penguins, { name: "digits", kind: "images", rows: 10, columns: undefined });
    const read =
      'import { dataset, split } from "ensemble";\nconst birds = await dataset("penguins");';
    notebook.cells({ a: 'import { dataset } from "ensemble";\nconst birds = await dataset("¦")' });
    expect(notebook.labels("a")).toEqual(["penguins", "digits"]);
    notebook.cells({ a: read, b: 'birds.array("¦")' });
    expect(notebook.labels("b")).toEqual(["species", "body mass", "flipper"]);
    notebook.cells({ a: read, b: "birds.filter((d) => d.¦)" });
    const list = notebook.suggest("b")?.list ?? [];
    expect(list.map(({ label, detail }) => `${label}: ${detail}`)).toEqual(
      expect.arrayContaining(["flipper: number"]),
    );
    // A column that is no name is written as one can write it.
    expect(list.find(({ label }) => label === "body mass")?.insert).toEqual({
      text: '["body mass"]',
      from: 21,
      to: 22,
    });
    notebook.cells({ a: read, b: 'birds.filter((d) => d.species === "¦")' });
    expect(notebook.labels("b")).toEqual(["Adelie", "Gentoo", "Chinstrap"]);
  });

  it("[TS-10] knows the columns that a verb adds, keeps and drops", () => {
    notebook.datasets(penguins);
    const read =
      'import * as aq from "arquero";\nimport { dataset, split } from "ensemble";\nconst birds = await dataset("penguins");\nconst { train } = split(birds, { test: 0.2, stratify: "species" });';
    const columns = (code: string): string => {
      notebook.cells({ a: read, b: `const t = ${code};\nt.array("¦")` });
      expect([code, notebook.findings("b").filter((one) => !one.startsWith('""'))]).toEqual([
        code,
        [],
      ]);
      return [...notebook.labels("b")].sort().join();
    };
    const all = "body mass,flipper,species";
    expect(columns("train")).toBe(all);
    expect(columns("birds.derive({ kilos: (d) => d.flipper / 1000 })")).toBe(
      "body mass,flipper,kilos,species",
    );
    expect(columns('birds.select("species", "flipper").filter((d) => d.flipper > 190)')).toBe(
      "flipper,species",
    );
    expect(
      columns('birds.groupby("species").rollup({ long: (d) => aq.op.mean(d.flipper) })'),
    ).toContain("long");
    expect(columns('birds.groupby("species").count().orderby(aq.desc("count"))')).toContain(
      "count",
    );
    expect(columns('birds.orderby(aq.desc("flipper")).slice(0, 10)')).toBe(all);
    expect(columns("birds.join(aq.table({ species: [1] }))")).toBe(""); // it may have any
  });

  it("[TS-11] underlines a column that there is not", () => {
    notebook.datasets(penguins);
    const read = 'import { dataset } from "ensemble";\nconst birds = await dataset("penguins");';
    notebook.cells({ a: read, b: 'birds.array("fliper")', c: "birds.filter((d) => d.fliper > 1)" });
    expect(notebook.findings("b")).toEqual([expect.stringMatching(/^"fliper": .*not assignable/)]);
    expect(notebook.findings("c")).toEqual([expect.stringMatching(/^fliper: .*does not exist/)]);
    // What is not known is not said to be wrong: another version may have other columns.
    notebook.cells({
      a: read,
      b: 'const old = await dataset("penguins", { version: "3fa9c1" });\nold.array("fliper");\nconst other = await dataset("not here yet");\nother.array("x")',
    });
    expect(notebook.findings("b")).toEqual([]);
  });

  it("[TS-12] takes the names of datasets and columns for words, whatever they say", () => {
    const evil = '"; } declare global { const hacked: 1 } /* */ \n` ${x}';
    const columns = penguins.columns?.map((column) => ({
      ...column,
      name: `${evil}${column.name}*/`,
    }));
    const text = datasetTypes([{ ...penguins, name: evil, columns }, penguins, penguins]);
    notebook.program.setDatasets(text);
    notebook.cells({
      a: 'import { dataset } from "ensemble";\nhacked;\nconst t = await dataset("penguins");\nt.array("¦x")',
    });
    expect(notebook.findings("a")).toEqual([expect.stringContaining("called hacked")]);
  });
});

describe("what a name is", () => {
  it("[TS-13] says type and words of what the pointer rests on, and leaves our imports out of it", () => {
    notebook.cells({ a: "/** How fast it learns. */\nconst rate = 0.1;", b: "rate + 1" });
    expect(hover(notebook.program, "b", 1)).toEqual({
      from: 0,
      to: 4,
      code: "const rate: 0.1",
      words: "How fast it learns.",
    });
  });

  it("[TS-14] says which argument is being written", () => {
    notebook.cells({ a: TF, b: "tf.layers.dense(¦" });
    notebook.program.open("b");
    const dense = signature(notebook.program, "b", notebook.at("b"));
    expect(dense?.code).toContain("dense(args: DenseLayerArgs)");
    expect(dense?.code.slice(dense.argument?.from, dense.argument?.to)).toBe(
      "args: DenseLayerArgs",
    );
    notebook.cells({
      a: "/** Adds. */\nfunction add(one: number, ...more: string[]) {}",
      b: "add(1, 'a', ¦)",
    });
    const add = signature(notebook.program, "b", notebook.at("b"));
    expect(add).toMatchObject({ from: 4, words: "Adds." });
    expect(add?.code.slice(add.argument?.from, add.argument?.to)).toBe("...more: string[]");
  });

  it("[TS-15] finds the cell in which a name is declared", () => {
    notebook.cells({ a: "const x = 1, rate = 2;", b: "rate + x", c: "setTimeout" });
    expect(definition(notebook.program, "b", 1)).toEqual({ cell: "a", offset: 13 });
    expect(definition(notebook.program, "c", 1)).toBeUndefined();
  });
});

describe("what is said to be wrong", () => {
  it("[TS-16] says of a missing import which one, and of what a cell has not why", () => {
    notebook.cells({
      a: "tf.tensor([1])",
      b: "fetch('/x')",
      c: "documnt",
      d: "const house = 1;\nhouze",
    });
    expect(notebook.findings("a")).toEqual([`tf: tf is not imported: ${TF}`]);
    expect(notebook.findings("b")).toEqual([expect.stringContaining("A cell has no network.")]);
    expect(notebook.findings("d")).toEqual([
      "houze: Nothing here is called houze. Did you mean house?",
    ]);
  });

  it("[TS-17] leaves to the kernel what it says better", () => {
    notebook.cells({ a: "let x = 1;", b: "x = 2", c: 'import y from "nowhere";' });
    expect(notebook.findings("b")).toEqual([]);
    expect(notebook.findings("c")).toEqual([]);
  });

  it("[TS-18] says of a text that cannot be read only that", () => {
    notebook.cells({ a: "const = nobody + 1;" });
    expect(notebook.findings("a").join()).not.toContain("Nothing here is called");
    expect(notebook.findings("a")).not.toEqual([]);
  });
});

it("[TS-19] lacks no name that the packages' declarations speak of, but the network", () => {
  const checked = new CellProgram(realTypes(), true);
  checked.setCells([
    {
      id: "a",
      source: Object.keys(realTypes().packages)
        .map((name) => `import ${JSON.stringify(name)};`)
        .join("\n"),
    },
  ]);
  const { program } = checked;
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith("/ensemble/"));
  const unknown = program
    .getSourceFiles()
    .flatMap((file) => program.getSemanticDiagnostics(file))
    .filter(({ code }) => code === 2304)
    .map(({ messageText }) => messageText);
  expect(unknown).toEqual(["Cannot find name 'fetch'."]);
  const wrong = own.flatMap((file) => program.getSemanticDiagnostics(file));
  expect(
    wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
  ).toEqual([]);
});
