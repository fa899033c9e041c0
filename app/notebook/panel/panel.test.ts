// @vitest-environment jsdom
// The panel beside a notebook: the picture of its graph, what the kernel holds, and the ways from there to a cell.
import { createRawSnippet, flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { CellId } from "../../../lib/base/ids.ts";
import { mention } from "../../../lib/kernel/mention.ts";
import { NOTHING_HELD, type Variable } from "../../../lib/kernel/variables.ts";
import type { GraphCell } from "../cellGraph.svelte.ts";
import type { CellView } from "../cellView.ts";
import { MemoryRuns } from "../memoryRuns.ts";
import ErrorOutput from "../output/ErrorOutput.svelte";
import Beside from "./Beside.svelte";
import { pictureOf } from "./graphView.ts";
import { type PanelTab, rememberTab, rememberedTab } from "./panelChoice.ts";
import { listVariables, namesNotHere } from "./variableList.ts";

const id = (cell: string): CellId => cell as CellId;

const cell = (name: string, number: number, view: Partial<CellView> = {}): GraphCell => ({
  id: id(name),
  number,
  view: { state: "done", notRunHere: false, defines: [], reads: [], edges: [], ...view },
});

const lesson: readonly GraphCell[] = [
  cell("p", 1, { defines: ["tf"] }),
  cell("a", 2, { defines: ["x", "y"] }),
  cell("m", 4, {
    defines: ["model"],
    edges: [{ name: "tf", from: id("p"), kind: "imported" }],
  }),
  cell("t", 5, {
    state: "running",
    edges: [
      { name: "model", from: id("m"), kind: "value" },
      { name: "x", from: id("a"), kind: "value" },
      { name: "y", from: id("a"), kind: "value" },
    ],
  }),
  cell("r", 6, {
    state: "stale",
    edges: [
      { name: "model", from: id("m"), kind: "value" },
      { name: "model", from: id("t"), kind: "trained" },
    ],
  }),
];

const variable = (name: string, of: string, parts: Partial<Variable> = {}): Variable => ({
  name,
  cell: of,
  type: "number",
  preview: "1",
  bytes: null,
  tensor: null,
  ...parts,
});

let runs: MemoryRuns;
let shown: ReturnType<typeof mount> | undefined;
let went: string[];
let tab: PanelTab | undefined;

beforeAll(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {
        // nothing has a size here
      }
      unobserve(): void {
        // nothing to forget
      }
      disconnect(): void {
        // nothing to forget
      }
    },
  );
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
});

beforeEach(() => {
  runs = new MemoryRuns();
  went = [];
});

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = undefined;
  localStorage.clear();
  document.body.replaceChildren();
});

function open(first: PanelTab, cells = lesson): void {
  tab = first;
  shown = mount(Beside, {
    target: document.body,
    props: {
      get tab() {
        return tab;
      },
      children: createRawSnippet(() => ({ render: () => "<p>the notebook</p>" })),
      history: createRawSnippet(() => ({ render: () => "<p>the versions</p>" })),
      cells,
      runs,
      kernel: { state: "idle", backend: "auto", using: { backend: "WebGPU", adapter: "" } },
      isRunElsewhere: (one: CellId) => one === "a",
      sourceOf: () => "// first\nawait model.fit(x, y)",
      ontab: (next: PanelTab | undefined) => (tab = next),
      ongoto: (to: CellId) => went.push(to),
    },
  });
  flushSync();
}

const named = (name: string): HTMLElement =>
  [...document.querySelectorAll<HTMLElement>("[aria-label]")].find(
    (one) => one.getAttribute("aria-label") === name,
  ) as HTMLElement;
const labels = (list: string): (string | null)[] =>
  [...document.querySelectorAll(`[aria-label="${list}"] button`)].map((one) =>
    one.getAttribute("aria-label"),
  );

it("lists the graph in words: state, what each cell reads from where, and what others run", () => {
  open("graph");
  expect(labels("Graph")).toEqual([
    "Cell 1, done",
    "Cell 2, running",
    "Cell 4, done",
    "Cell 5, running, reads model from cell 4, reads x and y from cell 2",
    "Cell 6, stale, reads model from cell 4, reads model as cell 5 trained it",
  ]);
  expect(document.querySelectorAll(".lines g.trained")).toHaveLength(1);
  expect(document.querySelectorAll(".lines g")).toHaveLength(4);
  expect(document.querySelectorAll(".node .mark.is-running")).toHaveLength(2);
});

it("says what is wrong with a cell, with the numbers of now", () => {
  const message = `These cells run in a circle\n${mention("a", true)} and ${mention("b")} each need …`;
  const problem = { name: "Error", message: `${mention("b")} is in a circle\n${message}` };
  const { nodes } = pictureOf(
    [
      cell("a", 3, {
        state: "error",
        problem: { ...problem, line: null, column: null, stack: [] },
      }),
      cell("b", 7),
    ],
    () => false,
  );
  expect(nodes[0]?.words).toBe("Cell 3, error, cell 7 is in a circle");
});

it("goes to a cell by a click, and between cells by arrows", async () => {
  open("graph");
  const nodes = [...document.querySelectorAll<HTMLElement>(".node")];
  expect(nodes.filter((node) => node.tabIndex === 0)).toHaveLength(1);
  const at = (): string | undefined => (document.activeElement as HTMLElement).dataset["node"];
  const press = async (key: string): Promise<void> => {
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await tick();
    flushSync();
  };
  document.querySelector<HTMLElement>('[data-node="m"]')?.focus();
  flushSync();
  expect(document.querySelectorAll(".lines g.on").length).toBeGreaterThan(0);
  expect(document.querySelector('[data-node="p"]')?.classList.contains("off")).toBe(true);
  await press("ArrowDown");
  expect(at()).toBe("t");
  await press("ArrowUp");
  expect(["m", "a"]).toContain(at());
  document.querySelector<HTMLElement>('[data-node="r"]')?.click();
  expect(went).toEqual(["r"]);
});

it("says what to do where there is nothing to show", () => {
  open("graph", []);
  expect(document.body.textContent).toContain("Add a code cell to begin");
});

it("lists what the kernel holds, frees what was left, and says what is not here", () => {
  runs.held.set({
    ...NOTHING_HELD,
    variables: [
      variable("x", "a", {
        type: "tensor",
        bytes: 512,
        tensor: { dtype: "float32", shape: [32, 4] },
        preview: "",
      }),
      variable("tf", "p", { type: "imported" }),
    ],
    memory: { tensors: 12, bytes: 48_000 },
    leaks: [{ cell: "m", tensors: 12, bytes: 48_000, runs: 3 }],
  });
  open("variables");
  expect(labels("Variables")).toEqual(["x, tensor float32 [32, 4] on the GPU, 512 B, from cell 2"]);
  expect(named("Memory").textContent).toBe("12 tensors, 48 kB on the GPU");
  expect(named("Tensors left behind").textContent).toMatch(
    /Cell 4\s+left 12 tensors \(48 kB\) over 3 re-runs/,
  );
  named("Tensors left behind").querySelector<HTMLElement>(".button")?.click();
  expect(runs.asked).toEqual(["free what was left"]);
  expect(document.body.textContent).toMatch(/Not run here:\s*y, model/);
  named("x, tensor float32 [32, 4] on the GPU, 512 B, from cell 2").click();
  named("y, not run here, from cell 2").click();
  expect(went).toEqual(["a", "a"]);
});

it("sorts by name, size or cell, and filters by name and type", () => {
  const held = {
    ...NOTHING_HELD,
    variables: [
      variable("b", "m", { bytes: 10 }),
      variable("a", "t", { type: "text", bytes: 20 }),
      variable("c", "a"),
    ],
  };
  const number = (of: string): number | undefined => lesson.find((one) => one.id === of)?.number;
  const list = (sorting: "name" | "size" | "cell", filter = ""): string =>
    listVariables(held, number, { sorting, filter, onGpu: false })
      .map(({ name }) => name)
      .join("");
  expect([list("name"), list("size"), list("cell")]).toEqual(["abc", "abc", "cba"]);
  expect([list("name", "TEXT"), list("name", "c"), list("name", "zz")]).toEqual(["a", "c", ""]);
  expect(namesNotHere(held, lesson).map(({ name }) => name)).toEqual(["tf", "x", "y", "model"]);
});

it("closes with Escape and its button, and changes tabs with arrows", async () => {
  open("variables");
  const tabs = [...document.querySelectorAll<HTMLElement>('[role="tab"]')];
  expect(tabs.map((one) => one.textContent)).toEqual(["Graph", "Variables", "History"]);
  const press = (on: Element | undefined, key: string): void =>
    void on?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press(tabs[2], "ArrowRight");
  expect(tab).toBe("graph");
  press(named("Close panel"), "Escape");
  expect(tab).toBeUndefined();
  tab = "graph";
  named("Close panel").click();
  await tick();
  expect(tab).toBeUndefined();
});

it("remembers what was open", () => {
  expect(rememberedTab()).toBeUndefined();
  rememberTab("graph");
  expect(rememberedTab()).toBe("graph");
  rememberTab(undefined);
  expect(rememberedTab()).toBeUndefined();
  localStorage.setItem("ensemble.panel", "something else");
  expect(rememberedTab()).toBeUndefined();
});

it("links an error to the cells that it names, by the numbers of now", () => {
  const to: unknown[] = [];
  shown = mount(ErrorOutput, {
    target: document.body,
    props: {
      error: {
        name: "Error",
        message: `\`x\` is defined twice\n${mention("a", true)}, ${mention("gone")} and ${mention("b")} define it.`,
        line: null,
        column: null,
        stack: [],
      },
      numberOf: (one: string) => ({ a: 3, b: 5 })[one],
      ongoto: (...args: unknown[]) => to.push(args),
    },
  });
  flushSync();
  expect(document.body.textContent.replace(/\s+/g, " ").trim()).toBe(
    "x is defined twice Cell 3, a cell that is gone and cell 5 define it.",
  );
  for (const link of document.querySelectorAll("button")) link.click();
  expect(to).toEqual([
    [0, 0, "a"],
    [0, 0, "b"],
  ]);
});
