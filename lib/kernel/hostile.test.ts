/**
 * Rules of what a member's code may return, throw or print: whatever it is, it becomes a bundle that the page takes,
 * in bounded time, or a sentence that says why not. Values here are made to hurt.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GuestWorkshop } from "../testing/guestWorld.ts";
import { parseBundle } from "./bundle.ts";
import { errorOutput } from "./guest/stack.ts";
import { bundleOf } from "./outputs.ts";
import { parseToPage } from "./protocol.ts";
import { textOf } from "./outputs/text.ts";

/** Far above what any of them takes, far below what a person would call hanging. */
const SOON_MS = 10_000;

const boom = (): never => {
  throw new Error("boom");
};
const trapped = new Proxy(
  {},
  Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, boom])),
);
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 0;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}
function manyKeys(count: number): object {
  const value: Record<string, number> = {};
  for (let i = 0; i < count; i++) value[`k${i}`] = i;
  return value;
}
function causes(): Error {
  const error: Error = new Error("round");
  error.cause = new TypeError("and round", { cause: error });
  return error;
}
function* endless(): Generator<number> {
  for (let i = 0; ; i++) yield i;
}
class EndlessMap extends Map<unknown, unknown> {
  override *[Symbol.iterator](): MapIterator<[unknown, unknown]> {
    for (const i of endless()) yield [i, i];
  }
  override get size(): number {
    return "many" as unknown as number;
  }
}
class Named {
  static name = { toString: boom } as unknown as string;
}

const hostile: readonly (readonly [name: string, make: () => unknown])[] = [
  ["a toString that throws", () => ({ toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom })],
  ["a toString that gives an object", () => ({ toString: () => ({}) })],
  ["a toJSON that throws", () => ({ toJSON: boom })],
  ["a getter that throws", () => Object.defineProperty({}, "a", { get: boom, enumerable: true })],
  ["a constructor that throws", () => Object.defineProperty({}, "constructor", { get: boom })],
  ["an object that holds itself", () => { const a: unknown[] = []; a.push({ a, b: new Map([[a, a]]) }); return a; }],
  ["a proxy whose traps all throw", () => trapped],
  ["a proxy of a list whose traps all throw", () => new Proxy([], { get: boom, has: boom })],
  ["a proxy that says it has a name without end", () => new Proxy({}, { ownKeys: () => ["a".repeat(1e7)] })],
  ["a proxy that says there is everything", () => new Proxy({}, { has: () => true, get: (_, key) => key === "then" ? undefined : trapped })],
  ["a proxy that is anything, called anything", () => { const any: unknown = new Proxy(function () {}, { get: (_, key) => key === "then" ? undefined : any, apply: () => any, has: () => true }); return [any, { any }]; }],
  ["a proxy that was revoked", revoked],
  ["lists of proxies that were revoked", () => [[revoked()], { a: revoked() }, new Map([[revoked(), revoked()]])]],
  ["300,000 keys", () => manyKeys(3e5)],
  ["a list that is empty and four milliards long", () => new Array<unknown>(2 ** 32 - 1)],
  ["a list of lists of lists of lists", () => nested(6, (inner) => new Array<unknown>(300).fill(inner))],
  ["a record of records of records", () => nested(6, (inner) => Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, inner])))],
  ["objects nested 10^5 deep", () => nested(1e5, (a) => ({ a }))],
  ["lists nested 10^5 deep", () => nested(1e5, (a) => [a])],
  ["maps nested 10^5 deep", () => nested(1e5, (a) => new Map([[a, a]]))],
  ["an object without a prototype", () => Object.assign(Object.create(null) as object, { a: 1 })],
  ["a class with a name that throws", () => Named],
  ["something of a class with a name that throws", () => new Named()],
  ["a function with a name that is an object", () => Object.defineProperty(() => 1, "name", { value: trapped })],
  ["a text of 50 MB", () => "x".repeat(50_000_000)],
  ["a text of 50 MB deep inside", () => ({ a: [{ b: "x".repeat(50_000_000) }] })],
  ["a key of 50 MB", () => ({ ["x".repeat(50_000_000)]: 1 })],
  ["a table with a text of 50 MB in each row", () => new Array<unknown>(60).fill({ ["k".repeat(1e6)]: "x".repeat(50_000_000) })],
  ["a table with a cell that throws", () => [{ a: trapped }, { a: revoked() }]],
  ["a table with 10^5 columns", () => [manyKeys(1e5)]],
  ["numbers, a hundred million", () => new Float32Array(1e8)],
  ["a BigInt of a million digits", () => 10n ** 1_000_000n],
  ["a BigInt of a million digits, negative, in a list", () => [-(10n ** 1_000_000n)]],
  ["negative zero and no number", () => [-0, NaN, Infinity, { a: -0 }]],
  ["a date that is none", () => [new Date(NaN), Object.create(Date.prototype) as unknown]],
  ["a regular expression that is none", () => Object.create(RegExp.prototype) as unknown],
  ["a promise that is none", () => Object.create(Promise.prototype) as unknown],
  ["an error with a message that throws", () => Object.assign(new Error(), { message: trapped, name: trapped, stack: trapped })],
  ["errors whose causes go round", causes],
  ["a map without end that lies about its size", () => new EndlessMap()],
  ["a list whose methods were replaced", () => Object.assign([1, 2], { map: boom, slice: () => trapped, length: 2 })],
  ["an iterable without end", () => ({ [Symbol.iterator]: endless })],
  ["a tensor that is none", () => ({ dataId: 1, dtype: trapped, shape: trapped, data: boom })],
  ["a tensor that says it is huge", () => ({ dataId: 1, dtype: {}, shape: new Array(2 ** 32 - 1), data: () => ({ length: 1e12 }) })],
  ["a model that is none", () => ({ layers: [trapped, null], predict: 1, countParams: 1 })],
  ["a model of a million layers", () => ({ layers: new Array(1e6).fill({}), predict: 1, countParams: 1 })],
  ["a table that is none", () => ({ numRows: boom, columnNames: boom, objects: boom, derive: 1 })],
  ["a table that says it is huge", () => ({ numRows: () => trapped, columnNames: () => new Array<unknown>(1e6).fill("a"), objects: () => new Array<unknown>(1e5).fill({ a: {} }), derive: 1 })],
  ["an element that is none", () => ({ nodeType: 1, localName: "svg", outerHTML: trapped, getAttribute: boom, setAttribute: boom })],
  ["an element of 50 MB", () => ({ nodeType: 1, localName: "div", outerHTML: "<style".repeat(8e6) })],
  ["an element that takes long to read", () => ({ nodeType: 1, localName: "div", outerHTML: "<style".repeat(3e5) })],
  ["a symbol", () => Symbol("a".repeat(1e6))],
  ["null", () => null],
]; // prettier-ignore

let workshop: GuestWorkshop;
const random = Math.random;
beforeEach(() => {
  workshop = new GuestWorkshop();
  workshop.runtime.redirectConsole({ ...console, table: () => 0, dir: () => 0 });
});
afterEach(() => {
  Math.random = random;
});

/** Runs a cell with the value as `value`; everything that it says goes through the page's parsers. */
async function heard(value: unknown, source: string): Promise<{ end: string; words: string[] }> {
  const began = performance.now();
  workshop.runtime.provide({}, [
    (guest) => ({
      show: () => guest.display(value),
      log: () => textOf(value),

      fail: () => {
        throw value;
      },
    }),
  ]);
  const ran = await workshop.run("a", `import { show, log, fail } from "ensemble"\n${source}`);
  expect(performance.now() - began).toBeLessThan(SOON_MS);
  for (const message of workshop.messages) expect(parseToPage(message)).toEqual(message);
  const words = ran.shown.map(({ bundle }) => textOf(bundle["text/plain"]));
  return { end: ran.end.kind, words };
}

describe("a cell that has", () => {
  it.each(hostile)("%s shows it, prints it and throws it, soon, and goes on", async (_, make) => {
    const value = make();
    const shown = await heard(value, `show(); "after"`);
    expect(shown.end).toBe("done");
    expect(shown.words.length).toBe(2);
    expect(shown.words[1]).toBe("after");
    const printed = await heard(value, "log().length > 0");
    expect(printed).toEqual({ end: "done", words: ["true"] });
    expect((await heard(value, "fail()")).end).toBe("error");
  });
});

describe("whatever a value is", () => {
  it("an output of it is one that a page takes, and no text of it is longer than can be read", async () => {
    const value = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true, withObjectString: true, withSparseArray: true, withTypedArray: true }); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(value, async (one) => {
        const bundle = await bundleOf(one);
        if (bundle) expect(parseBundle(bundle)).toEqual(bundle);
        expect(textOf(one).length).toBeLessThanOrEqual(20_001);
        expect(() => structuredClone(errorOutput(one, new Map()))).not.toThrow();
      }),
    );
  });

  it("no code of the member's runs to show it", () => {
    let ran = 0;
    const value = { get a() { return ++ran; }, toString: () => `${++ran}`, toJSON: () => ++ran, valueOf: () => ++ran }; // prettier-ignore
    expect(textOf(value)).toContain("a: (getter)");
    void bundleOf([value, { value }]);
    void bundleOf(value);
    expect(ran).toBe(0);
  });
});
