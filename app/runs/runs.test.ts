// The list of runs and the page of one, as a person finds them: by role and name.
import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as Y from "yjs";
import type {
  CellId,
  Digest,
  MemberId,
  NotebookId,
  RunId,
  WorkspaceId,
} from "../../lib/base/ids.ts";
import type { Settable } from "../../lib/base/observable.ts";
import { putNotebookEntry } from "../../lib/document/indexDoc.ts";
import { listRuns } from "../../lib/document/runsDoc.ts";
import type { CallContext } from "../../lib/kernel/capability.ts";
import { runsCapability } from "../../lib/runs/host.ts";
import { type MemoryRooms, memoryRooms } from "../../lib/testing/memoryRooms.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import { takeGoOn } from "../notebook/goOn.ts";
import Run from "./Run.svelte";
import RunCharts from "./RunCharts.svelte";
import RunList from "./RunList.svelte";

const CELL = "cell" as CellId;
const digest = "3fa9c1".padEnd(64, "0") as Digest;

let rooms: MemoryRooms;
let session: WorkspaceSession;
let index: Y.Doc;
let host: ReturnType<typeof runsCapability>;
let runs: number;
let time: number;
let page: ReturnType<typeof mount> | undefined;
let opened: string[];

beforeEach(() => {
  rooms = memoryRooms();
  session = { ...rooms, id: "a".repeat(26) as WorkspaceId } as unknown as WorkspaceSession;
  index = new Y.Doc();
  [runs, time] = [0, 0];
  opened = [];
  putNotebookEntry(index, { id: "nb" as NotebookId, title: "Which penguin?", createdAt: 1 });
  host = runsCapability({
    session,
    world: {
      now: () => (time = Math.max(time + 1, Date.now())), // runs of one millisecond have no order
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
      every: () => () => undefined,
    },
  });
});

afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  document.body.replaceChildren();
});

const context: CallContext = {
  cell: CELL,
  facts: {
    notebook: "nb" as NotebookId,
    sources: [{ cell: CELL, source: "await model.fit(x, y);" }],
    datasets: [{ name: "penguins", digest }],
    seed: 7,
    device: {
      backend: "WebGPU",
      adapter: "Apple M3 Pro",
      packages: { "@tensorflow/tfjs": "4.22.0" },
    },
  },
  signal: new AbortController().signal,
  readDataset: () => undefined,
  startedRun: () => undefined,
  progress: () => undefined,
};

type Tell = (message: object) => Promise<void>;

async function start(params: object = {}): Promise<Tell> {
  const run = ++runs;
  const tell: Tell = async (message) => {
    await host.host(host.parse({ run, ...message }), context);
  };
  await tell({ kind: "start", params: { epochs: 4, "batches per epoch": 2, ...params } });
  return tell;
}

async function epoch(tell: Tell, e: number, loss: number): Promise<void> {
  const points = (name: string, value: number, by = "epoch"): object => {
    return { name, by, steps: [e], values: [value] };
  };
  await tell({
    kind: "log",
    progress: { label: `epoch ${e} of 4`, fraction: e / 4, leftMs: 9000 },
    blocks: [
      points("loss", loss),
      points("val_loss", loss * 1.5),
      points("accuracy", 0.9),
      points("loss", loss * 2, "batch"),
    ],
  });
}

async function finished(loss: number, params: object = {}): Promise<void> {
  const tell = await start(params);
  for (let e = 1; e <= 4; e++) await epoch(tell, e, loss / e);
  await tell({ kind: "end", how: "finished" });
}

async function shown(): Promise<void> {
  for (let i = 0; i < 4; i++) await tick();
  flushSync();
}

async function list(): Promise<void> {
  const onopen = (path: string): void => void opened.push(path);
  page = mount(RunList, { target: document.body, props: { session, index, onopen } });
  await shown();
}

async function open(id: RunId): Promise<void> {
  const onopen = (path: string): void => void opened.push(path);
  page = mount(Run, { target: document.body, props: { session, index, id, onopen } });
  await shown();
}

const ids = (): RunId[] => listRuns(rooms.doc("runs")).map((row) => row.id);
const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
const texts = (selector: string): string[] =>
  all(selector).map((one) => (one.textContent ?? "").replace(/\s+/g, " ").trim());
const figure = (name: string): Element | null =>
  document.querySelector(`figure[aria-label="${name}"]`);
const rows = (): string[] => texts('table[aria-label="Runs"] th[scope="row"] a');
const button = (name: string): HTMLButtonElement => {
  const found = all("button").find((one) => one.textContent?.trim() === name);
  if (!(found instanceof HTMLButtonElement)) throw new Error(`no button ${name}`);
  return found;
};

it("says what a run is where there is none yet, and leads to where one comes from", async () => {
  await list();
  expect(texts("h2")).toEqual(["No runs yet"]);
  button("Open a notebook").click();
  expect(opened).toEqual([`/w/${session.id}/notebooks`]);
});

it("has a row for each run under its notebook, with its numbers, and grows as one starts", async () => {
  await finished(0.8, { "learning rate": 0.01 });
  await list();
  expect(rows()).toEqual(["run 1"]);
  expect(texts("th[scope=rowgroup]")).toEqual(["Which penguin?1 run"]);
  expect(texts("thead th")).toContain("val. loss");
  expect(texts("tbody td").join(" ")).toContain("0.300");
  await start({ "learning rate": 0.5 });
  await shown();
  expect(rows()).toHaveLength(2);
});

it("filters by what is said of a run, and sorts by a column", async () => {
  await finished(0.8, { "learning rate": 0.01 });
  await finished(0.2, { "learning rate": 0.5 });
  await list();
  button("val. loss").click();
  flushSync();
  expect(rows()).toEqual(["run 1", "run 2"]);
  expect(document.querySelector("[aria-sort]")?.getAttribute("aria-sort")).toBe("descending");
  const input = document.querySelector<HTMLInputElement>('input[aria-label="Filter"]')!;
  const say = (words: string): void => {
    input.value = words;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    flushSync();
  };
  say("rate 0.5 penguins");
  expect(rows()).toEqual(["run 2"]);
  say("nothing like it");
  expect(rows()).toEqual([]);
  button("Clear the filter").click();
  flushSync();
  expect(rows()).toHaveLength(2);
});

it("lays two runs over one another and says what differs", async () => {
  await finished(0.8, { "learning rate": 0.01 });
  await finished(0.2, { "learning rate": 0.5 });
  await list();
  for (const box of all("input[type=checkbox]")) (box as HTMLInputElement).click();
  flushSync();
  await vi.waitFor(() =>
    expect(figure("validation loss")?.querySelectorAll("path")).toHaveLength(2),
  );
  expect(texts("#compare")).toEqual(["Compare 2 runs"]);
  expect(texts("td.differs")).toEqual(["0.5", "0.01"]);
});

it("has a figure for each metric, named as the metric, that grows while the run trains", async () => {
  const tell = await start();
  await epoch(tell, 1, 0.8);
  await open(ids()[0]!);
  expect(document.querySelector('[role=status][aria-label="Run state"]')?.textContent?.trim()).toBe(
    "running",
  );
  expect(texts("figure figcaption")).toEqual(["loss", "accuracy"]);
  const picture = (name: string): string | null | undefined =>
    figure(name)?.querySelector("[role=img]")?.getAttribute("aria-label");
  expect(picture("loss")).toBe("loss by epoch: training 0.800, validation 1.200");
  await epoch(tell, 2, 0.4);
  flushSync();
  expect(picture("loss")).toBe("loss by epoch: training 0.400, validation 0.600");
  expect(document.querySelector("[role=progressbar]")).not.toBeNull();
  button("by batch").click();
  flushSync();
  expect(picture("loss")).toBe("loss by batch: training 0.800");
  await tell({ kind: "end", how: "interrupted" });
  await shown();
  expect(document.querySelector("[role=status]")?.textContent?.trim()).toBe("interrupted");
  expect(picture("loss")).toBe("loss by batch: training 0.800");
  expect(document.querySelector("[role=progressbar]")).toBeNull();
});

it("says what a run was made from", async () => {
  await finished(0.8, { "learning rate": 0.01 });
  await open(ids()[0]!);
  expect(texts('table[aria-label="Params"] th')).toContain("learning rate");
  const inputs = texts('table[aria-label="Inputs"] tr').join("|");
  for (const word of ["penguins", "3fa9c100", "seed", "WebGPU", "Apple M3 Pro", "4.22.0"])
    expect(inputs).toContain(word);
  expect(texts("pre")).toEqual(["await model.fit(x, y);"]);
});

const stock = "stock: captured training is switched off";
const training = (): string[] => texts("tr.training > *");

it.each([
  ["captured: 45 dispatches a step, 30 kB", "captured 45 dispatches a step, 30 kB"],
  [stock, "TensorFlow.js as it is captured training is switched off"],
])("says how it was trained beside where, and not among its params: %s", async (said, words) => {
  await finished(0.8, { training: said });
  await open(ids()[0]!);
  expect(training()).toEqual(["training", words]);
  expect(texts('table[aria-label="Params"] th')).not.toContain("training");
});

it("lists a param of the cell's own that is called training as any other", async () => {
  await finished(0.8, { training: "with noise" });
  await open(ids()[0]!);
  expect(training()).toEqual([]);
  expect(texts('table[aria-label="Params"] th')).toContain("training");
});

it("compares how runs were trained, which is no difference between them", async () => {
  await finished(0.8, { training: "captured: 45 dispatches a step, 30 kB" });
  await finished(0.8, { training: stock });
  await list();
  expect(texts("thead th").join(" ")).not.toContain("training");
  for (const box of all("input[type=checkbox]")) (box as HTMLInputElement).click();
  flushSync();
  const told = (): string[] => texts('table[aria-label="What differs"] tbody tr:last-child > *');
  const words = "TensorFlow.js as it is — captured training is switched off";
  await vi.waitFor(() =>
    expect(told()).toEqual(["training", words, "captured — 45 dispatches a step, 30 kB"]),
  );
  expect(texts("td.differs")).toEqual([]);
});

it("offers to go on with a run that did not come to its end, and leads to its notebook", async () => {
  await host.host(host.parse({ kind: "start", run: 1, name: "", params: {} }), context);
  const kept = { kind: "keep", run: 1, fit: 0, epoch: 12, batch: 24, bytes: new Uint8Array(4) };
  await host.host(host.parse(kept), context);
  await host.cellEnded?.(CELL, "interrupted");
  await open(ids()[0]!);
  button("Go on from epoch 12").click();
  expect(opened.at(-1)).toMatch(/notebooks\/nb$/);
  expect(takeGoOn("nb" as NotebookId)).toEqual({ cell: CELL, run: ids()[0] });
});

it("says so where there is no such run", async () => {
  await open("b".repeat(16) as RunId);
  expect(texts("h2")).toEqual(["There is no such run"]);
});

it("shows a viewer everything and offers nothing to change", async () => {
  await finished(0.8);
  (rooms.me as Settable<unknown>).set({ id: "vi" as MemberId, name: "Vi", role: "viewer" });
  await open(ids()[0]!);
  expect(figure("loss")).not.toBeNull();
  expect(document.querySelector('[aria-label^="More about"]')).toBeNull();
});

it("draws the curves of a run under its cell, and lets go of its rooms", async () => {
  await finished(0.8);
  const run = ids()[0]!;
  page = mount(RunCharts, { target: document.body, props: { session, run, pathToRun: String } });
  await shown();
  expect(all("figure").map((one) => one.getAttribute("aria-label"))).toEqual(["loss", "accuracy"]);
  await unmount(page);
  page = undefined;
  expect(rooms.held("runs") + rooms.held(`run/${run}`)).toBe(0);
});
