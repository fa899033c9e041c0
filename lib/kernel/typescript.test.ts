/** Today's TypeScript runs in a cell, each line in its place. */
import { describe, expect, it } from "vitest";
import { GuestWorkshop } from "../testing/guestWorld.ts";
import { analyseCell, compileCell } from "./compile.ts";

/** The last expression of each is its answer. */
const answers: readonly (readonly [what: string, source: string, answer: string])[] = [
  ["a const enum", "const enum E { A = 1, B = A << 2, C = 'x'.length }\nE.B", "4"],
  ["an enum of strings", "enum E { A = 'a', B = `b` }\nE.A + E.B", "ab"],
  ["an enum read backwards", "enum K { Small, Large = 41 }\nK[41]", "Large"],
  [
    "parameter properties, abstract and override",
    `abstract class A { abstract f(): number; protected constructor(readonly x = 1, private y?: string) {} }
class B extends A { override f() { return this.x } constructor() { super(3) } }
new B().f()`,
    "3",
  ],
  [
    "overloads",
    "function f(a: string): string;\nfunction f(a: number): number;\nfunction f(a: any) { return a }\nf(2)",
    "2",
  ],
  ["a generic arrow", "const id = <T,>(x: T): T => x;\nid<number>(3)", "3"],
  ["a default for a type", "const f = async <T = number>(x: T) => x;\nawait f(45)", "45"],
  ["a const type parameter", "function f<const T>(x: T): T { return x }\nf(25)", "25"],
  ["an instantiation", "const mk = Array.of<number>;\nmk(35)[0]", "35"],
  ["variance", "interface A<in out T> { f(x: T): T }\n26", "26"],
  ["definite assignment", "let x!: number;\nx = 4;\nx", "4"],
  ["non-null", "const a: { b?: { c: number } } = { b: { c: 5 } };\na.b!.c", "5"],
  ["an optional chain with non-null", "const q: any = null;\n(q?.a!.b) ?? 48", "48"],
  ["satisfies", "const a = { b: 6 } satisfies Record<string, number>;\na.b", "6"],
  ["as const satisfies", "const o = { a: 40 } as const satisfies { a: number };\no.a", "40"],
  ["an assertion in angles", "const x = <number>(24 as unknown);\nx", "24"],
  ["assertion functions", "function is(x: unknown): asserts x is number { void x }\nis(1); 8", "8"],
  ["type predicates", "const isN = (x: unknown): x is number => x === 1;\nisN(1) ? 22 : 0", "22"],
  [
    "conditional types",
    "type El<T> = T extends readonly (infer U extends number)[] ? U : never;\nconst x: El<number[]> = 9;\nx",
    "9",
  ],
  ["template types", "type T = `a${string}-${number}`;\nconst t: T = 'ab-1';\nt", "ab-1"],
  [
    "labelled tuples",
    "type P = [x: number, y?: number, ...r: string[]];\nconst p: P = [11];\np[0]",
    "11",
  ],
  [
    "mapped types",
    "type M<T> = { readonly [K in keyof T as `get${Capitalize<string & K>}`]-?: () => T[K] };\n12",
    "12",
  ],
  [
    "private fields and static blocks",
    "class A { static #n = 13; static { A.#n++; } declare q: number; [key: string]: unknown; static get n() { return A.#n } }\nA.n",
    "14",
  ],
  [
    "accessors of two types",
    "class A { #x = 1; get x(): number { return this.#x } set x(v: number | string) { this.#x = +v } }\nconst a = new A(); a.x = '27'; a.x",
    "27",
  ],
  [
    "this as a parameter",
    "function f(this: { a: number }) { return this.a }\nf.call({ a: 18 })",
    "18",
  ],
  [
    "import type",
    "import type { Tensor } from '@tensorflow/tfjs';\nimport { type LayersModel } from '@tensorflow/tfjs';\nlet t: Tensor | LayersModel | undefined;\n20",
    "20",
  ],
  ["types of an import", "let t: import('arquero').ColumnTable | undefined;\n31", "31"],
  ["export", "export type A = number;\nexport interface B {}\nexport const c = 21;\nc", "21"],
  [
    "declare",
    "declare const zz: number;\ndeclare global { interface Window { x: number } }\n39",
    "39",
  ],
  [
    "a caught unknown",
    "let n = 0;\ntry { throw 47 } catch (e: unknown) { n = e as number }\nn",
    "47",
  ],
  [
    "async generators",
    "async function* g() { yield 37 }\nlet v = 0;\nfor await (const x of g()) v = x;\nv",
    "37",
  ],
  ["sets in regular expressions", "/[\\p{L}--[a-z]]/v.test('A') ? 29 : 0", "29"],
];

describe("a cell can say", () => {
  const workshop = new GuestWorkshop();
  workshop.runtime.provide({}, []);
  it.each(answers)("%s", async (_, source, answer) => {
    const { end, shown } = await workshop.run("c", source);
    expect(end).toEqual({ kind: "done" });
    expect(shown.map((one) => one.bundle["text/plain"])).toEqual([answer]);
  });

  it("using, which only newer engines run than this test has", () => {
    const made = compileCell("{\n  using file = open();\n  file.read();\n}");
    expect(made).toMatchObject({ ok: true, analysis: { defines: [], reads: ["open"] } });
  });
});

it("says of decorators that no browser runs them yet", () => {
  const found = analyseCell("const a = 1;\n@sealed class A {}");
  expect(found).toMatchObject({
    ok: false,
    error: { message: expect.stringMatching(/^No browser runs decorators/) as string, line: 2 },
  });
});
