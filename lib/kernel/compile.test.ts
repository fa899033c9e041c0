/** Rules of what a cell defines, reads and becomes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyseCell, compileCell } from "./compile.ts";

function analysed(source: string) {
  const found = analyseCell(source);
  if (!found.ok) throw new Error(found.error.message);
  return found;
}

function refused(source: string) {
  const found = analyseCell(source);
  if (found.ok) throw new Error("it was taken");
  const { message, line, column } = found.error;
  return { message, line, column };
}

describe("what a cell defines", () => {
  it.each([
    ["const a = 1, b = 2", ["a", "b"]],
    ["let a; var b; function c() {} class D {}", ["a", "b", "c", "D"]],
    ["const { a, b: c, ...d } = x, [e, , f = 1] = y", ["a", "c", "d", "e", "f"]],
    ["async function a() {}\nfunction* b() {}", ["a", "b"]],
    ["if (x) { var a = 1; let b = 2 }", ["a"]],
    ["for (let i = 0; i < 3; i++) { const b = i }", []],
    ["enum Colour { Red, Green }", ["Colour"]],
    ["export const a = 1", ["a"]],
    ["const _a = 1, a = _a", ["a"]],
    ["interface A {}\ntype B = A\ndeclare const c: B", []],
  ])("%s", (source, names) => {
    expect(analysed(source).defines.toSorted()).toEqual(names.toSorted());
  });

  it("counts imported names, and says which they are", () => {
    const source =
      'import * as tf from "@tensorflow/tfjs"; import { dataset as load, type Run } from "ensemble"; const a = 1';
    expect(analysed(source)).toMatchObject({
      defines: ["tf", "load", "a"],
      imports: ["tf", "load"],
    });
  });

  it("keeps an import that the cell itself does not use", () => {
    expect(analysed('import { range } from "d3"').defines).toEqual(["range"]);
  });
});

describe("what a cell reads", () => {
  it.each([
    ["a + b", ["a", "b"]],
    ["const a = 1; a + b", ["b"]],
    ["const f = (x: number, { y } = z) => x + y", ["z"]],
    ["function f() { return later }", ["later"]],
    ["const o = { a, b: c }; o.d", ["a", "c"]],
    ["try { f() } catch (e) { e }", ["f"]],
    ["const x: SomeType<Other> = value as Third", ["value"]],
    ["a.b.c; label: for (;;) break label", ["a"]],
    ['import * as tf from "@tensorflow/tfjs"; tf.tensor(a)', ["a"]],
    ["`${a}`; b`c`", ["a", "b"]],
    ["const a = () => a()", []],
  ])("%s", (source, names) => {
    expect(analysed(source).reads.toSorted()).toEqual(names.toSorted());
  });
});

describe("what a cell may not say", () => {
  it.each([
    ["const a = ;", 'Unexpected ";" here', 1, 11],
    ["const a = 1\nconst a = 2", "Identifier 'a' has already been declared", 2, 7],
    ["f(", "The cell ends in the middle of something", 1, 3],
    ["let x = 1\n  y = 2", /^y is not declared in this cell/, 2, 3],
    ["const f = (a: number) => { total += a }", /^total is not declared/, 1, 28],
    ["return 1", "'return' outside of function", 1, 1],
    ['import x from "lodash"', /^There is no package "lodash" here\. A cell can import/, 1, 15],
    ['import * as P from "plot"', /Did you mean "@observablehq\/plot"\?/, 1, 20],
    ['const m: any = await import("@tensorflow/tf")', /Did you mean "@tensorflow\/tfjs"\?/, 1, 29],
    ["namespace A { export const b = 1 }", /^Namespaces do not work/, 1, 1],
    ["export default 1", /needs no export/, 1, 1],
  ])("%s", (source, message, line, column) => {
    expect(refused(source)).toEqual({
      message: typeof message === "string" ? message : (expect.stringMatching(message) as string),
      line,
      column,
    });
  });
});

describe("what a cell becomes", () => {
  const code = (source: string): string => {
    const made = compileCell(source);
    if (!made.ok) throw new Error(made.error.message);
    return made.code;
  };

  it("has no types left and each line in its place", () => {
    const lines = code("interface A {\n  b: string;\n}\nconst a: A = {\n  b: '',\n};\na").split(
      "\n",
    );
    expect(lines[3]).toBe("const a = {");
    expect(lines[6]).toBe("a)");
  });

  it("says the same of the same source at once, without looking again", () => {
    expect(analyseCell("const same = 1")).toBe(analyseCell("const same = 1"));
  });

  const piece = fc.constantFrom(
    "const $ = 1;",
    "let $: number = f<number>(2)",
    "// a note",
    "/* two\nlines */",
    "enum $ {\n A,\n B = 4,\n}",
    "interface $ {\n  a: string\n}",
    "await g(\n  1,\n)",
    "import {\n  range as $,\n} from 'd3'",
    "x as any",
    "",
    "`a\n${b}`",
    "class $<T> {\n  constructor(private a: T) {}\n}",
    "function $(this: any, b?: number): void {\n}",
    "type $ =\n  | 1\n  | 2;",
  );
  it("keeps lines whatever the cell says", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const source = pieces
          .map((text, i) => text.replaceAll("$", `name${i}`).replaceAll(`name${i}{`, "${"))
          .join("\n");
        const lines = code(source).split("\n");
        expect(lines).toHaveLength(source.split("\n").length + 1);
      }),
    );
  });
});
