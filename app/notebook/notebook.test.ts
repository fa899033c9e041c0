// @vitest-environment jsdom
// The page of a notebook as a person at the keyboard meets it, with a second person in the room.
import { EditorView } from "@codemirror/view";
import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import type { CellId, MemberId, NotebookId } from "../../lib/base/ids.ts";
import { mention } from "../../lib/kernel/mention.ts";
import { addCell, cellText, hasCellFlag, listCells } from "../../lib/notebook/notebook.ts";
import { isCapturing, setCapturing } from "../../lib/notebook/settings.ts";
import type { Role } from "../../lib/workspace/session.ts";
import Notebook from "./Notebook.svelte";
import { askToGoOn } from "./goOn.ts";
import { loadEditor } from "./loadEditor.ts";
import { MemoryRuns } from "./memoryRuns.ts";

const A = "a" as CellId;
const B = "b" as CellId;
const T = "t" as CellId;

let doc: Y.Doc;
let awareness: Awareness;
let runs: MemoryRuns;
let page: ReturnType<typeof mount> | undefined;

beforeAll(async () => {
  class Watcher {
    observe(): void {
      // nothing has a size here
    }
    unobserve(): void {
      // nothing to forget
    }
    disconnect(): void {
      // nothing to forget
    }
  }
  vi.stubGlobal("ResizeObserver", Watcher);
  vi.stubGlobal("IntersectionObserver", Watcher);
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
  await loadEditor();
});

beforeEach(() => {
  doc = new Y.Doc();
  awareness = new Awareness(doc);
  awareness.setLocalState(null); // as in a room in which nobody has spoken yet
  runs = new MemoryRuns();
  addCell(doc, A, "code", { source: "const x = 1;" });
  addCell(doc, B, "code", { source: "x + 1" });
  addCell(doc, T, "text", { source: "Some *words* <img src=q onerror=hack()>" });
});

afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  awareness.destroy();
  document.body.replaceChildren();
});

function open(role: Role = "editor"): void {
  const still = <V>(current: V) => ({ current, subscribe: () => () => undefined });
  const me = { id: "me" as MemberId, name: "Mira", role };
  page = mount(Notebook, {
    target: document.body,
    props: {
      session: { id: "aaaaaaaaaaaaaaaaaaaaaaaaaa", me: still(me), members: still([me]) },
      id: "n",
      title: "Untitled",
      room: { doc, awareness, synced: still(true), close: () => undefined },
      runs,
      onrename: () => undefined,
      onspot: () => undefined,
    } as never,
  });
  flushSync();
}

const group = (id: string): HTMLElement =>
  document.querySelector<HTMLElement>(`[data-cell="${id}"]`) as HTMLElement;
const named = (role: string, name: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[role="${role}"][aria-label="${name}"]`);
const button = (name: string, within: ParentNode = document): HTMLButtonElement =>
  within.querySelector<HTMLButtonElement>(`button[aria-label="${name}"]`) as HTMLButtonElement;
const editorIn = (id: string): HTMLElement | null =>
  group(id).querySelector<HTMLElement>(".cm-content");
const order = (): string[] => listCells(doc).map((cell) => cell.source);

async function settle(): Promise<void> {
  await tick();
  await loadEditor();
  await tick();
  flushSync();
}

/** Presses keys one after another where the focus is. */
async function press(...keys: string[]): Promise<void> {
  for (const text of keys) {
    const parts = text.split("+");
    const init = {
      key: parts.at(-1) ?? "",
      shiftKey: parts.includes("Shift"),
      ctrlKey: parts.includes("Ctrl"),
      altKey: parts.includes("Alt"),
      bubbles: true,
      cancelable: true,
    };
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", init));
    await settle();
  }
}
const at = (): string | undefined => (document.activeElement as HTMLElement).dataset["cell"];

it("bears the names that people and screen readers know it by", () => {
  open();
  expect(document.querySelector(`ol[aria-label="Cells"]`)?.children).toHaveLength(3);
  for (const name of ["Run all", "Run stale", "Interrupt", "Restart kernel"])
    expect(button(name)).not.toBeNull();
  expect([button("Add code cell"), button("Add text cell")]).not.toContain(null);
  const backend = document.querySelector<HTMLSelectElement>(`select[aria-label="Backend"]`);
  expect([...(backend?.options ?? [])].map((option) => option.text)).toEqual([
    "Auto",
    "WebGPU",
    "WebGL",
    "WASM",
    "CPU",
  ]);
  expect(named("status", "Kernel")?.textContent.trim()).toBe("Not started");
  expect(named("group", "Cell 1")).not.toBeNull();
  expect(named("textbox", "Cell 1 source")?.textContent).toBe("const x = 1;");
  expect(named("status", "Cell 1 state")?.textContent).toBe("not run");
  expect(button("Run cell", group(A))).not.toBeNull();
});

/** Opens the settings with the keyboard; gives the switch of captured training. */
async function openSettings(): Promise<HTMLElement> {
  button("Notebook settings").focus();
  await press("Enter");
  await vi.waitFor(() => expect(named("menuitemcheckbox", "Captured training")).not.toBeNull());
  return named("menuitemcheckbox", "Captured training") as HTMLElement;
}

it("switches captured training off and on for everybody, at the keyboard, and says what it is", async () => {
  open();
  const choice = await openSettings();
  expect(choice.getAttribute("aria-checked")).toBe("true");
  const about = document.getElementById(choice.getAttribute("aria-describedby") ?? "");
  expect(about?.textContent).toMatch(/the same numbers, faster.*as TensorFlow\.js runs it/);
  choice.focus();
  await press("Enter");
  expect([isCapturing(doc), choice.getAttribute("aria-checked")]).toEqual([false, "false"]);
  setCapturing(doc, true); // another member
  await settle();
  expect(choice.getAttribute("aria-checked")).toBe("true");
  await press(" ");
  expect(isCapturing(doc)).toBe(false);
});

it("shows a viewer whether training is captured, and lets the choice be", async () => {
  setCapturing(doc, false);
  open("viewer");
  const choice = await openSettings();
  expect([
    choice.getAttribute("aria-checked"),
    choice.ariaDisabled ?? choice.getAttribute("aria-disabled"),
  ]).toEqual(["false", "true"]);
  choice.click();
  await settle();
  expect(isCapturing(doc)).toBe(false);
});

it("runs with the keys of Jupyter and moves on", async () => {
  open();
  group(A).focus();
  await press("Shift+Enter", "Ctrl+Enter");
  expect(runs.asked).toEqual(["run a", "run b"]);
  expect(at()).toBe("b");
  await press("ArrowDown", "Shift+Enter");
  expect(listCells(doc)).toHaveLength(4);
  expect(runs.asked).toHaveLength(2);
});

it("adds, deletes, changes and takes back cells by key", async () => {
  open();
  group(B).focus();
  await press("a");
  expect(order()).toEqual(["const x = 1;", "", "x + 1", expect.any(String)]);
  await press("d", "d");
  expect(order()).toHaveLength(3);
  expect(at()).toBe("b");
  await press("d", "d");
  expect(order()).toHaveLength(2);
  await press("z");
  expect(order()[1]).toBe("x + 1");
  group(B).focus();
  await press("m");
  expect(listCells(doc)[1]?.kind).toBe("text");
  await press("y", "Ctrl+Shift+ArrowUp");
  expect(order()[0]).toBe("x + 1");
});

it("goes into the editor with Enter and out with Escape, and types into the shared text", async () => {
  open();
  group(A).focus();
  await press("Enter");
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Cell 1 source");
  const view = EditorView.findFromDOM(editorIn(A) as HTMLElement);
  view?.dispatch({ changes: { from: 10, to: 11, insert: "2" }, userEvent: "input.type" });
  expect(order()[0]).toBe("const x = 2;");
  await press("Ctrl+z");
  expect(order()[0]).toBe("const x = 1;");
  expect(editorIn(A)?.textContent).toBe("const x = 1;");
  await press("Escape");
  expect(at()).toBe("a");
});

it("keeps the keys that come before the editor does, and takes none of them for a command", async () => {
  open();
  group(A).focus();
  const hit = (cell: number, ...keys: readonly Partial<KeyboardEventInit>[]): void => {
    const box = named("textbox", `Cell ${cell} source`);
    box?.dispatchEvent(new MouseEvent("pointerdown", { bubbles: true, cancelable: true }));
    for (const key of keys)
      document.activeElement?.dispatchEvent(
        new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }),
      );
  };
  hit(2, { key: "d" }, { key: "d" });
  expect(editorIn(B)).toBeNull();
  await settle();
  expect(order()).toEqual(["const x = 1;", "ddx + 1", expect.any(String)]);
  expect(document.activeElement).toBe(editorIn(B));
  hit(1, { key: "Enter", shiftKey: true });
  expect(runs.asked).toEqual(["run a"]);
});

it("shows what another member types, in a cell with an editor and in one without", async () => {
  open();
  group(A).focus();
  await press("Enter");
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  cellText(other, A)?.insert(0, "/* Jun */ ");
  cellText(other, B)?.insert(0, "/* too */ ");
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), "wire");
  await settle();
  expect(editorIn(A)?.textContent).toBe("/* Jun */ const x = 1;");
  expect(named("textbox", "Cell 2 source")?.textContent).toBe("/* too */ x + 1");
});

it("shows where others are: a caret with a name, an avatar, and what their kernel runs", async () => {
  open();
  group(A).focus();
  await press("Enter");
  const text = cellText(doc, A) as Y.Text;
  const theirs = new Awareness(new Y.Doc());
  const place = Y.createRelativePositionFromTypeIndex(text, 5);
  theirs.setLocalState({
    member: "jun",
    name: "Jun <b>Tan</b>",
    at: { page: "/", label: "n", cell: A },
    running: { cell: B, device: "WebGPU, RTX 4090", since: Date.now() },
    cursor: { anchor: place, head: place },
  });
  const update = encodeAwarenessUpdate(theirs, [theirs.clientID]);
  applyAwarenessUpdate(awareness, update, "wire");
  await settle();
  expect(group(A).querySelector<HTMLElement>(".flag")?.dataset["name"]).toBe("Jun <b>Tan</b>");
  expect(group(A).querySelector(".in-cell")?.textContent).toMatch(/Jun\s+is in this cell/);
  expect(group(B).textContent).toContain("Jun is running this on WebGPU, RTX 4090");
  expect(named("status", "Cell 2 state")?.textContent).toBe("running");
  theirs.destroy();
});

it("says where this person is, for the others", async () => {
  open();
  group(B).focus();
  await settle();
  expect(awareness.getLocalState()).toMatchObject({
    member: "me",
    name: "Mira",
    at: { cell: "b", page: "/w/aaaaaaaaaaaaaaaaaaaaaaaaaa/notebooks/n" },
  });
});

it("renders text cells harmless, and edits them on Enter until Escape", async () => {
  open();
  expect(group(T).querySelector("em")?.textContent).toBe("words");
  expect(group(T).querySelector("img")).toBeNull();
  group(T).focus();
  await press("Enter");
  expect(editorIn(T)?.getAttribute("aria-label")).toBe("Cell 3 source");
  await press("Escape");
  expect(editorIn(T)).toBeNull();
  expect(at()).toBe("t");
});

it("shows a run's state, progress and way to stop it", () => {
  open();
  runs.show(A, {
    state: "running",
    startedAt: Date.now(),
    progress: { label: "epoch 3 of 60", fraction: 0.05, leftMs: 13_000 },
  });
  runs.show(B, { state: "queued", behind: A });
  flushSync();
  expect(named("status", "Cell 1 state")?.textContent).toBe("running");
  expect(named("region", "Cell 1 output")?.textContent).toContain("13 s left");
  expect(named("progressbar", "Progress of cell 1")?.getAttribute("aria-valuenow")).toBe("5");
  button("Interrupt cell 1").click();
  expect(runs.asked).toEqual(["interrupt"]);
  expect(group(B).textContent).toContain("behind cell 1");
});

it("says who ran a cell, on what, and since when it is stale", () => {
  open();
  const output = {
    bundles: [{ "text/plain": "2" }],
    by: "jun" as MemberId,
    byName: "Jun Tan",
    device: "CPU",
    at: Date.now(),
    ms: 1800,
    runs: ["r"],
  };
  runs.show(B, { state: "done", output, reads: [{ name: "x", from: A }] });
  flushSync();
  expect(group(B).querySelector(".ran")?.textContent).toMatch(/Jun\s*CPU.*1\.8 s/);
  expect(group(B).querySelector(".flow a")?.getAttribute("aria-label")).toBe("reads x from cell 1");
  runs.show(B, { state: "stale", staleSince: { kind: "cell", cell: A } });
  flushSync();
  expect(group(B).textContent).toContain("since cell 1 changed");
});

it("continues a training by its line and by its menu, and says how often it has", async () => {
  open();
  const output = {
    bundles: [],
    by: "me" as MemberId,
    byName: "Mira",
    device: "CPU",
    at: 1,
    ms: 5,
    runs: [],
  };
  runs.show(A, { state: "done", canContinue: true, output: { ...output, continued: 2 } });
  runs.show(B, { state: "stale", staleSince: { kind: "trained", cell: A } });
  flushSync();
  expect(group(A).textContent).toContain("continued 2 times");
  expect(group(B).textContent).toContain("since cell 1 trained again");
  const does = [...group(A).querySelectorAll("button")].find(
    (one) => one.textContent === "Continue training",
  );
  does?.click();
  await settle();
  expect(runs.asked).toEqual([`continue ${A}`]);
  expect(document.activeElement).toBe(group(A));
});

it("takes up the run that a run's page leads here for, where its cell is as it was", async () => {
  const output = {
    bundles: [],
    by: "me" as MemberId,
    byName: "Mira",
    device: "CPU",
    at: 1,
    ms: 5,
    runs: ["r"],
  };
  runs.show(A, { state: "stale", canGoOn: true, output });
  askToGoOn("n" as NotebookId, { cell: A, run: "r" });
  open();
  expect(runs.asked).toEqual([`restore ${A}`]);
  if (page) await unmount(page);
  askToGoOn("n" as NotebookId, { cell: B, run: "r" });
  open();
  expect(runs.asked).toEqual([`restore ${A}`]);
});

it("lets a viewer run, but neither write nor add nor delete", async () => {
  open("viewer");
  expect(document.body.textContent).toContain("You are a viewer here");
  expect(button("Add code cell")).toBeNull();
  group(A).focus();
  await press("d", "d", "a", "Shift+Enter");
  expect(order()).toHaveLength(3);
  expect(runs.asked).toEqual(["run a"]);
  await press("Enter");
  expect(editorIn(B)?.getAttribute("aria-readonly")).toBe("true");
  expect(editorIn(B)?.getAttribute("contenteditable")).toBe("false");
});

it("disables a cell by its key for everybody, says so in words, and lets it run again", async () => {
  open();
  group(B).focus();
  await press("e");
  expect(hasCellFlag(doc, B, "disabled")).toBe(true);
  runs.show(B, { disabled: true });
  flushSync();
  expect(group(B).querySelector(".ran")?.textContent).toContain("disabled");
  expect(button("Run cell", group(B)).disabled).toBe(true);
  button("Enable cell 2").click();
  expect(hasCellFlag(doc, B, "disabled")).toBe(false);
  await press("e", "z");
  expect(hasCellFlag(doc, B, "disabled")).toBe(false);
});

it("names and links the disabled cell that another needs, and the cells that a problem lies with", async () => {
  open();
  runs.show(B, { needsDisabled: A });
  flushSync();
  const link = group(B).querySelector<HTMLAnchorElement>(".ran a");
  expect(link?.parentElement?.textContent).toBe("cell 1 is disabled");
  expect(link?.getAttribute("href")).toBe("#cell-a");
  const message = `${mention(A, true)} is disabled\nEnable it.`;
  const problem = { name: "Error", message, line: null, column: null, stack: [] };
  runs.show(B, { state: "error", problem });
  flushSync();
  const there = named("region", "Cell 2 output")?.querySelector("button");
  expect(there?.textContent).toBe("Cell 1");
  there?.click();
  await settle();
  expect(at()).toBe(A);
});

it("marks a cell that runs by itself, and says what it waits for", () => {
  open();
  const notes = (): string =>
    group(B).querySelector(".ran")?.textContent.replace(/\s+/g, " ").trim() ?? "";
  runs.show(B, { state: "done", auto: {} });
  flushSync();
  expect(notes()).toContain("auto-run");
  runs.show(B, { state: "stale", auto: { waits: { why: "code", cell: B } } });
  flushSync();
  expect(notes()).toContain("auto-run waits until you run it");
  runs.show(B, { state: "stale", auto: { waits: { why: "cost", cell: A } } });
  flushSync();
  expect(notes()).toContain("auto-run waits for cell 1, which takes long");
});

it("marks a cell that others changed since it ran here, with the difference, until it is dismissed", async () => {
  open();
  runs.show(A, { state: "stale", changed: { by: ["Jun Tan"], before: "const x = 0;" } });
  flushSync();
  const mark = named("note", "Cell 1 changed by Jun since you ran it");
  const [show, dismiss] = [...(mark?.querySelectorAll("button") ?? [])];
  expect(named("group", "What changed in cell 1")).toBeNull();
  show?.click();
  await settle();
  const diff = named("group", "What changed in cell 1");
  expect([...(diff?.querySelectorAll("code") ?? [])].map((one) => one.textContent)).toEqual([
    "const x = 0;",
    "const x = 1;",
  ]);
  dismiss?.click();
  expect(runs.asked).toEqual(["dismiss a"]);
});

it("names the cells whose values went with the kernel, and goes to the one that is pressed", async () => {
  open();
  runs.gone.set([A, B]);
  expect(named("status", "Kernel notice")).toBeNull();
  runs.kernel.set({ state: "off", backend: "auto", notice: "The kernel was ended." });
  flushSync();
  const notice = named("status", "Kernel notice");
  expect(notice?.textContent.replace(/\s+/g, " ").trim()).toBe(
    "The kernel was ended. Cells 1 and 2 are not run here now.",
  );
  button("Go to cell 2").click();
  await settle();
  expect(at()).toBe(B);
  runs.gone.set([B]);
  flushSync();
  expect(notice?.textContent).toMatch(/Cell\s+2\s+is not run here now/);
});
