/** Rules of long tables under a cell: kept whole, as they were when they were shown, and never more than fits. */
import * as arquero from "arquero";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CellId } from "../base/ids.ts";
import type { CallContext } from "../kernel/capability.ts";
import type { TableOutput } from "../kernel/mime.ts";
import { bundleOf } from "../kernel/outputs.ts";
import { tableSource } from "../kernel/outputs/tableSource.ts";
import { GuestWorkshop } from "../testing/guestWorld.ts";
import { MemoryBlobs } from "../testing/workbench.ts";
import type { StoredTable } from "./arrow.ts";
import { encodeShown } from "./encodeShown.ts";
import { keepTables } from "./keepTables.ts";
import { MOST_IN_TABLE, openShown } from "./shownTable.ts";
import { tablesCapability } from "./tablesHost.ts";

const MILLION = 1_000_000;
const TABLE = "application/vnd.ensemble.table+json";
const world = { now: () => performance.now(), turn: () => new Promise<void>(setImmediate) };

function kernelWith(blobs = new MemoryBlobs(), most?: number) {
  const aborted = new AbortController();
  const host = tablesCapability(blobs);
  const context = {
    cell: "a" as CellId,
    signal: aborted.signal,
    progress: () => undefined,
  } as unknown as CallContext;
  const guest = {
    interrupted: false,
    call: (_: string, request: unknown) =>
      new Promise((resolve) => resolve(host.host(host.parse(request), context))),
  };
  const stop = (): void => {
    guest.interrupted = true;
    aborted.abort(new Error("stopped"));
  };
  return { blobs, guest, stop, keep: keepTables(guest, world, most) };
}

async function shown(value: unknown, kernel = kernelWith()): Promise<TableOutput> {
  return (await bundleOf(value, kernel.keep))?.[TABLE] as TableOutput;
}

async function opened(
  output: TableOutput,
  { blobs }: { blobs: MemoryBlobs },
): Promise<StoredTable> {
  if (!output.whole) throw new Error("there is no whole table");
  const bytes = await blobs.get(output.whole.blob);
  const table = openShown(bytes, { rows: output.whole.rows, columns: output.columns.length });
  if (!table) throw new Error("the table does not open");
  return table;
}

const encoded = (value: object, most = MOST_IN_TABLE) => {
  const source = tableSource(value);
  if (!source) throw new Error("no table");
  const steps = encodeShown(source, most);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

describe("a long table", () => {
  it("of a million records is kept whole, and stands in the document as its first rows", async () => {
    const kernel = kernelWith();
    const rows = Array.from({ length: MILLION }, (_, i) => ({
      i,
      half: i / 2,
      kind: i % 3 === 0 ? "a" : "b",
      name: `row ${i}`,
      even: i % 2 === 0,
      seen: new Date(i * 1000),
    }));
    const output = await shown(rows, kernel);
    expect(output.rows).toBe(MILLION);
    expect(output.whole?.rows).toBe(MILLION);
    expect(output.head).toHaveLength(50);
    expect(output.columns.map(({ type }) => type)).toEqual([
      "number",
      "number",
      "text",
      "text",
      "boolean",
      "date",
    ]);
    expect(output.columns.map(({ longest }) => longest)).toEqual([6, 6, 1, 10, 5, 19]);
    expect(JSON.stringify(output).length).toBeLessThan(16_000);
    const table = await opened(output, kernel);
    const last = output.columns.map((_, column) => table.value(column, MILLION - 1));
    expect(last).toEqual([999_999, 499_999.5, "a", "row 999999", false, new Date(999_999_000)]);
  }, 60_000);

  it("of arquero keeps what is left of it, in the order in which it is shown", async () => {
    const kernel = kernelWith();
    const table = arquero
      .table({ n: Float64Array.from({ length: 1000 }, (_, i) => i) })
      .filter((d: { n: number }) => d.n % 2 === 0)
      .orderby(arquero.desc("n"));
    const output = await shown(table, kernel);
    expect(output.rows).toBe(500);
    const stored = await opened(output, kernel);
    expect([stored.value(0, 0), stored.value(0, 499)]).toEqual([998, 0]);
  });

  it("that fits the preview makes no blob, as does no list of numbers and no object of columns", async () => {
    const kernel = kernelWith();
    expect((await shown([{ a: 1 }, { a: 2 }], kernel)).whole).toBeUndefined();
    expect(await shown(new Array(100).fill(1), kernel)).toBeUndefined();
    expect(await shown({ a: new Float32Array(100) }, kernel)).toBeUndefined();
  });

  it("with a text that is longer than a preview bears is kept, however few its rows are", async () => {
    const kernel = kernelWith();
    const output = await shown([{ text: "x".repeat(900) }], kernel);
    expect((output.head[0]?.[0] as string).length).toBeLessThan(410);
    expect((await opened(output, kernel)).value(0, 0)).toBe("x".repeat(900));
  });

  it("is the same blob when it is the same table", async () => {
    const make = (): object => Array.from({ length: 200 }, (_, i) => ({ i, name: `n${i % 7}` }));
    const [first, second] = [await shown(make()), await shown(make())];
    expect(first.whole?.blob.sha256).toBe(second.whole?.blob.sha256);
  });

  it("holds every kind of value, what is missing as null, and columns that come late", async () => {
    const kernel = kernelWith();
    const rows: object[] = Array.from({ length: 300 }, (_, i) => ({
      big: BigInt(i),
      huge: 2n ** 70n + BigInt(i),
      mixed: i % 2 === 0 ? i : `w${i}`,
      nested: { at: [i] },
      gap: i % 2 === 0 ? undefined : NaN,
      day: i === 1 ? new Date(NaN) : new Date(0),
    }));
    rows[120] = { late: true };
    rows[200] = null as unknown as object;
    const output = await shown(rows, kernel);
    expect(output.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "big number",
      "huge number",
      "mixed other",
      "nested other",
      "gap other",
      "day date",
      "late boolean",
    ]);
    expect(output.head[0]).toHaveLength(7);
    const table = await opened(output, kernel);
    const row = (at: number): unknown[] =>
      output.columns.map((_, column) => table.value(column, at));
    expect(row(1)).toEqual([1, "1180591620717411303425", "w1", '{"at":[1]}', null, null, null]);
    expect(row(120)).toEqual([null, null, null, null, null, null, true]);
    expect(row(200).every((value) => value === null)).toBe(true);
  });

  it("gives back what was put in, whatever it is", async () => {
    const value = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 60, maxLength: 80 }), async (values) => {
        const kernel = kernelWith();
        const output = await shown(
          values.map((v) => ({ v })),
          kernel,
        );
        const table = await opened(output, kernel);
        const [column] = output.columns;
        for (const [row, v] of values.entries()) {
          const missing = v === null || Number.isNaN(v);
          const text = column?.type === "other" && !missing;
          expect(table.value(0, row)).toEqual(missing ? null : text ? String(v) : v);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is what it was when it was shown, although its rows come and go afterwards", async () => {
    const kernel = kernelWith();
    const rows = Array.from({ length: 100 }, (_, i) => ({ i }));
    const showing = shown(rows, kernel);
    rows.length = 0;
    expect((await opened(await showing, kernel)).value(0, 99)).toBe(99);
  });
});

describe("what a table may take", () => {
  it("keeps the first rows that fit and says how many", () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => ({
      i: i / 3,
      text: `${i} ${"x".repeat(90)}`,
    }));
    const most = 1_000_000;
    const table = encoded(rows, most);
    expect(table?.bytes.byteLength).toBeLessThanOrEqual(most);
    expect(table?.rows).toBeGreaterThan(5_000);
    expect(table?.rows).toBeLessThan(50_000);
  });

  it("keeps to it where the long texts come where nobody looked", () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      text: i % 40 === 1 ? `${i}${"é".repeat(900)}` : "short",
    }));
    const table = encoded(rows, 300_000);
    expect(table?.bytes.byteLength).toBeLessThanOrEqual(300_000);
    expect(table?.rows).toBeGreaterThan(1_000);
  });

  it("bounds what one run keeps: what comes after shows its first rows and says why", async () => {
    const kernel = kernelWith(new MemoryBlobs(), 5_500_000);
    const table = arquero.table({ n: Float64Array.from({ length: 250_000 }, (_, i) => i / 3) });
    const outputs = [];
    for (let i = 0; i < 4; i++) outputs.push(await shown(table, kernel));
    expect(outputs.map(({ whole, missing }) => missing ?? whole?.rows)).toEqual([
      250_000,
      250_000,
      expect.any(Number),
      "too-much",
    ]);
    expect(outputs[3]?.head).toHaveLength(50);
    expect(outputs[2]?.whole?.rows).toBeLessThan(250_000);
  });

  it("shows the first rows where the page cannot keep the table", async () => {
    const kernel = kernelWith();
    kernel.blobs.put = () => Promise.reject(new Error("full"));
    const rows = Array.from({ length: 100 }, (_, i) => ({ i }));
    expect(await shown(rows, kernel)).toMatchObject({ rows: 100, missing: "not-kept" });
  });

  it("shows the first rows where a value cannot be read", async () => {
    const boom = (): never => {
      throw new Error("no");
    };
    const rows = Array.from({ length: 100 }, (_, i) =>
      i > 60 ? new Proxy({ i }, { getOwnPropertyDescriptor: boom }) : { i },
    );
    expect(await shown(rows)).toMatchObject({ rows: 100, missing: "not-kept" });
  });

  it("refuses what is no table of a fitting size, whatever the worker asks for", () => {
    const tables = tablesCapability(new MemoryBlobs());
    const parse = (value: unknown): unknown => tables.parse(value);
    for (const value of [null, {}, { bytes: "x" }, { bytes: new ArrayBuffer(1) }])
      expect(() => parse(value)).toThrow();
    expect(() => parse({ bytes: new Uint8Array(MOST_IN_TABLE + 1) })).toThrow();
  });
});

describe("stopping", () => {
  it("ends the keeping of a table at once, while it is made and while it is stored", async () => {
    const kernel = kernelWith();
    const rows = Array.from({ length: MILLION }, (_, i) => ({
      i,
      a: `${i}`,
      b: `${i}b`,
      c: i / 7,
    }));
    const making = shown(rows, kernel);
    kernel.stop();
    expect(await making).toMatchObject({ missing: "stopped", rows: MILLION });

    const storing = kernelWith();
    let begun = (): void => undefined;
    const began = new Promise<void>((resolve) => (begun = resolve));
    storing.blobs.put = () => (begun(), new Promise(() => undefined));
    const output = shown(rows.slice(0, 100), storing);
    await began;
    storing.stop();
    expect(await output).toMatchObject({ missing: "stopped", rows: 100 });
  }, 60_000);
});

describe("a cell", () => {
  it("shows a long table in its turn, with all of its rows kept", async () => {
    const { blobs, guest } = kernelWith();
    const kernel = new GuestWorkshop();
    kernel.runtime.keepTables(() => keepTables(guest, world));
    const { shown: outputs } = await kernel.run(
      "a",
      "Array.from({ length: 200 }, (_, i) => ({ i }))",
    );
    const output = outputs[0]?.bundle[TABLE] as TableOutput;
    expect((await opened(output, { blobs })).value(0, 199)).toBe(199);
  });
});

describe("bytes from somebody else", () => {
  const good = encoded(Array.from({ length: 100 }, (_, i) => ({ i, t: `w${i}`, k: `${i % 3}` })));
  if (!good) throw new Error("it fits");
  const expected = { rows: 100, columns: 3 };

  it("open as the table that the document speaks of, and as no other", () => {
    expect(openShown(good.bytes, expected)?.value(1, 99)).toBe("w99");
    expect(openShown(good.bytes, { rows: 99, columns: 3 })).toBeUndefined();
    expect(openShown(good.bytes, { rows: 100, columns: 2 })).toBeUndefined();
  });

  it("that are damaged are no table, or one that can be read from end to end", () => {
    const change = fc.tuple(fc.nat(good.bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = good.bytes.slice();
        // The first bytes are lengths of headers: those are read where reading can be ended.
        for (const [at, to] of changes) bytes[Math.max(at, bytes.length >> 1)] = to;
        const table = openShown(bytes, expected);
        for (let row = 0; table && row < 100; row++)
          for (let column = 0; column < 3; column++) {
            const value = table.value(column, row);
            expect(typeof value !== "string" || value.length < 1_100).toBe(true);
          }
      }),
    );
    expect(openShown(good.bytes.subarray(0, 200), expected)).toBeUndefined();
    expect(openShown(new Uint8Array(), expected)).toBeUndefined();
    expect(
      openShown(new TextEncoder().encode("not arrow at all, sorry"), expected),
    ).toBeUndefined();
  });
});
