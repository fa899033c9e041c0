import { describe, expect, it } from "vitest";
import type { CellId, DatasetId, Digest, MemberId } from "../base/ids.ts";
import { putDatasetEntry } from "../document/indexDoc.ts";
import { notebookRoots } from "../document/notebookDoc.ts";
import type { CellEnd } from "../kernel/kernel.ts";
import { mention } from "../kernel/mention.ts";
import type { HeldUp } from "../testing/scriptedKernel.ts";
import { type Bench, type Workbench, workbench } from "../testing/workbench.ts";
import { deleteCell, moveCell } from "./notebook.ts";
import { outputOf } from "./outputs.ts";
import { setCapturing, setSeed } from "./settings.ts";

const id = (cell: string): CellId => cell as CellId;
const done: CellEnd = { kind: "done" };
const failed: CellEnd = {
  kind: "error",
  error: { name: "TypeError", message: "boom", line: 1, column: 3, stack: [] },
};

const three = { a: "const x = 1;", b: "const y = x + 1;", c: "y * 2" };
const lesson = {
  model: "const net = { w: 0 };",
  look: "net.w",
  train: "net.w += 1;",
  test: "net.w * 10",
};

function alone(
  cells: Readonly<Record<string, string>>,
): Bench & Pick<Workbench, "settle" | "clock"> {
  const { benches, settle, clock } = workbench(cells);
  return { ...(benches[0] as Bench), settle, clock };
}

/** The lesson with a trainer that the kernel sees training. */
function trained(): ReturnType<typeof alone> {
  const bench = alone(lesson);
  bench.kernel.script(id("train"), (listener) => {
    listener.trained(["net"]);
    return done;
  });
  return bench;
}

describe("running", () => {
  it("runs nothing until somebody asks", async () => {
    const { kernel, states, settle } = alone(three);
    await settle();
    expect(kernel.ran).toBe("");
    expect(states()).toBe("not run, not run, not run");
  });

  it("runs what upstream is not held first, and then only the cell", async () => {
    const { execution, kernel, states, settle } = alone(three);
    execution.runCell(id("c"));
    await settle();
    expect(kernel.ran).toBe("a b c");
    expect(states()).toBe("done, done, done");
    execution.runCell(id("c"));
    await settle();
    expect(kernel.ran).toBe("a b c c");
  });

  it("sends a cell to the kernel within the press, and says that it runs a moment later", async () => {
    const { execution, kernel, states, settle, clock } = alone(three);
    await kernel.start();
    await settle();
    expect(states()).toBe("not run, not run, not run");
    void kernel.hold(id("a"));
    execution.runCell(id("a"));
    expect(kernel.ran).toBe("a");
    expect(states()).toBe("not run, not run, not run");
    clock.tick(60);
    expect(states()).toBe("running, not run, not run");
  });

  it("tells the kernel what a cell defines and reads, and what led to it", async () => {
    const { execution, kernel, settle } = alone(three);
    execution.runCell(id("b"));
    await settle();
    expect(kernel.runs[1]).toMatchObject({
      cell: "b",
      defines: ["y"],
      reads: ["x"],
      seed: 1,
      facts: {
        notebook: "n",
        sources: [
          { cell: "a", source: "const x = 1;" },
          { cell: "b", source: "const y = x + 1;" },
        ],
        datasets: [],
      },
    });
  });

  it("tells the kernel with each cell whether it may train from a captured program", async () => {
    const { execution, kernel, settle, doc } = alone({ a: "1" });
    for (const on of [undefined, false, true]) {
      if (on !== undefined) setCapturing(doc, on);
      execution.runCell(id("a"));
      await settle();
    }
    expect(kernel.runs.map((run) => run.capturing)).toEqual([true, false, true]);
    // What an output came from has no word of it.
    expect(outputOf(doc, id("a"))?.inputs).not.toHaveProperty("capturing");
  });

  it("says which cells' values went with a kernel that was ended, until another one runs", async () => {
    const { execution, kernel, settle, doc } = alone({ ...three, d: "1" });
    execution.runCell(id("c"));
    await settle();
    expect(execution.gone.current).toEqual([]);
    kernel.restart("it was ended");
    await settle();
    expect(execution.gone.current).toEqual(["a", "b", "c"]);
    deleteCell(doc, id("b"));
    execution.runCell(id("d"));
    await settle();
    expect(execution.gone.current).toEqual([]);
    execution.restart();
    await settle();
    expect(execution.gone.current).toEqual(["d"]);
  });

  it("shows who runs, who waits, and behind whom", async () => {
    const { execution, kernel, states, view, settle } = alone(three);
    const held = kernel.hold(id("a"));
    execution.runAll();
    const a = await held;
    a.listener.progress({ label: "epoch 1 of 2", fraction: 0.5, leftMs: null });
    await settle();
    expect(states()).toBe("running, queued, queued");
    expect(view("a").progress?.label).toBe("epoch 1 of 2");
    expect(view("b").behind).toBe("a");
    expect(execution.running.current?.cell).toBe("a");
    execution.runCell(id("a"));
    a.end(done);
    await settle();
    expect(kernel.ran).toBe("a b c");
    expect(execution.running.current).toBeUndefined();
  });

  it("keeps what a cell showed, with who ran it, on what, when, for how long", async () => {
    const { clock, doc, execution, kernel, view, settle } = alone(three);
    const held = kernel.hold(id("a"));
    execution.runCell(id("a"));
    const { listener, end } = await held;
    const at = clock.now();
    listener.output({ "text/plain": "one" }, "bar");
    listener.output({ "text/plain": "two" });
    listener.output({ "text/plain": "ONE" }, "bar");
    listener.startedRun("r1");
    clock.tick(1500);
    end(done);
    await settle();
    expect(view("a").output).toMatchObject({
      bundles: [{ "text/plain": "ONE" }, { "text/plain": "two" }],
      by: "mira",
      byName: "Mira",
      device: "CPU",
      at,
      ms: 1500,
      runs: ["r1"],
    });
    expect(outputOf(doc, id("a"))?.end).toBe("done");
  });

  it("does not run what needs a cell that went wrong, says why, and runs the rest", async () => {
    const { execution, kernel, states, view, write, settle } = alone({ ...three, d: "1" });
    kernel.script(id("a"), () => failed);
    execution.runAll();
    await settle();
    expect(kernel.ran).toBe("a d");
    expect(states()).toBe("error, error, error, done");
    expect(view("a").output?.error).toMatchObject({ line: 1, column: 3 });
    expect(view("b").problem?.message).toContain(`${mention("a", true)} has to run first`);
    kernel.script(id("a"), () => done);
    write("a", "const x = 2;");
    execution.runCell(id("c"));
    await settle();
    expect(states()).toBe("done, done, done, done");
  });

  it("tells a mistake in the syntax when the cell is run, and runs on when it is mended", async () => {
    const { execution, kernel, view, write, settle } = alone({ a: "const = 1", b: "2" });
    await settle();
    expect(view("a").state).toBe("not run");
    execution.runAll();
    await settle();
    expect(kernel.ran).toBe("b");
    expect(view("a").state).toBe("error");
    expect(view("a").problem).toMatchObject({ line: 1 });
    write("a", "const x = 1");
    await settle();
    expect(view("a").problem).toBeUndefined();
  });

  it("reads the code at the first key, and then at a pause in fast typing", async () => {
    const { states, write, clock } = await ran({ a: "const x = 1;" });
    clock.tick(1000);
    write("a", "const x = 12;");
    clock.tick(60);
    expect(states()).toBe("stale");
    for (const source of ["const x = 123;", "const x = 12;", "const x = 1;"]) {
      write("a", source);
      clock.tick(150);
      expect(states()).toBe("stale");
    }
    clock.tick(50);
    expect(states()).toBe("done");
  });

  it("names the other cell where two define one name, once nobody types", async () => {
    const { view, write, settle, clock } = alone({ a: "const x = 1;", b: "const z = 2;" });
    await settle();
    write("b", "const x = 2;");
    clock.tick(100);
    expect(view("a").problem).toBeUndefined();
    await settle();
    expect(view("a").problem?.message).toContain(`${mention("b", true)} defines it, too`);
    expect(view("b").problem?.message).toContain(`${mention("a", true)} defines it, too`);
  });

  it("tells both cells where one gives a value to the other's name, and runs the one that declares it", async () => {
    const { doc, execution, kernel, view, settle, write } = alone({
      a: "let x = 1;",
      b: "const y = 2;\n  x = 3;",
      c: "x + 1",
    });
    await settle();
    expect(view("b").problem).toMatchObject({ line: 2, column: 3 });
    expect(view("b").problem?.message).toContain(`\`x\` belongs to ${mention("a")}`);
    expect(view("a").problem?.message).toContain(`${mention("b", true)} gives a value to it`);
    expect([view("a").state, view("b").state]).toEqual(["error", "error"]);
    moveCell(doc, id("b"), null);
    execution.runCell(id("c"));
    await settle();
    expect(kernel.ran).toBe("a c");
    expect(view("b").problem?.message).toContain(mention("a"));
    write("b", "const y = 2;\n  z = 3;");
    await settle();
    expect(view("a").problem).toBeUndefined();
    expect(view("b").problem).toBeUndefined(); // a mistake of its own, told when it is run
    execution.runCell(id("b"));
    await settle();
    expect(view("b").problem?.message).toMatch(/^z is not declared in this cell/);
  });

  it("asks before it runs first what took long", async () => {
    const { clock, execution, kernel, settle } = alone(three);
    const held = kernel.hold(id("a"));
    execution.runCell(id("a"));
    const { end } = await held;
    clock.tick(60_000);
    end(done);
    await settle();
    execution.restart();
    execution.runCell(id("b"));
    await settle();
    expect(kernel.ran).toBe("a");
    expect(execution.asking.current?.cells).toEqual([{ cell: "a", ms: 60_000 }]);
    execution.asking.current?.answer(true);
    await settle();
    expect(kernel.ran).toBe("a a b");
    expect(execution.asking.current).toBeUndefined();
  });
});

describe("what is stale", () => {
  it("is a changed cell and all that need it, until they are as they were or have run again", async () => {
    const { execution, kernel, states, stale, view, write, settle } = await ran(three);
    write("a", "const x = 5;");
    await settle();
    expect(states()).toBe("stale, stale, stale");
    expect(view("a").staleSince).toEqual({ kind: "code" });
    expect(view("c").staleSince).toEqual({ kind: "cell", cell: "a" });
    write("a", "const x = 1;");
    await settle();
    expect(states()).toBe("done, done, done");
    write("b", "const y = x + 2;");
    await settle();
    expect(stale()).toBe("b c");
    execution.runStale();
    await settle();
    expect(kernel.ran).toBe("a b c b c");
    expect(states()).toBe("done, done, done");
  });

  it("is what read a dataset of which there is a newer version, save where the code pins it", async () => {
    const one = "1".repeat(64) as Digest;
    const two = "2".repeat(64) as Digest;
    const bench = alone({ free: `dataset("cars")`, pinned: `dataset("cars", "111111")` });
    const { execution, index, kernel, states, view, settle } = bench;
    const entry = { id: "d" as DatasetId, name: "cars", kind: "table" as const, current: one };
    putDatasetEntry(index, entry);
    for (const cell of ["free", "pinned"])
      kernel.script(id(cell), (listener) => {
        listener.readDataset("cars", one);
        return done;
      });
    execution.runAll();
    await settle();
    expect(states()).toBe("done, done");
    putDatasetEntry(index, { ...entry, current: two });
    await settle();
    expect(states()).toBe("stale, done");
    expect(view("free").staleSince).toEqual({ kind: "data", dataset: "cars" });
  });

  it("is everything when the seed is another", async () => {
    const { doc, states, settle } = await ran(three);
    setSeed(doc, 7);
    await settle();
    expect(states()).toBe("stale, stale, stale");
  });

  it("is nothing when captured training is switched off: the numbers are the same", async () => {
    const { doc, states, settle } = await ran(three);
    setCapturing(doc, false);
    await settle();
    expect(states()).toBe("done, done, done");
  });

  it("is what stands below a cell that is found to train what it reads", async () => {
    const { execution, states, view, settle } = trained();
    execution.runCell(id("test"));
    execution.runCell(id("look"));
    await settle();
    expect(states()).toBe("done, done, not run, done");
    execution.runCell(id("train"));
    await settle();
    expect(states()).toBe("done, done, done, stale");
    expect(view("test").reads).toEqual([{ name: "net", from: "train" }]);
  });
});

describe("training", () => {
  it("makes the model anew before it is trained again, and leaves readers above alone", async () => {
    const { execution, kernel, view, settle } = trained();
    execution.runAll();
    await settle();
    expect(kernel.ran).toBe("model look train test");
    execution.runCell(id("train"));
    await settle();
    expect(kernel.ran).toBe("model look train test model train");
    expect([view("test").state, view("test").notRunHere]).toEqual(["done", true]);
  });

  it("begins anew after a training that was interrupted", async () => {
    const { execution, kernel, settle } = trained();
    let training: HeldUp | undefined;
    execution.runCell(id("model"));
    void kernel.hold(id("train")).then((held) => (training = held));
    execution.runCell(id("train"));
    await settle();
    training?.listener.trained(["net"]);
    execution.interrupt();
    await settle();
    execution.runCell(id("train"));
    await settle();
    expect(kernel.ran).toBe("model train model train");
  });
});

describe("a model handed around", () => {
  const handed = {
    model: "const net = { w: 0 };",
    kit: "const kit = { net }; const train = () => { net.w += 1; };",
    train: "train();",
    more: "kit.net.w += 1;",
    test: "net.w * 10",
  };
  const bench = (): ReturnType<typeof alone> => {
    const all = alone(handed);
    for (const cell of ["train", "more"])
      all.kernel.script(id(cell), (listener) => {
        listener.trained(["net", "kit", "train"]);
        return done;
      });
    return all;
  };

  it("is made anew before it is trained again, though the trainer never reads it by name", async () => {
    const { execution, kernel, settle } = bench();
    execution.runCell(id("train"));
    await settle();
    execution.runCell(id("train"));
    await settle();
    expect(kernel.ran).toBe("model kit train model kit train");
  });

  it("is trained as a chain in reading order, through a function and then through an object", async () => {
    const { execution, kernel, states, settle } = bench();
    execution.runAll();
    await settle();
    execution.runCell(id("more"));
    await settle();
    expect(kernel.ran).toBe("model kit train more test model kit train more");
    execution.runCell(id("train"));
    await settle();
    expect(kernel.ran).toBe("model kit train more test model kit train more model kit train");
    execution.runCell(id("test"));
    await settle();
    expect(kernel.ran.split(" ").slice(-2).join(" ")).toBe("more test");
    expect(states()).toBe("done, done, done, done, done");
  });

  it("makes its readers below stale, and stays so while the trainer runs again", async () => {
    const { execution, kernel, states, view, settle } = bench();
    execution.runCell(id("test"));
    await settle();
    expect(states()).toBe("done, not run, not run, not run, done");
    execution.runCell(id("train"));
    await settle();
    expect(states()).toBe("done, done, done, not run, stale");
    execution.runCell(id("test"));
    await settle();
    const held = kernel.hold(id("train"));
    execution.runCell(id("train"));
    const { listener, end } = await held;
    await settle();
    expect(view("test").reads).toEqual([{ name: "net", from: "train" }]);
    listener.trained(["net"]);
    end(done);
    await settle();
    expect(states()).toBe("done, done, done, not run, done");
  });

  it("is no concern of a trainer whose code has let go of it", async () => {
    const { execution, states, view, write, settle } = bench();
    execution.runAll();
    await settle();
    write("more", "1 + 1");
    await settle();
    expect(view("test").reads).toEqual([{ name: "net", from: "train" }]);
    expect(states()).toBe("done, done, done, stale, stale");
  });
});

describe("continue training", () => {
  it("runs the cell alone, on what is there, and says so to the readers below and to others", async () => {
    const { execution, kernel, states, view, settle } = trained();
    execution.runAll();
    await settle();
    expect([view("train").canContinue, view("test").canContinue]).toEqual([true, undefined]);
    execution.resume(id("train"), "continue");
    await settle();
    expect(kernel.ran).toBe("model look train test train");
    expect(kernel.runs.at(-1)?.facts.resume).toEqual({ how: "continue", runs: [] });
    expect(states()).toBe("done, done, done, stale");
    expect(view("test").staleSince).toEqual({ kind: "trained", cell: "train" });
    execution.resume(id("train"), "continue");
    execution.runCell(id("test"));
    await settle();
    expect(kernel.ran).toBe("model look train test train train test");
    expect(view("train").output?.continued).toBe(2);
    expect(states()).toBe("done, done, done, done");
  });

  it("is over when the cell runs from the beginning: readers of what was trained on are stale", async () => {
    const { execution, kernel, states, view, settle } = trained();
    execution.runAll();
    await settle();
    execution.resume(id("train"), "continue");
    execution.runCell(id("test"));
    await settle();
    execution.runCell(id("train"));
    await settle();
    expect(kernel.ran.endsWith("test model train")).toBe(true);
    expect(view("train").output?.continued).toBeUndefined();
    expect(states()).toBe("done, done, done, stale");
  });

  it("is not offered where the model is not there, or another has trained it since", async () => {
    const bench = alone({ ...lesson, more: "net.w += 2;" });
    const { execution, kernel, view, settle } = bench;
    for (const cell of ["train", "more"])
      kernel.script(id(cell), (listener) => {
        listener.trained(["net"]);
        return done;
      });
    execution.runAll();
    await settle();
    expect([view("train").canContinue, view("more").canContinue]).toEqual([undefined, true]);
    execution.restart();
    await settle();
    expect(view("more").canContinue).toBeUndefined();
    execution.resume(id("more"), "continue");
    await settle();
    expect(kernel.ran).toBe("model look train test more");
  });

  it("goes on from this kernel's own run, also where another member ran the cell since", async () => {
    const { benches, settle } = workbench(lesson, ["owner", "editor"]);
    for (const { kernel, me } of benches)
      kernel.script(id("train"), (listener) => {
        listener.startedRun(`run of ${me.current.name}`);
        listener.trained(["net"]);
        return done;
      });
    const [mira, jun] = benches as [Bench, Bench];
    mira.execution.runCell(id("train"));
    await settle();
    jun.execution.runCell(id("train"));
    await settle();
    jun.execution.resume(id("train"), "continue");
    await settle();
    expect(mira.view("train").output?.continued).toBe(1);
    mira.execution.resume(id("train"), "continue");
    await settle();
    const resume = { how: "continue", runs: ["run of Mira"] };
    expect(mira.kernel.runs.at(-1)?.facts.resume).toEqual(resume);
    expect(jun.view("train").output?.continued).toBe(1);
  });

  it("goes on after an interruption, with what was trained until then", async () => {
    const { execution, kernel, view, settle } = trained();
    execution.runCell(id("model"));
    await settle();
    const held = kernel.hold(id("train"));
    execution.runCell(id("train"));
    (await held).listener.trained(["net"]);
    execution.interrupt();
    await settle();
    expect(view("train").canContinue).toBe(true);
  });
});

describe("a run that was cut off", () => {
  it("can be taken up by another member, once, while its code is as it was", async () => {
    const { benches, settle } = workbench(lesson, ["owner", "editor"]);
    const [mira, jun] = benches as [Bench, Bench];
    const held = mira.kernel.hold(id("train"));
    mira.execution.runCell(id("train"));
    (await held).listener.startedRun("r1");
    await settle();
    expect(jun.view("train")).toMatchObject({ state: "stale", canGoOn: true });
    jun.write("train", "net.w += 2;");
    await settle();
    expect(jun.view("train").canGoOn).toBeUndefined();
    jun.write("train", lesson.train);
    await settle();
    jun.execution.resume(id("train"), "restore");
    await settle();
    expect(jun.kernel.ran).toBe("model train");
    expect(jun.kernel.runs[1]?.facts.resume).toEqual({ how: "restore", runs: ["r1"] });
    expect(jun.kernel.runs[0]?.facts.resume).toBeUndefined();
    expect(jun.view("train")).toMatchObject({ state: "done" });
    expect(jun.view("train").canGoOn).toBeUndefined();
    jun.execution.runCell(id("train"));
    await settle();
    expect(jun.kernel.runs.at(-1)?.facts.resume).toBeUndefined();
  });
});

describe("the kernel", () => {
  it("is interrupted with all that waits; what it holds stays", async () => {
    const { execution, kernel, states, view, settle } = alone(three);
    void kernel.hold(id("b"));
    execution.runAll();
    await settle();
    expect(states()).toBe("done, running, queued");
    execution.interrupt();
    await settle();
    expect(states()).toBe("done, error, not run");
    expect(view("b").output?.error?.name).toBe("Interrupted");
    execution.runCell(id("b"));
    await settle();
    expect(kernel.ran).toBe("a b b");
  });

  it("runs what is asked for while an interrupted cell comes to its end, that cell again included", async () => {
    const { execution, kernel, states, settle } = alone(three);
    const held = kernel.hold(id("b"));
    kernel.interrupt = () => undefined; // the cell takes its time
    execution.runAll();
    const { end } = await held;
    execution.interrupt();
    execution.runCell(id("b"));
    execution.runCell(id("c"));
    await settle();
    end({ kind: "interrupted", kernelEnded: false });
    await settle();
    expect(kernel.ran).toBe("a b b c");
    expect(states()).toBe("done, done, done");
  });

  it("holds nothing after a restart: outputs stay, and cells are not run here", async () => {
    const { execution, kernel, states, view, settle } = await ran(three);
    execution.restart();
    await settle();
    expect(states()).toBe("done, done, done");
    expect(view("a").notRunHere).toBe(true);
    execution.runCell(id("b"));
    await settle();
    expect(kernel.ran).toBe("a b c a b");
    expect([view("b").notRunHere, view("c").notRunHere]).toEqual([false, true]);
  });

  it("ends in the middle: what waits is dropped, and the cell says so", async () => {
    const { execution, kernel, states, view, settle } = alone(three);
    kernel.script(id("b"), () => {
      kernel.status.set({ state: "off", notice: "out of memory" });
      return { kind: "kernel-ended", reason: "out of memory" };
    });
    execution.runAll();
    await settle();
    expect(states()).toBe("done, error, not run");
    expect(view("b").output?.error?.message).toBe("out of memory");
    expect(view("a").notRunHere).toBe(true);
  });

  it("forgets the names of a cell that is deleted, and those that a cell gave up", async () => {
    const { doc, execution, kernel, write, settle } = await ran(three);
    deleteCell(doc, id("c"));
    deleteCell(doc, id("a"));
    await settle();
    expect(kernel.forgotten).toEqual(["x"]);
    write("b", "const z = 1;");
    await settle();
    expect(kernel.forgotten).toEqual(["x"]);
    execution.runCell(id("b"));
    await settle();
    expect(kernel.forgotten).toEqual(["x", "y"]);
  });
});

describe("two members", () => {
  it("see each other's outputs, done and not run here, while they run and afterwards", async () => {
    const { benches, clock, settle } = workbench(three, ["owner", "editor"]);
    const [mira, jun] = benches as [Bench, Bench];
    const held = mira.kernel.hold(id("a"));
    mira.execution.runCell(id("a"));
    const { listener, end } = await held;
    jun.elsewhere.set(new Set(["a"]));
    listener.output({ "text/plain": "so far" });
    await settle();
    expect(jun.view("a").output?.bundles).toEqual([{ "text/plain": "so far" }]);
    expect(jun.view("a").state).toBe("not run");
    end(done);
    await settle();
    jun.elsewhere.set(new Set());
    clock.tick(100);
    expect(jun.view("a")).toMatchObject({ state: "done", notRunHere: true });
    expect(jun.view("a").output?.byName).toBe("Mira");
    jun.execution.runCell(id("b"));
    await settle();
    expect(jun.kernel.ran).toBe("a b");
    expect([mira.view("b").state, mira.view("b").notRunHere]).toEqual(["done", true]);
    expect([mira.view("a").state, mira.view("a").notRunHere]).toEqual(["done", false]);
  });

  it("write to the document at most twice a second while a cell runs", async () => {
    const { benches, clock, settle } = workbench(three, ["owner", "editor"]);
    const [mira] = benches as [Bench, Bench];
    const held = mira.kernel.hold(id("a"));
    mira.execution.runCell(id("a"));
    const { listener, end } = await held;
    let writes = 0;
    notebookRoots.outputs(mira.doc).observe(() => writes++);
    for (let line = 0; line < 100; line++) {
      listener.output({ "text/plain": `line ${line}` });
      clock.tick(50);
    }
    expect(writes).toBeLessThanOrEqual(11);
    expect(writes).toBeGreaterThanOrEqual(8);
    end(done);
    await settle();
    expect(outputOf(mira.doc, id("a"))?.bundles).toHaveLength(100);
  });

  it("see what a closed tab left unfinished as stale", async () => {
    const { benches, settle } = workbench(three, ["owner", "editor"]);
    const [mira, jun] = benches as [Bench, Bench];
    const held = mira.kernel.hold(id("a"));
    mira.execution.runCell(id("a"));
    (await held).listener.output({ "text/plain": "half" });
    await settle();
    expect(jun.view("a")).toMatchObject({ state: "stale", staleSince: { kind: "cut-off" } });
  });

  it("share a large output as a blob, and what fits of it until that is there", async () => {
    const { benches, blobs, settle } = workbench(three, ["owner", "editor"]);
    const [mira, jun] = benches as [Bench, Bench];
    const picture = `<svg>${"<path/>".repeat(20_000)}</svg>`;
    mira.kernel.script(id("a"), (listener) => {
      listener.output({ "text/plain": "a plot", "image/svg+xml": picture });
      return done;
    });
    blobs.missing = true;
    mira.execution.runCell(id("a"));
    await settle();
    expect(JSON.stringify(notebookRoots.outputs(jun.doc).get("a")).length).toBeLessThan(4000);
    expect(mira.view("a").output?.bundles[0]?.["image/svg+xml"]).toBe(picture);
    expect(jun.view("a").output?.bundles).toEqual([{ "text/plain": "a plot" }]);
    blobs.missing = false;
    for (let i = 0; i < 5; i++) await settle();
    expect(jun.view("a").output?.bundles[0]?.["image/svg+xml"]).toBe(picture);
  });

  it("let a viewer run for themselves alone, until somebody's run takes its place", async () => {
    const { benches, settle } = workbench(three, ["owner", "viewer"]);
    const [mira, ada] = benches as [Bench, Bench];
    ada.kernel.script(id("a"), (listener) => {
      listener.output({ "text/plain": "mine" });
      return done;
    });
    ada.execution.runCell(id("a"));
    await settle();
    expect(ada.view("a").output?.bundles).toEqual([{ "text/plain": "mine" }]);
    expect(notebookRoots.outputs(ada.doc).size).toBe(0);
    mira.execution.runCell(id("a"));
    await settle();
    expect(ada.view("a").output?.by).toBe("mira" as MemberId);
  });
});

async function ran(
  cells: Readonly<Record<string, string>>,
): Promise<ReturnType<typeof alone> & { stale: () => string }> {
  const bench = alone(cells);
  bench.execution.runAll();
  await bench.settle();
  return { ...bench, stale: () => bench.execution.stale.current.join(" ") };
}
