// The notebook that "Use in a notebook" makes.
import { expect, it } from "vitest";
import * as Y from "yjs";
import type { DatasetId, Digest, MemberId } from "../../lib/base/ids.ts";
import { Settable } from "../../lib/base/observable.ts";
import { memoryStore } from "../../lib/datasets/testing/memoryStore.ts";
import type { DatasetEntry } from "../../lib/document/indexDoc.ts";
import { listNotebooks } from "../../lib/document/indexDoc.ts";
import { listCells } from "../../lib/notebook/notebook.ts";
import { makeNotebookWith } from "./useInNotebook.ts";

const digest = "9f2ce41b".repeat(8) as Digest;

async function sourceFor(kind: DatasetEntry["kind"], pinned?: Digest): Promise<string> {
  const store = memoryStore();
  const index = new Y.Doc();
  const me = new Settable({ id: "me" as MemberId, name: "Mira" });
  const session = { open: store.open, me } as unknown as Parameters<typeof makeNotebookWith>[0];
  const entry: DatasetEntry = {
    id: "aaaaaaaaaaaaaaaa" as DatasetId,
    name: "mnist-a",
    kind,
    current: digest,
    rows: 2,
    columns: 1,
    createdAt: 1,
    createdBy: "me" as MemberId,
  };
  const id = await makeNotebookWith(session, index, entry, pinned);
  expect(listNotebooks(index)).toMatchObject([{ id, title: "Looking at mnist-a" }]);
  expect(store.opened()).toBe(0);
  const doc = store.rooms.get(`notebook/${id}`) ?? new Y.Doc();
  return listCells(doc)
    .map((cell) => cell.source)
    .join("\n---\n");
}

it.each(["table", "images"] as const)(
  "has one cell, which reads the %s and ends in it",
  async (kind) => {
    expect(await sourceFor(kind)).toBe(
      'import { dataset } from "ensemble";\n\nconst mnistA = await dataset("mnist-a");\nmnistA',
    );
  },
);

it("reads for good the version that is pinned", async () => {
  expect(await sourceFor("images", digest)).toContain(
    'await dataset("mnist-a", { version: "9f2ce41b" });',
  );
});
