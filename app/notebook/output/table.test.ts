// @vitest-environment jsdom
// A long table under a cell, as its maker and another member meet it: scrolled, sorted, looked through, far away.
import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CellId } from "../../../lib/base/ids.ts";
import { Settable } from "../../../lib/base/observable.ts";
import type { CallContext } from "../../../lib/kernel/capability.ts";
import { keepTables } from "../../../lib/datasets/keepTables.ts";
import { openShown } from "../../../lib/datasets/shownTable.ts";
import { tablesCapability } from "../../../lib/datasets/tablesHost.ts";
import type { MimeBundle } from "../../../lib/kernel/mime.ts";
import { bundleOf } from "../../../lib/kernel/outputs.ts";
import { MemoryBlobs, workbench } from "../../../lib/testing/workbench.ts";
import type { Connection } from "../../../lib/workspace/session.ts";
import Output from "./Output.svelte";
import { TABLE_BLOBS, type TableBlobs } from "./tableBlobs.ts";

const MILLION = 1_000_000;
const TABLE = "application/vnd.ensemble.table+json";

let mounted: ReturnType<typeof mount> | undefined;

beforeEach(() => {
  class Watcher {
    readonly #tell: (entries: { isIntersecting: boolean }[]) => void;
    constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
      this.#tell = tell;
    }
    observe(): void {
      this.#tell([{ isIntersecting: true }]);
    }
    unobserve(): void {
      // nothing to forget
    }
    disconnect(): void {
      // nothing to forget
    }
  }
  vi.stubGlobal("IntersectionObserver", Watcher);
  class Measure {
    observe(): void {
      // nothing has a size here
    }
    unobserve(): void {
      // nothing to forget
    }
  }
  vi.stubGlobal("ResizeObserver", Measure);
});
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What a cell that shows this value sends, its rows kept in these blobs. */
async function made(value: unknown, blobs: MemoryBlobs): Promise<MimeBundle> {
  const host = tablesCapability(blobs);
  const context = {
    cell: "a" as CellId,
    signal: new AbortController().signal,
    progress: () => undefined,
  } as unknown as CallContext;
  const guest = {
    interrupted: false,
    call: (_: string, request: unknown) => host.host(host.parse(request), context),
  };
  const world = { now: () => performance.now(), turn: () => Promise.resolve() };
  const bundle = await bundleOf(value, keepTables(guest, world));
  if (!bundle) throw new Error("nothing is shown");
  return bundle;
}

function show(bundle: MimeBundle | undefined, blobs: MemoryBlobs): Settable<Connection> {
  const connection = new Settable<Connection>({ kind: "saved" });
  const context: TableBlobs = {
    session: { blobs, connection },
    check: (bytes, expected) => Promise.resolve(openShown(bytes, expected) !== undefined),
  };
  mounted = mount(Output, {
    target: document.body,
    props: { bundle: bundle ?? {} },
    context: new Map([[TABLE_BLOBS, context]]),
  });
  flushSync();
  return connection;
}

const rowsShown = (): string[][] =>
  [...document.querySelectorAll("tbody tr:not(.space)")].map((row) =>
    [...row.children].map((cell) => cell.textContent.trim()),
  );
const words = (): string =>
  document.querySelector(".under")?.textContent.replace(/\s+/g, " ") ?? "";
async function until(what: () => unknown): Promise<void> {
  await vi.waitFor(
    () => {
      flushSync();
      if (what() !== true) throw new Error(`not yet: ${words()}`);
    },
    { timeout: 10_000, interval: 5 },
  );
}
async function scrollTo(top: number): Promise<void> {
  const scroller = document.querySelector<HTMLElement>("[role=group][aria-label=Table]");
  if (!scroller) throw new Error("no table");
  scroller.scrollTop = top;
  scroller.dispatchEvent(new Event("scroll"));
  await tick();
  flushSync();
}
function press(name: string): void {
  const button = [...document.querySelectorAll("button")].find(
    (one) => one.textContent.trim() === name,
  );
  if (!button) throw new Error(`no button ${name}`);
  button.click();
  flushSync();
}
function type(text: string): void {
  const input = document.querySelector<HTMLInputElement>("input[aria-label='Filter rows']");
  if (!input) throw new Error("no filter");
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

it("of a million rows is seen to its last row by a member who ran nothing", async () => {
  const { benches, blobs, settle } = workbench({ a: "rows" }, ["owner", "editor"]);
  const [mira, jun] = benches;
  if (!mira || !jun) throw new Error("two members");
  const bundle = await made(
    Array.from({ length: MILLION }, (_, i) => ({ n: i, half: i / 2 })),
    blobs,
  );
  mira.kernel.script("a" as CellId, (listener) => {
    listener.output(bundle);
    return { kind: "done" };
  });
  mira.execution.runCell("a" as CellId);
  await settle();
  expect(jun.kernel.ran).toBe("");

  show(jun.view("a").output?.bundles[0], blobs);
  expect(words()).toMatch(/Rows 1 to \d+ · 1,000,000 rows · 2 columns/);
  expect(rowsShown().length).toBeLessThan(40);
  const [space] = document.querySelectorAll<HTMLElement>("tr.space");
  const height = space?.style.height;
  await scrollTo(15_000_000);
  await until(() => rowsShown().at(-1)?.[1] === "999999");
  expect(rowsShown().at(-1)).toEqual(["1000000", "999999", "499999.5"]);
  expect(rowsShown().length).toBeLessThan(40);
  await scrollTo(0);
  expect(document.querySelector<HTMLElement>("tr.space")?.style.height).toBe(height);
}, 60_000);

const few = Array.from({ length: 300 }, (_, i) => ({
  n: (i * 7) % 300,
  word: i % 100 === 5 ? "Gentoo" : "Adelie",
  gap: i === 7 ? 1.25 : null,
}));

it("fetches nothing before somebody looks beyond the first rows", async () => {
  const blobs = new MemoryBlobs();
  const bundle = await made(few, blobs);
  const get = vi.spyOn(blobs, "get");
  show(bundle, blobs);
  await tick();
  expect(get).not.toHaveBeenCalled();
  expect(rowsShown()[1]).toEqual(["2", "7", "Adelie", "–missing"]);
  await scrollTo(250 * 28);
  await until(() => rowsShown().some((row) => row[0] === "255"));
  expect(get).toHaveBeenCalledTimes(1);
});

it("sorts by a column up, down and not at all, and says which way", async () => {
  const blobs = new MemoryBlobs();
  show(await made(few, blobs), blobs);
  const way = (): string | null | undefined =>
    document.querySelectorAll("th")[1]?.getAttribute("aria-sort");
  press("n");
  await until(() => rowsShown()[0]?.[1] === "0" && rowsShown()[1]?.[1] === "1");
  expect(way()).toBe("ascending");
  press("n");
  await until(() => rowsShown()[0]?.[1] === "299");
  expect(way()).toBe("descending");
  press("n");
  await until(() => rowsShown()[1]?.[1] === "7");
  expect(way()).toBe("none");
});

it("keeps the rows in which the words stand, with their numbers, and counts them", async () => {
  const blobs = new MemoryBlobs();
  show(await made(few, blobs), blobs);
  type("gento");
  await until(() => words().includes("3 of 300 rows match"));
  expect(rowsShown().map(([number]) => number)).toEqual(["6", "106", "206"]);
  type("nothing has this");
  await until(() => words().includes("0 of 300 rows match"));
  type("");
  await until(() => rowsShown()[0]?.[0] === "1");
});

it("copies what is shown as CSV, the rows that come later included", async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  const blobs = new MemoryBlobs();
  show(await made(few, blobs), blobs);
  press("Copy as CSV");
  await until(() => writeText.mock.calls.length === 1);
  const [csv = ""] = writeText.mock.calls[0] as unknown as string[];
  expect(csv.split("\r\n")).toHaveLength(302);
  expect(csv).toContain("\r\n49,Adelie,1.25\r\n");
});

it("says that rows are not here, shows those that are, and asks again when the server is back", async () => {
  const blobs = new MemoryBlobs();
  const bundle = await made(few, blobs);
  blobs.missing = true;
  const connection = show(bundle, blobs);
  connection.set({ kind: "offline", pending: 0 });
  await scrollTo(250 * 28);
  await until(() => document.querySelector("[role=alert]") !== null);
  expect(words()).toMatch(/rows after the first 50 are not on this device/);
  expect(rowsShown().at(-1)?.[1]).toBe("not here yet");
  press("Try again");
  await until(() => document.querySelector("[role=alert]") !== null);
  blobs.missing = false;
  connection.set({ kind: "saved" });
  await until(() => rowsShown().some((row) => row[0] === "255" && row[1] !== "not here yet"));
  expect(document.querySelector("[role=alert]")).toBeNull();
});

it("asks by itself for rows that another member is still sending, and again less and less often", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const blobs = new MemoryBlobs();
  const bundle = await made(few, blobs);
  blobs.missing = true;
  const get = vi.spyOn(blobs, "get");
  show(bundle, blobs);
  await scrollTo(250 * 28);
  const after = async (ms: number): Promise<number> => {
    await vi.advanceTimersByTimeAsync(ms);
    flushSync();
    await vi.advanceTimersByTimeAsync(0);
    flushSync();
    return get.mock.calls.length;
  };
  expect(await after(0)).toBe(1);
  expect(document.querySelector("[role=alert]")).not.toBeNull();
  expect(await after(1_990)).toBe(1);
  expect(await after(10)).toBe(2);
  expect(await after(3_990)).toBe(2);
  blobs.missing = false;
  expect(await after(10)).toBe(3);
  expect(document.querySelector("[role=alert]")).toBeNull();
  expect(rowsShown().at(-1)?.[1]).not.toBe("not here yet");
});

it("says in a sentence that what is kept is damaged, and shows the first rows all the same", async () => {
  const blobs = new MemoryBlobs();
  const bundle = await made(few, blobs);
  blobs.get = () => Promise.resolve(new Uint8Array(1000).fill(7));
  show(bundle, blobs);
  await scrollTo(250 * 28);
  await until(() => words().includes("are damaged"));
  await scrollTo(0);
  expect(rowsShown()[1]?.[1]).toBe("7");
});

it("says how many rows are kept of a table that is larger than what is kept", async () => {
  const bundle = await made(few, new MemoryBlobs());
  const table = bundle[TABLE] as Record<string, unknown>;
  show({ [TABLE]: { ...table, rows: 2_300_000, width: 784 } }, new MemoryBlobs());
  expect(words()).toContain("first 300 of 2,300,000 rows · 3 of 784 columns");
  expect(words()).toContain("64 MiB");
});

it("shows the head of an old document as it did, and of a run that kept too much why", () => {
  const head = Array.from({ length: 50 }, (_, i) => [i]);
  const old = { columns: [{ name: "n", type: "number" }], head, rows: 344 };
  show({ [TABLE]: old }, new MemoryBlobs());
  expect(words()).toContain("50 of 344 rows · 1 column");
  show({ [TABLE]: { ...old, missing: "too-much" } }, new MemoryBlobs());
  expect(document.body.textContent).toContain("One run keeps 128 MiB of tables");
});

it("takes no manifest of a size that no table has", () => {
  const head = [[1]];
  const blob = { sha256: "a".repeat(64), size: 1e12, mime: "x", chunks: [] };
  const whole = { rows: 1e9, blob };
  const claims = { columns: [{ name: "n", type: "number" }], head, rows: 1e9, whole };
  show({ [TABLE]: claims }, new MemoryBlobs());
  expect(words()).toContain("1 of 1,000,000,000 rows");
});
