// @vitest-environment node
// A notebook's document and its language service, with the worker's own half in this process and one clock.
import { beforeEach, expect, it, vi } from "vitest";
import * as Y from "yjs";
import type { CellId, DatasetId, MemberId } from "../../lib/base/ids.ts";
import { putVersion } from "../../lib/document/datasetDoc.ts";
import { putDatasetEntry } from "../../lib/document/indexDoc.ts";
import { addCell, cellText, deleteCell } from "../../lib/notebook/notebook.ts";
import { openDatasetFeed } from "./datasetFeed.ts";
import { type Findings, NotebookLanguage } from "./notebookLanguage.ts";
import type { WorkerEars } from "./openWorker.ts";
import type { FromLanguage, ToLanguage } from "./protocol.ts";
import { LanguageServer } from "./server.ts";
import { penguins, realTypes } from "./testing/notebookProgram.ts";

vi.setConfig({ testTimeout: 120_000 });

const [A, B, T] = ["a", "b", "t"] as CellId[] as [CellId, CellId, CellId];

let doc: Y.Doc;
let index: Y.Doc;
let opened: string[];
let posted: ToLanguage[];
let released: boolean[];
let failures: string[];
let ears: WorkerEars;
let busy: boolean;
let begin: (() => void) | undefined;
let silent: boolean;
let timers: Set<{ at: number; act: () => void }>;
let now: number;
let language: NotebookLanguage;
let datasetRoom: Y.Doc;

const later = (ms: number, act: () => void): (() => void) => {
  const timer = { at: now + ms, act };
  timers.add(timer);
  return () => void timers.delete(timer);
};

/** Lets time pass: what is due happens, in its order. */
function pass(ms: number): void {
  const end = now + ms;
  for (;;) {
    const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    if (!next) break;
    timers.delete(next);
    now = Math.max(now, next.at);
    next.act();
  }
  now = end;
}

beforeEach(() => {
  [doc, index, datasetRoom] = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
  [opened, posted, released, failures] = [[], [], [], []];
  [silent, now, timers] = [false, 0, new Set()];
  [busy, begin] = [false, undefined];
  addCell(doc, A, "code", { source: "const x = 1;" });
  addCell(doc, T, "text", { source: "x.nothing" });
  addCell(doc, B, "code", { source: "x." });
  const server = new LanguageServer(realTypes(), {
    post: (message: FromLanguage) => {
      if (!silent) ears.hear(message);
    },
    later,
  });
  language = new NotebookLanguage(
    doc,
    {
      open(given) {
        ears = given;
        server.receive({ kind: "open" });
        return {
          post(message) {
            posted.push(message);
            server.receive(structuredClone(message));
          },
          release: (broken) => void released.push(broken),
        };
      },
      whenFree(act) {
        if (!busy) act();
        else begin = act;
        return () => (begin = undefined);
      },
      later,
      failed: (reason) => void failures.push(reason),
    },
    (known) =>
      openDatasetFeed(
        {
          open: (room) => {
            opened.push(room);
            const still = { current: true, subscribe: () => () => undefined };
            return Promise.resolve({
              doc: datasetRoom,
              awareness: undefined as never,
              synced: still,
              close: () => undefined,
            });
          },
        },
        index,
        known,
      ),
  );
});

const labels = async (cell: CellId, offset: number): Promise<readonly string[]> =>
  (await language.ask({ kind: "suggest", cell, offset }))?.list.map(({ label }) => label) ?? [];

function write(cell: CellId, source: string): void {
  const text = cellText(doc, cell);
  text?.delete(0, text.length);
  text?.insert(0, source);
}

it("[TS-21] does nothing until an editor has focus, then knows every code cell", async () => {
  expect(await labels(B, 2)).toEqual([]);
  write(A, "const x = 2;");
  pass(5000);
  expect(posted).toEqual([]);
  language.wake();
  language.wake();
  expect(posted.filter(({ kind }) => kind === "cells")).toEqual([
    expect.objectContaining({ order: [A, B] }),
  ]);
  expect(await labels(B, 2)).toContain("toFixed");
});

it("[TS-27] begins when there is time for it", async () => {
  busy = true;
  language.wake();
  write(A, "const x = 3;");
  pass(5000);
  expect(posted).toEqual([]);
  begin?.();
  expect(await labels(B, 2)).toContain("toFixed");
  language.close();
  expect(released).toEqual([false]);
});

it("[TS-28] is not begun where the notebook is left before there was time", () => {
  busy = true;
  language.wake();
  language.close();
  expect(begin).toBeUndefined();
  expect([posted, released]).toEqual([[], []]);
});

it("[TS-22] sends only the cell that changed, once the hand rests or something is asked", async () => {
  language.wake();
  const before = posted.length;
  for (const letter of "abc") cellText(doc, B)?.insert(2, letter);
  pass(100);
  expect(posted.length).toBe(before);
  pass(100);
  expect(posted.slice(before)).toEqual([
    {
      kind: "cells",
      order: [A, B],
      changed: [expect.objectContaining({ id: B, source: "x.cba" })],
    },
  ]);
  write(A, "const x = 'one';");
  write(B, "x.");
  expect(await labels(B, 2)).toContain("toUpperCase");
  write(B, "x. ");
  deleteCell(doc, A);
  expect(await labels(B, 2)).toEqual([]);
});

it("[TS-23] tells what is wrong after a calm, of the text that it was said of, and takes it back", () => {
  const told: Findings[] = [];
  language.watch(B, (found) => told.push(found));
  write(B, "x.nope");
  language.wake();
  pass(300);
  expect(told).toEqual([]);
  pass(200);
  expect(told).toEqual([
    { source: "x.nope", findings: [expect.objectContaining({ from: 2, to: 6 })] },
  ]);
  write(B, "x.toFixed()");
  pass(1000);
  expect(told.at(-1)).toEqual({ source: "x.toFixed()", findings: [] });
  const count = told.length;
  write(A, "const x = 3;");
  pass(1000);
  expect(told.length).toBe(count); // nothing new is nothing to say
});

it("[TS-24] reads the columns of a dataset when a cell speaks of it", async () => {
  const current = "a".repeat(64) as never;
  putDatasetEntry(index, {
    id: "d" as DatasetId,
    name: "penguins",
    kind: "table",
    current,
    rows: 344,
    columns: 3,
    createdAt: 0,
    createdBy: "m" as MemberId,
  });
  putVersion(datasetRoom, {
    digest: current,
    rows: 344,
    columns: penguins.columns ?? [],
    content: {
      kind: "table",
      table: { sha256: current, size: 1, mime: "x/y", chunks: [current] },
    },
    importedFrom: [],
    notes: [],
    author: "m" as MemberId,
    at: 0,
    message: "",
  });
  language.wake();
  expect(opened).toEqual([]);
  const source =
    'import { dataset } from "ensemble";\nconst birds = await dataset("penguins");\nbirds.array("")';
  write(A, source);
  pass(200);
  expect(opened).toEqual(["dataset/d"]);
  await vi.waitFor(async () =>
    expect(await labels(A, source.length - 2)).toEqual(["species", "body mass", "flipper"]),
  );
});

it("[TS-25] goes on without the worker, and says so once", async () => {
  language.wake();
  silent = true;
  const answer = language.ask({ kind: "hover", cell: A, offset: 7 });
  pass(30_000);
  expect(await answer).toBeUndefined();
  expect(failures).toEqual(["it does not answer any more"]);
  expect(released).toEqual([true]);
  ears.fail("again");
  write(A, "const y = 2;");
  pass(1000);
  expect(await labels(B, 2)).toEqual([]);
  expect(failures.length).toBe(1);
});

it("[TS-26] hands the worker back when the notebook is left", () => {
  language.wake();
  language.close();
  const before = posted.length;
  write(A, "const y = 2;");
  pass(1000);
  expect(posted.length).toBe(before);
  expect(released).toEqual([false]);
  expect(failures).toEqual([]);
});
