// @vitest-environment jsdom
// The history beside a notebook, as a person meets it: saving, looking, comparing, restoring, and what cannot be opened.
import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type * as Y from "yjs";
import type { CellId, MemberId, VersionId, WorkspaceId } from "../../../lib/base/ids.ts";
import { STATE_MIME, listVersions, putVersion } from "../../../lib/document/notebookVersions.ts";
import { addCell, cellText, deleteCell, listCells } from "../../../lib/notebook/notebook.ts";
import { MemorySession } from "../../../lib/testing/memorySession.ts";
import type { Connection, OpenRoom, Role } from "../../../lib/workspace/session.ts";
import Notebook from "../Notebook.svelte";
import { loadEditor } from "../loadEditor.ts";
import { MemoryRuns } from "../memoryRuns.ts";

const A = "a" as CellId;
const B = "b" as CellId;

let session: MemorySession;
let room: OpenRoom;
let doc: Y.Doc;
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
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
  await Promise.all([loadEditor(), import("./HistoryTab.svelte"), import("./VersionView.svelte")]);
});

beforeEach(async () => {
  const me = { id: "me" as MemberId, name: "Mira Lind", role: "editor" as Role };
  session = new MemorySession("a".repeat(26) as WorkspaceId, me);
  room = await session.open(`notebook/${"n".repeat(16)}` as never);
  doc = room.doc;
  addCell(doc, A, "code", { source: "const x = 1;\n\nx" });
  addCell(doc, B, "text", { source: "Some *words*" });
});

afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  await session.close();
  localStorage.clear();
  for (const one of document.querySelectorAll<HTMLElement>(".toast [aria-label=Dismiss]"))
    one.click();
  flushSync();
});

async function open(): Promise<void> {
  page = mount(Notebook, {
    target: document.body,
    props: {
      session,
      id: "n",
      title: "Untitled",
      room,
      runs: new MemoryRuns(),
      onrename: () => undefined,
      onspot: () => undefined,
    } as never,
  });
  flushSync();
  await settle();
}

async function settle(): Promise<void> {
  for (let i = 0; i < 6; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    await tick();
  }
  flushSync();
}

const says = (element: Element): string =>
  (element.getAttribute("aria-label") ?? element.textContent).replace(/\s+/g, " ").trim();
const button = (name: RegExp | string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll("button")].find((one) =>
    typeof name === "string" ? says(one) === name : name.test(says(one)),
  );
async function click(name: RegExp | string): Promise<void> {
  const found = button(name);
  if (!found) throw new Error(`There is no button ${String(name)}`);
  found.click();
  await settle();
}
const field = (name: string): HTMLInputElement =>
  document.querySelector(`input[aria-label="${name}"]`) as HTMLInputElement;
const view = (): HTMLElement | null => document.querySelector('section[aria-label^="Version “"]');
const cells = (): string[] => [...(view()?.querySelectorAll<HTMLElement>(".cell") ?? [])].map(says);
const toasts = (): string[] =>
  [...document.querySelectorAll(".toast > span")].map((one) => one.textContent);

async function save(message: string): Promise<void> {
  const input = field("Message");
  input.value = message;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.form?.requestSubmit();
  await settle();
}

async function press(key: string): Promise<KeyboardEvent> {
  const event = new KeyboardEvent("keydown", {
    key,
    ctrlKey: true,
    bubbles: true,
    cancelable: true,
  });
  (document.activeElement ?? document.body).dispatchEvent(event);
  await settle();
  return event;
}

it("saves what is there with a message, and lists it with who, when and how much changed", async () => {
  await open();
  await click("History");
  expect(document.body.textContent).toContain("No versions yet");
  await save("First light");
  expect(field("Message").value).toBe("");
  cellText(doc, A)?.insert(0, "// later\n");
  await save("Second");
  const list = document.querySelector('ol[aria-label="Versions"]');
  expect([...(list?.children ?? [])].map(says)).toEqual([
    "Now",
    expect.stringMatching(/^Second .* You just now 1 cell changed since the one before$/),
    expect.stringMatching(/^First light .* You just now First version, 2 cells$/),
  ]);
  expect(listVersions(doc).map(({ authorName }) => authorName)).toEqual(["Mira Lind", "Mira Lind"]);
});

it("shows the notebook as it was, with what has come of each cell since, and goes back to now", async () => {
  await open();
  await click("History");
  await save("First");
  cellText(doc, A)?.delete(0, "const x = 1;".length);
  deleteCell(doc, B);
  addCell(doc, "n" as CellId, "code", { source: "new" });
  await click(/^First/);
  expect(document.querySelector<HTMLElement>(".notebook:has(#cell-a)")?.hidden).toBe(true);
  expect(cells()).toEqual(["Cell 1, changed since", "Cell, added since", "Cell 2, deleted since"]);
  expect(view()?.textContent).toContain("3 cells differ from now");
  expect(view()?.querySelector(".removed code")?.textContent).toBe("const x = 1;");
  const compare = view()?.querySelector<HTMLInputElement>('input[type="checkbox"]');
  compare?.click();
  await settle();
  expect(cells()).toEqual(["Cell 1", "Cell 2"]);
  expect(view()?.textContent).toContain("const x = 1;\n\nx");
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await settle();
  expect(view()).toBeNull();
  expect(document.querySelector<HTMLElement>(".notebook:has(#cell-a)")?.hidden).toBe(false);
});

it("restores by an edit, keeps what was there before as a version of its own, and takes it back", async () => {
  await open();
  await click("History");
  await save("First");
  const first = listCells(doc);
  cellText(doc, A)?.insert(0, "// later\n");
  const later = listCells(doc);
  await click(/^First/);
  await click("Restore");
  expect(listCells(doc)).toEqual(first);
  expect(view()).toBeNull();
  expect(listVersions(doc).map(({ message, auto }) => [message, auto])).toEqual([
    ["Before restoring “First”", true],
    ["First", false],
  ]);
  expect(toasts()).toContain("“First” was restored.");
  await click("Undo");
  expect(listCells(doc)).toEqual(later);
});

it("restores nothing where that is what there is already", async () => {
  await open();
  await click("History");
  await save("First");
  await click(/^First/);
  expect(view()?.textContent).toContain("No cell differs from now");
  await click("Restore");
  expect(listVersions(doc)).toHaveLength(1);
  expect(toasts()).toContain("The notebook is as it was in “First” already.");
});

it("answers the key for saving: it is saved already, and can be given a name", async () => {
  await open();
  expect((await press("s")).defaultPrevented).toBe(true);
  expect(toasts().at(-1)).toBe("Everything is saved already, here and on the server.");
  session.connection.set({ kind: "offline", pending: 1 } satisfies Connection);
  await press("s");
  expect(toasts().filter((one) => one.startsWith("Everything"))).toEqual([
    "Everything is saved on this device, and goes to the server by itself.",
  ]);
  await click("Save version…");
  expect(document.activeElement).toBe(field("Message"));
});

it("gives a version another name", async () => {
  await open();
  await click("History");
  await save("Frist");
  await click(/^Frist/);
  await click("Rename");
  const input = field("Message of the version");
  expect(document.activeElement).toBe(input);
  input.value = "First";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.form?.requestSubmit();
  await settle();
  expect(listVersions(doc).map(({ message }) => message)).toEqual(["First"]);
  expect(says(document.activeElement as Element)).toMatch(/^First/);
});

it("lets a viewer look, and nothing else", async () => {
  await open();
  await click("History");
  await save("First");
  session.me.set({ ...session.me.current, role: "viewer" });
  await settle();
  expect(field("Message")).toBeNull();
  await click(/^First/);
  expect(cells()).toEqual(["Cell 1", "Cell 2"]);
  expect([button("Restore"), button("Rename")]).toEqual([undefined, undefined]);
  await press("s");
  expect(toasts().at(-1)).toBe("There is nothing to save: you are a viewer here.");
});

it("says of a version that is missing or damaged what is so and what to do", async () => {
  const manifest = await session.blobs.put(new Uint8Array([9, 9, 9]), STATE_MIME);
  const version = {
    id: "b".repeat(16) as VersionId,
    message: "Broken",
    author: "jun" as MemberId,
    authorName: "Jun Tan",
    at: 2,
    parent: null,
    manifest,
    cells: 1,
    changed: null,
    auto: false,
  };
  putVersion(doc, version);
  const nowhere = { ...manifest, sha256: "f".repeat(64) as typeof manifest.sha256 };
  const elsewhere = { ...version, id: "c".repeat(16) as VersionId, message: "Away", at: 1 };
  putVersion(doc, { ...elsewhere, manifest: nowhere });
  await open();
  await click("History");
  await click(/^Broken/);
  expect(view()?.textContent).toContain("What is kept of “Broken” is damaged");
  expect(button("Restore")).toBeUndefined();
  await click(/^Away/);
  expect(view()?.textContent).toContain("“Away” is not on this device");
  expect(view()?.textContent).toContain("Jun’s browser may still have to send it");
  await click("Try again");
  expect(view()?.textContent).toContain("This version is not here yet");
  await click("Back to now");
  expect(view()).toBeNull();
});

it("says where this device has no room for a version, and keeps the message", async () => {
  await open();
  await click("History");
  session.blobs.put = () => Promise.reject(new Error("full"));
  await save("First");
  expect(document.querySelector('[role="alert"]')?.textContent).toContain(
    "The version was not saved",
  );
  expect(field("Message").value).toBe("First");
  expect(listVersions(doc)).toEqual([]);
});
