// What decides whether and when cells run: disabled cells, cells that run by themselves, consent, and others' hands.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CellId, DatasetId, Digest } from "../base/ids.ts";
import { putDatasetEntry } from "../document/indexDoc.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import type { CellEnd, CellListener } from "../kernel/kernel.ts";
import { type ParamControl, defineControl } from "../kernel/params.ts";
import { type Bench, type Workbench, workbench } from "../testing/workbench.ts";
import { digestInputs, parseInputs } from "./inputs.ts";
import { type CellFlag, deleteCell, setCellFlag } from "./notebook.ts";

const id = (cell: string): CellId => cell as CellId;
const done: CellEnd = { kind: "done" };
const failed: CellEnd = {
  kind: "error",
  error: { name: "Error", message: "boom", line: 1, column: 1, stack: [] },
};
const rate = defineControl("rate", 0.1, { min: 0, max: 1 });
const own = defineControl("mine", 1, { private: true });

type Alone = Bench & Pick<Workbench, "settle" | "clock"> & { readonly others: readonly Bench[] };

function bench(
  cells: Readonly<Record<string, string>>,
  roles: Parameters<typeof workbench>[1] = ["owner"],
): Alone {
  const { benches, settle, clock } = workbench(cells, roles);
  const [first, ...others] = benches;
  return { ...(first as Bench), others, settle, clock };
}

/** A cell that asks for controls each time that it runs. */
function asks({ kernel }: Bench, cell: string, ...controls: ParamControl[]): void {
  kernel.script(id(cell), (listener) => {
    for (const control of controls) listener.readParam(control);
    return done;
  });
}

const flag = ({ doc }: Bench, cells: string, which: CellFlag, on = true): void => {
  for (const cell of cells.split(" ")) setCellFlag(doc, id(cell), which, on);
};

async function runAll(one: Alone): Promise<void> {
  one.execution.runAll();
  await one.settle();
}

const three = { a: "const x = 1;", b: "const y = x + 1;", c: "y * 2" };

describe("a disabled cell", () => {
  it("[OFF-1] never runs, and is left out of Run all and Run stale", async () => {
    const one = bench({ ...three, d: "1" });
    flag(one, "d", "disabled");
    await runAll(one);
    one.execution.runCell(id("d"));
    one.execution.runStale();
    await one.settle();
    expect(one.kernel.ran).toBe("a b c");
    expect(one.view("d")).toMatchObject({ state: "not run", disabled: true });
    expect(one.view("d").problem).toBeUndefined();
  });

  it("[OFF-2] keeps what needs it from running, which says so and names it", async () => {
    const one = bench(three);
    flag(one, "a", "disabled");
    await one.settle();
    expect(one.view("b").needsDisabled).toBe("a");
    expect(one.view("c").needsDisabled).toBe("a");
    one.execution.runCell(id("c"));
    await one.settle();
    expect(one.kernel.ran).toBe("");
    expect(one.view("c").problem?.message).toMatch(/^⟦Cell a⟧ is disabled/);
    flag(one, "a", "disabled", false);
    await one.settle();
    expect(one.view("c").problem).toBeUndefined();
    one.execution.runCell(id("c"));
    await one.settle();
    expect(one.kernel.ran).toBe("a b c");
  });

  it("[OFF-3] defines nothing: its names leave the kernel, and another cell may have them", async () => {
    const one = bench({ ...three, a2: "const x = 10;" });
    await one.settle();
    expect(one.view("a").problem?.message).toContain("defined twice");
    flag(one, "a2", "disabled");
    await runAll(one);
    expect(one.kernel.ran).toBe("a b c");
    expect(one.view("a").problem).toBeUndefined();
    flag(one, "a", "disabled");
    await one.settle();
    expect(one.kernel.forgotten).toEqual(["x"]);
    flag(one, "a2", "disabled", false);
    await one.settle();
    one.execution.runCell(id("b"));
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a2 b");
  });

  it("[OFF-4] makes stale what came from it, for everybody, and says since when", async () => {
    const one = bench(three, ["owner", "editor"]);
    await runAll(one);
    flag(one, "a", "disabled");
    await one.settle();
    const jun = one.others[0] as Bench;
    expect(one.states()).toBe("done, stale, stale");
    expect(jun.states()).toBe("done, stale, stale");
    expect(jun.view("c").staleSince).toEqual({ kind: "disabled", cell: "a" });
    flag(jun, "a", "disabled", false);
    await one.settle();
    expect(one.states()).toBe("done, done, done");
  });

  it("[OFF-5] may be wrong or run in a circle, and is nobody's problem", async () => {
    const one = bench({ a: "const x = y;", b: "const y = x;", c: "const = 1" });
    flag(one, "a c", "disabled");
    one.execution.runCell(id("c"));
    await one.settle();
    expect([one.view("a").problem, one.view("c").problem]).toEqual([undefined, undefined]);
    expect(one.view("b").problem).toBeUndefined();
  });
});

describe("a cell that runs by itself", () => {
  it("[AUTO-1] runs after a calm when a cell above it has run again, and nothing else does", async () => {
    const one = bench({ ...three, other: "x" });
    flag(one, "b", "auto");
    await runAll(one);
    one.execution.runCell(id("a"));
    await one.settle();
    expect(one.kernel.ran).toBe("a b c other a b");
    await one.settle();
    expect(one.kernel.ran).toBe("a b c other a b");
  });

  it("[AUTO-2] runs when a control moves that it or a quick cell above it asks for", async () => {
    const one = bench(three);
    asks(one, "a", rate);
    flag(one, "c", "auto");
    await runAll(one);
    one.execution.params.move(rate, 0.5);
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a b c");
    expect(one.kernel.runs.at(-1)?.params.shared).toEqual({ rate: 0.5 });
  });

  it("[AUTO-3] runs when there is a newer version of a dataset that it read", async () => {
    const [first, second] = ["1".repeat(64) as Digest, "2".repeat(64) as Digest];
    const one = bench({ a: `dataset("cars")` });
    const entry = { id: "d" as DatasetId, name: "cars", kind: "table" as const, current: first };
    putDatasetEntry(one.index, entry);
    one.kernel.script(id("a"), (listener) => {
      listener.readDataset("cars", first);
      return done;
    });
    flag(one, "a", "auto");
    await runAll(one);
    putDatasetEntry(one.index, { ...entry, current: second });
    await one.settle();
    expect(one.kernel.ran).toBe("a a");
  });

  it("[AUTO-4] waits where a slow cell above it would have to run, or one that trained, and says for which", async () => {
    for (const leaves of [
      async (one: Alone, listener: CellListener) => {
        await Promise.resolve();
        one.clock.tick(5_000);
        listener.readParam(rate);
      },
      (_one: Alone, listener: CellListener) => {
        listener.startedRun("r");
        listener.readParam(rate);
        return Promise.resolve();
      },
    ]) {
      const one = bench(three);
      one.kernel.script(id("a"), async (listener) => {
        await leaves(one, listener);
        return done;
      });
      flag(one, "c", "auto");
      await runAll(one);
      one.execution.params.move(rate, 0.5);
      await one.settle();
      expect(one.kernel.ran).toBe("a b c");
      expect(one.view("c")).toMatchObject({
        state: "stale",
        staleSince: { kind: "param", param: "rate" },
        auto: { waits: { why: "cost", cell: "a" } },
      });
    }
  });

  it("[AUTO-4a] takes no cell for slow because the kernel had to start for it", async () => {
    const one = bench(three);
    const start = one.kernel.start.bind(one.kernel);
    one.kernel.start = () => {
      if (one.kernel.status.current.state === "off") one.clock.tick(5_000);
      return start();
    };
    asks(one, "a", rate);
    flag(one, "c", "auto");
    await runAll(one);
    one.execution.params.move(rate, 0.5);
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a b c");
  });

  it("[AUTO-5] runs slow cells above it where they are set to run by themselves as well", async () => {
    const one = bench(three);
    one.kernel.script(id("a"), (listener) => {
      listener.startedRun("r");
      listener.readParam(rate);
      return done;
    });
    flag(one, "a c", "auto");
    await runAll(one);
    one.execution.params.move(rate, 0.5);
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a b c");
  });

  it("[AUTO-6] runs once more, with the newest, when much changes while it runs", async () => {
    const one = bench({ a: "1" });
    asks(one, "a", rate);
    flag(one, "a", "auto");
    await runAll(one);
    const held = one.kernel.hold(id("a"));
    one.execution.params.move(rate, 0.2);
    await one.settle();
    const { listener, end } = await held;
    listener.readParam(rate);
    asks(one, "a", rate);
    for (let i = 3; i < 10; i++) {
      one.execution.params.move(rate, i / 10);
      await one.settle();
    }
    end(done);
    await one.settle();
    await one.settle();
    expect(one.kernel.runs.map((run) => run.params.shared["rate"])).toEqual([undefined, 0.2, 0.9]);
  });

  it("[AUTO-7] waits until a control has been still for a moment", async () => {
    const one = bench({ a: "1" });
    asks(one, "a", rate);
    flag(one, "a", "auto");
    await runAll(one);
    for (let i = 1; i < 10; i++) {
      one.execution.params.move(rate, i / 10 + 0.05);
      one.clock.tick(100);
    }
    expect(one.kernel.ran).toBe("a");
    await one.settle();
    expect(one.kernel.ran).toBe("a a");
  });

  it("[AUTO-8] does not try again what went wrong or was stopped, until an input changes", async () => {
    const one = bench({ a: "1" });
    asks(one, "a", rate);
    flag(one, "a", "auto");
    await runAll(one);
    one.kernel.script(id("a"), (listener) => {
      listener.readParam(rate);
      return failed;
    });
    one.execution.params.move(rate, 0.2);
    await one.settle();
    await one.settle();
    expect(one.kernel.ran).toBe("a a");
    expect(one.view("a").state).toBe("error");
    one.execution.params.move(rate, 0.3);
    await one.settle();
    expect(one.kernel.ran).toBe("a a a");
  });

  it("[AUTO-8a] does not try again a cell above it that went wrong, and says that it waits for that", async () => {
    const one = bench(three);
    asks(one, "a", rate);
    flag(one, "b", "auto");
    await runAll(one);
    one.kernel.script(id("a"), (listener) => {
      listener.readParam(rate);
      return failed;
    });
    one.execution.params.move(rate, 0.2);
    for (let i = 0; i < 3; i++) await one.settle();
    expect(one.kernel.ran).toBe("a b c a");
    expect(one.view("b").auto).toEqual({ waits: { why: "failure", cell: "a" } });
    asks(one, "a", rate);
    one.execution.params.move(rate, 0.3);
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a a b");
  });

  it("[AUTO-8b] stays still after an interruption, until the person does something", async () => {
    const one = bench({ a: "const x = 1", b: "x", other: "x" });
    asks(one, "a", rate);
    flag(one, "b other", "auto");
    await runAll(one);
    void one.kernel.hold(id("b"));
    one.execution.params.move(rate, 0.2);
    await one.settle();
    expect(one.states()).toBe("done, running, queued");
    one.execution.interrupt();
    for (let i = 0; i < 3; i++) await one.settle();
    expect(one.kernel.ran).toBe("a b other a b");
    one.execution.params.move(rate, 0.3);
    await one.settle();
    expect(one.kernel.ran).toBe("a b other a b a b other");
  });

  it("[AUTO-9] gives way to what the person runs, and comes after it", async () => {
    const one = bench({ a: "const x = 1", slow: "x", plot: "x", z: "2" });
    flag(one, "slow plot", "auto");
    await runAll(one);
    const held = one.kernel.hold(id("slow"));
    one.execution.runCell(id("a"));
    await one.settle();
    const { end } = await held;
    one.execution.runCell(id("z"));
    await one.settle();
    end(done);
    await one.settle();
    await one.settle();
    expect(one.kernel.ran).toBe("a slow plot z a slow z plot");
  });

  it("[AUTO-10] does nothing after a restart, for nothing has changed but the kernel", async () => {
    const one = bench(three);
    asks(one, "a", rate);
    flag(one, "a b c", "auto");
    await runAll(one);
    one.execution.restart();
    await one.settle();
    one.execution.params.move(rate, 0.7);
    await one.settle();
    expect(one.kernel.ran).toBe("a b c");
  });
});

describe("consent", () => {
  it("[OK-1] opening a notebook runs nothing, whatever is set and whatever moves", async () => {
    const one = bench(three, ["owner", "editor"]);
    const jun = one.others[0] as Bench;
    flag(one, "a b c", "auto");
    asks(one, "a", rate);
    asks(jun, "a", rate);
    await runAll(one);
    jun.execution.params.move(rate, 0.5);
    await one.settle();
    expect(jun.kernel.ran).toBe("");
    expect(jun.view("a")).toMatchObject({ auto: { waits: { why: "code", cell: "a" } } });
    expect(one.kernel.ran).toBe("a b c a b c");
  });

  it("[OK-2] code of others does not run by itself, nor does what needs it, until it is run by hand", async () => {
    const one = bench(three, ["owner", "editor"]);
    const jun = one.others[0] as Bench;
    asks(one, "a", rate);
    flag(one, "a b c", "auto");
    await runAll(one);
    jun.write("a", "const x = steal();");
    await one.settle();
    jun.execution.params.move(rate, 0.5);
    await one.settle();
    expect(one.kernel.ran).toBe("a b c");
    expect(one.view("c").auto).toEqual({ waits: { why: "code", cell: "a" } });
    one.execution.runCell(id("a"));
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a b c");
    jun.execution.params.move(rate, 0.6);
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a b c a b c");
  });

  it("[OK-3] code that changes at the last moment does not run", async () => {
    const one = bench(three, ["owner", "editor"]);
    asks(one, "a", rate);
    flag(one, "a b", "auto");
    await runAll(one);
    const held = one.kernel.hold(id("a"));
    one.execution.params.move(rate, 0.5);
    await one.settle();
    const { end } = await held;
    one.others[0]?.write("b", "const y = steal(x);");
    await one.settle();
    end(done);
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a");
  });

  it("[OK-4] a cell that somebody puts above an old one counts as its code", async () => {
    const one = bench({ a: "const x = 1;", b: "x + extra", free: "const unused = 1;" }, [
      "owner",
      "editor",
    ]);
    asks(one, "a", rate);
    flag(one, "b", "auto");
    await runAll(one);
    one.others[0]?.write("free", "const extra = steal();");
    await one.settle();
    one.execution.params.move(rate, 0.5);
    await one.settle();
    expect(one.kernel.ran).toBe("a b free");
  });
});

describe("a cell that others changed", () => {
  it("[HANDS-1] says who changed it since this tab ran it, and what it was, until it is run", async () => {
    const one = bench(three, ["owner", "editor", "editor"]);
    const [jun, ada] = one.others as [Bench, Bench];
    await runAll(one);
    jun.write("a", "const x = 2;");
    ada.write("b", "const y = x + 2;");
    await one.settle();
    expect(one.view("a").changed).toEqual({ by: ["Jun"], before: "const x = 1;" });
    expect(one.view("b").changed?.by).toEqual(["Ada"]);
    expect(jun.view("a").changed).toBeUndefined();
    one.execution.runCell(id("a"));
    await one.settle();
    expect(one.view("a").changed).toBeUndefined();
  });

  it("[HANDS-2] says nothing of this person's own edits, nor where it is as it was", async () => {
    const one = bench(three, ["owner", "editor"]);
    await runAll(one);
    one.write("a", "const x = 3;");
    one.others[0]?.write("b", "const y = 0;");
    await one.settle();
    one.others[0]?.write("b", " const y = x + 1; ");
    await one.settle();
    expect([one.view("a").changed, one.view("b").changed]).toEqual([undefined, undefined]);
  });

  it("[HANDS-3] is dismissed, and told again at the next change", async () => {
    const one = bench(three, ["owner", "editor"]);
    await runAll(one);
    one.others[0]?.write("a", "const x = 2;");
    await one.settle();
    one.execution.dismissChange(id("a"));
    expect(one.view("a").changed).toBeUndefined();
    one.others[0]?.write("a", "const x = 4;");
    await one.settle();
    expect(one.view("a").changed?.before).toBe("const x = 1;");
  });
});

describe("a param", () => {
  it("[PARAM-0] is no part of an output from before there were any, and nonsense is none", () => {
    const old = { seed: 1, sources: [], datasets: [] };
    expect(parseInputs(old)?.params).toEqual([]);
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (junk, list) => {
        for (const params of [junk, list, list.map((value) => ({ name: "p", value }))])
          for (const one of parseInputs({ ...old, params })?.params ?? [])
            expect(["number", "string", "boolean"]).toContain(typeof one.value);
      }),
    );
    const shared = { name: "p", value: 1, initial: true, private: false, refused: null };
    const digests = [[], [shared], [{ ...shared, value: 2 }]].map((params) =>
      digestInputs({ seed: 1, sources: [], datasets: [], params }),
    );
    expect(new Set(digests).size).toBe(3);
  });

  it("[PARAM-1] makes stale what was made with another value, for everybody, until it is put back", async () => {
    const one = bench(three, ["owner", "editor"]);
    const jun = one.others[0] as Bench;
    asks(one, "b", rate);
    await runAll(one);
    jun.execution.params.move(rate, 0.5);
    await one.settle();
    expect([one.states(), jun.states()]).toEqual(["done, stale, stale", "done, stale, stale"]);
    expect(jun.view("b").staleSince).toEqual({ kind: "param", param: "rate" });
    one.execution.params.reset(rate);
    await one.settle();
    expect(jun.states()).toBe("done, done, done");
    one.execution.params.move(rate, 0.1);
    await one.settle();
    expect(jun.states()).toBe("done, done, done");
  });

  it("[PARAM-2] runs again what holds it before what needs that", async () => {
    const one = bench(three);
    asks(one, "a", rate);
    await runAll(one);
    one.execution.params.move(rate, 0.5);
    await one.settle();
    one.execution.runStale();
    await one.settle();
    expect(one.kernel.ran).toBe("a b c a b c");
    expect(one.states()).toBe("done, done, done");
  });

  it("[PARAM-3] moves a private control in its own tab alone: nothing moves or is stale for others", async () => {
    const one = bench({ a: "1" }, ["owner", "editor"]);
    const jun = one.others[0] as Bench;
    asks(one, "a", own);
    one.execution.params.move(own, 7);
    await runAll(one);
    expect(notebookRoots.params(one.doc).size).toBe(0);
    expect(one.kernel.runs[0]?.params).toEqual({ shared: {}, private: { mine: 7 } });
    expect([one.view("a").state, jun.view("a").state]).toEqual(["done", "done"]);
    one.execution.params.move(own, 8);
    await one.settle();
    expect([one.view("a").state, jun.view("a").state]).toEqual(["stale", "done"]);
  });

  it("[PARAM-3] makes nobody's cell stale where two members set it each for themselves and both ran it", async () => {
    const one = bench({ a: "1" }, ["owner", "editor"]);
    const jun = one.others[0] as Bench;
    for (const each of [one, jun]) asks(each, "a", own);
    one.execution.params.move(own, 7);
    jun.execution.params.move(own, 5);
    await runAll(one);
    jun.execution.runCell(id("a"));
    await one.settle();
    expect([one.view("a").state, jun.view("a").state]).toEqual(["done", "done"]);
    jun.execution.params.move(own, 6);
    await one.settle();
    expect([one.view("a").state, jun.view("a").state]).toEqual(["done", "stale"]);
  });

  it("[PARAM-4] is moved by a viewer for themselves alone", async () => {
    const one = bench({ a: "1" }, ["viewer", "editor"]);
    const jun = one.others[0] as Bench;
    jun.execution.params.move(rate, 0.3);
    await one.settle();
    expect(one.execution.params.value(rate)).toBe(0.3);
    one.execution.params.move(rate, 0.9);
    await runAll(one);
    expect(one.kernel.runs[0]?.params.shared).toEqual({ rate: 0.9 });
    expect(jun.execution.params.value(rate)).toBe(0.3);
    one.execution.params.reset(rate);
    expect(one.execution.params.value(rate)).toBe(0.1);
    one.me.set({ ...one.me.current, role: "editor" });
    expect(one.execution.params.value(rate)).toBe(0.3);
  });

  it("[PARAM-5] falls back to its initial value where somebody wrote nonsense, and is not stale for it", async () => {
    const one = bench({ a: "1" });
    asks(one, "a", rate);
    const root = notebookRoots.params(one.doc);
    for (const junk of [99, "much", { a: 1 }, null, NaN, new Uint8Array(3)]) {
      root.set("rate", junk);
      expect(one.execution.params.value(rate)).toBe(0.1);
    }
    root.set("rate", 99);
    await runAll(one);
    expect(one.view("a").state).toBe("done");
    root.set("rate", 0.2);
    await one.settle();
    expect(one.view("a").state).toBe("stale");
  });

  it("[PARAM-6] tells the kernel which controls other cells have, as long as their code is what ran", async () => {
    const one = bench({ a: "1", b: "2" });
    asks(one, "a", rate);
    await runAll(one);
    expect(one.kernel.runs[1]?.controls).toEqual([{ control: rate, where: "cell 1" }]);
    one.write("a", "3");
    one.execution.runCell(id("b"));
    await one.settle();
    expect(one.kernel.runs[2]?.controls).toEqual([]);
    deleteCell(one.doc, id("a"));
    one.execution.runCell(id("b"));
    await one.settle();
    expect(one.kernel.runs[3]?.controls).toEqual([]);
  });

  it("[PARAM-7] of a cell above is among the facts of a run", async () => {
    const one = bench(three);
    asks(one, "a", rate);
    one.execution.params.move(rate, 0.4);
    await runAll(one);
    expect(one.kernel.runs[2]?.facts.params).toEqual({ rate: 0.4 });
  });
});
