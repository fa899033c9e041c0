/** Rules of what the page takes from a worker that it does not trust. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseToPage, parseToWorker } from "./protocol.ts";

const shown = (bundle: unknown): unknown => {
  const message = parseToPage({ kind: "outputs", run: 1, shown: [{ bundle, id: null }] });
  return message?.kind === "outputs" ? message.shown[0]?.bundle : undefined;
};

describe("what the worker says", () => {
  it("is a message of ours or nothing, whatever it is", () => {
    const kind = fc.constantFrom(
      "ready",
      "failed",
      "outputs",
      "trained",
      "param",
      "call",
      "ended",
      "notice",
      "lost",
      "held",
    );
    const forged = fc.record({
      kind: fc.oneof(kind, fc.anything()),
      run: fc.oneof(fc.nat(), fc.anything()),
      device: fc.anything(),
      notice: fc.anything(),
      message: fc.anything(),
      shown: fc.anything(),
      names: fc.anything(),
      control: fc.anything(),
      call: fc.anything(),
      capability: fc.anything(),
      end: fc.anything(),
      held: fc.oneof(
        fc.anything(),
        fc.record({
          variables: fc.array(
            fc.record({ name: fc.anything(), cell: fc.anything(), tensor: fc.anything() }),
          ),
          memory: fc.anything(),
          leaks: fc.array(fc.record({ cell: fc.anything(), tensors: fc.anything() })),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.oneof(forged, fc.anything()), (value) => {
        const message = parseToPage(value);
        if (message?.kind === "trained")
          expect(message.names.every((name) => typeof name === "string")).toBe(true);
        if (message?.kind === "held")
          for (const { name, cell, type } of message.held.variables)
            expect([typeof name, typeof cell, typeof type]).toEqual(["string", "string", "string"]);
        if (message?.kind === "notice") expect(typeof message.message).toBe("string");
      }),
    );
  });

  it("loses what no message has", () => {
    expect(parseToPage({ kind: "trained", run: 1, names: ["a", 1, "b"], more: true })).toEqual({
      kind: "trained",
      run: 1,
      names: ["a", "b"],
    });
  });

  it("tells of no more names, and no longer ones, than a page can list", () => {
    const long = "t".repeat(1_000);
    const variable = (name: string) => ({
      name,
      cell: "c",
      type: long,
      preview: long,
      bytes: -1,
      tensor: { dtype: long, shape: new Array(50).fill(2) },
    });
    const variables = Array.from({ length: 1_500 }, (_, i) => variable(`x${i}`));
    const message = parseToPage({
      kind: "held",
      held: { variables, more: NaN, leaks: [{ cell: "c", tensors: 0 }] },
    });
    const held = message?.kind === "held" ? message.held : undefined;
    expect(held?.variables).toHaveLength(1_000);
    expect(held).toMatchObject({ more: 0, memory: null, leaks: [] });
    const [first] = held?.variables ?? [];
    expect([first?.type.length, first?.preview.length, first?.bytes]).toEqual([100, 120, 0]);
    expect([first?.tensor?.dtype.length, first?.tensor?.shape.length]).toEqual([20, 8]);
  });

  it.each([
    [{ kind: "call", run: 1, call: -1, capability: "datasets", request: 1 }],
    [{ kind: "call", run: 1, call: 0.5, capability: "datasets", request: 1 }],
    [{ kind: "call", run: 1, call: 1, capability: 7, request: 1 }],
    [{ kind: "call", call: 1, capability: "datasets", request: 1 }],
    [{ kind: "ended", run: 1, end: { kind: "kernel-ended", reason: "because" } }],
    [{ kind: "ended", run: -1, end: { kind: "done" } }],
    [{ kind: "ended", run: 2 ** 60, end: { kind: "done" } }],
    [{ kind: "outputs", shown: [] }],
    [{ kind: "trained", run: null, names: [] }],
    [
      {
        kind: "param",
        run: 1,
        control: { name: "rate", initial: 5, kind: "number", min: 0, max: 1 },
      },
    ],
    [{ kind: "run", cell: "c", code: "" }],
    ["ended"],
    [null],
  ])("refuses %j", (value) => {
    expect(parseToPage(value)).toBeUndefined();
  });

  it("has an error with a place or without, never with half a place's nonsense", () => {
    const error = {
      name: "TypeError",
      message: "no",
      line: "2",
      column: -1,
      stack: [{ cell: "c", line: 1 }, 4],
    };
    expect(parseToPage({ kind: "ended", run: 1, end: { kind: "error", error } })).toEqual({
      kind: "ended",
      run: 1,
      end: {
        kind: "error",
        error: { name: "TypeError", message: "no", line: null, column: null, stack: [] },
      },
    });
  });
});

describe("a bundle", () => {
  it("keeps the forms we know and drops the rest", () => {
    expect(shown({ "text/plain": "a", "text/javascript": "alert(1)" })).toEqual({
      "text/plain": "a",
    });
  });

  it.each([
    ["nothing we know", { "text/javascript": "1" }],
    ["more letters than a document bears", { "text/html": "a".repeat(5_000_000) }],
    ["more values than a document bears", { "application/json": new Array(300_000).fill(0) }],
    ["something that is not JSON", { "application/json": { when: () => 1 } }],
    ["a list, not a bundle", ["text/plain"]],
  ])("is refused with %s", (_, bundle) => {
    expect(shown(bundle)).toBeUndefined();
  });

  it("is refused at once where a list in it is empty and four milliards long", () => {
    const endless = new Array(2 ** 32 - 1);
    expect(shown({ "application/json": endless })).toBeUndefined();
    expect(shown({ "application/json": { in: [endless] } })).toBeUndefined();
    expect(shown({ "text/plain": "a", more: endless })).toEqual({ "text/plain": "a" });
  });

  it("is refused where it holds itself", () => {
    const around: Record<string, unknown> = {};
    around["self"] = around;
    expect(shown({ "application/json": around })).toBeUndefined();
  });

  it("cannot change what objects are", () => {
    const forged: unknown = JSON.parse('{"application/json":{"__proto__":{"polluted":true}}}');
    const json = (shown(forged) as Record<string, object>)["application/json"];
    expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });
});

describe("what the page says", () => {
  it("is read with the same care", () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseToWorker(value)));
    expect(parseToWorker({ kind: "start", backend: "quantum", wasm: null })).toBeUndefined();
    expect(parseToWorker({ kind: "start", backend: "cpu", wasm: "no" })).toEqual({
      kind: "start",
      backend: "cpu",
      wasm: null,
    });
  });

  it.each([
    [{}, true],
    [{ capturing: true }, true],
    [{ capturing: "no" }, true],
    [{ capturing: false }, false],
  ])("of a cell with %j: it may train from a captured program: %j", (said, capturing) => {
    const run = { kind: "run", run: 1, cell: "a", code: "", defines: [], reads: [], seed: 1 };
    expect(parseToWorker(structuredClone({ ...run, ...said }))).toMatchObject({ capturing });
  });
});
