/** What everything that keeps rooms and blobs has to do. An implementation's test says how to open one. */
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { digestBytes } from "../base/digest.ts";
import type { Digest } from "../base/ids.ts";
import { type BlobStore, CHUNK_BYTES } from "./blobStore.ts";
import { applyContent } from "./fold.ts";
import type { UpdateLog } from "./updateLog.ts";

const ROOM = "w/notebook/a";

/** A document whose changes are appended to the log as they are made. */
function typing(log: UpdateLog, room = ROOM): { doc: Y.Doc; appended: () => Promise<number[]> } {
  const doc = new Y.Doc();
  const appends: Promise<number>[] = [];
  doc.on("update", (update: Uint8Array) => void appends.push(log.append(room, update)));
  return { doc, appended: () => Promise.all(appends) };
}

async function textIn(log: UpdateLog, room = ROOM): Promise<string> {
  const doc = new Y.Doc();
  applyContent(doc, await log.load(room));
  return doc.getText("t").toJSON();
}

/** `reopen` finds what was kept; `damage` puts an entry into the room's log that is no update. */
export function describeUpdateLog(
  name: string,
  prepare: () => Promise<{
    log: UpdateLog;
    reopen: () => Promise<UpdateLog>;
    damage: (room: string) => Promise<void>;
  }>,
): void {
  describe(`the update log ${name}`, () => {
    let log: UpdateLog;
    let reopen: () => Promise<UpdateLog>;
    let damage: (room: string) => Promise<void>;
    beforeEach(async () => {
      ({ log, reopen, damage } = await prepare());
    });

    it("has nothing of a room that nobody wrote to", async () => {
      expect(await log.load(ROOM)).toEqual({ snapshot: undefined, updates: [], pending: [] });
      expect(await log.rooms("w/")).toEqual([]);
      expect((await log.pending("w/")).size).toBe(0);
    });

    it("gives back whatever was typed, however it was cut into appends", async () => {
      let room = 0;
      const edit = fc.record({ at: fc.nat(50), text: fc.string({ minLength: 1, maxLength: 3 }) });
      await fc.assert(
        fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 30 }), async (edits) => {
          const name = `w/notebook/${room++}`;
          const { doc, appended } = typing(log, name);
          const text = doc.getText("t");
          for (const { at, text: letters } of edits)
            text.insert(Math.min(at, text.length), letters);
          const changes = await appended();
          expect(await textIn(log, name)).toBe(text.toJSON());
          expect((await log.load(name)).pending).toEqual(changes);
        }),
        { numRuns: 20 },
      );
    });

    it("folds a long log, and goes on saying the same and waiting for the same", async () => {
      const { doc, appended } = typing(log);
      for (let i = 0; i < 700; i++) {
        doc.getText("t").insert(0, String(i % 10));
        if (i % 100 === 0) await appended();
      }
      const changes = await appended();
      const again = await reopen();
      expect(await textIn(again)).toBe(doc.getText("t").toJSON());
      expect((await again.load(ROOM)).pending).toHaveLength(changes.length);
      expect(new Set(changes).size).toBe(700);
    });

    it("never forgets what waits, until it is acknowledged, over a restart", async () => {
      const { doc, appended } = typing(log);
      doc.getText("t").insert(0, "a");
      doc.getText("t").insert(1, "b");
      const [first = 0, second = 0] = await appended();
      await log.acknowledge([first]);
      const again = await reopen();
      expect((await again.load(ROOM)).pending).toEqual([second]);
      expect([...(await again.pending("w/"))]).toEqual([[ROOM, 1]]);
      await again.acknowledge([second, second]);
      expect((await (await reopen()).pending("w/")).size).toBe(0);
    });

    it("keeps what a server has without waiting for anything", async () => {
      const doc = new Y.Doc();
      doc.getText("t").insert(0, "theirs");
      await log.appendAcknowledged(ROOM, Y.encodeStateAsUpdate(doc));
      expect(await textIn(await reopen())).toBe("theirs");
      expect((await log.pending("w/")).size).toBe(0);
      await log.mark(ROOM);
      expect((await log.load(ROOM)).pending).toHaveLength(1);
    });

    it("may gather what is being sent, and has it when it is asked or left", async () => {
      const doc = new Y.Doc();
      const changes: Promise<number>[] = [];
      doc.on("update", (update: Uint8Array) => void changes.push(log.append(ROOM, update, true)));
      doc.getText("t").insert(0, "a");
      expect(await textIn(log)).toBe("a");
      doc.getText("t").insert(1, "b");
      await log.written();
      const again = await reopen();
      expect(await textIn(again)).toBe("ab");
      expect((await again.load(ROOM)).pending).toEqual(await Promise.all(changes));
    });

    it("tells rooms and workspaces apart", async () => {
      for (const room of ["w/a", "w/b", "wx/a"]) {
        const { doc, appended } = typing(log, room);
        doc.getText("t").insert(0, room);
        await appended();
      }
      expect(await log.rooms("w/")).toEqual(["w/a", "w/b"]);
      expect([...(await log.pending("wx/")).keys()]).toEqual(["wx/a"]);
      expect(await textIn(log, "w/b")).toBe("w/b");
    });

    it("sets a damaged entry aside, and gives back all the rest", async () => {
      const { doc, appended } = typing(log);
      doc.getText("t").insert(0, "a");
      await appended();
      await damage(ROOM);
      doc.getText("t").insert(1, "b");
      await appended();
      const told: string[] = [];
      log.onAside((room) => told.push(room));
      expect(await textIn(log)).toBe("ab");
      expect(told).toEqual([ROOM]);
      const again = await reopen();
      expect(await textIn(again)).toBe("ab");
      const [found, ...more] = await again.damages("w/");
      expect(found).toMatchObject({ room: ROOM, kind: "change", told: false });
      expect(found?.bytes).toEqual(Uint8Array.of(9, 9, 9));
      expect(more).toEqual([]);
      await again.damagesTold("w/");
      expect((await again.damages("w/"))[0]?.told).toBe(true);
      await again.forgetDamages("w/");
      expect(await again.damages("w/")).toEqual([]);
    });

    it("takes a room that came whole, and pushes it", async () => {
      const doc = new Y.Doc();
      doc.getText("t").insert(0, "theirs");
      await log.adopt(ROOM, Y.encodeStateAsUpdateV2(doc));
      const again = await reopen();
      expect(await textIn(again)).toBe("theirs");
      expect([...(await again.pending("w/"))]).toEqual([[ROOM, 1]]);
    });

    it("makes a draft of a room in one step: its log is empty, its content is not lost", async () => {
      const { doc, appended } = typing(log);
      doc.getText("t").insert(0, "mine");
      await appended();
      await log.setAside(ROOM, "read-only");
      expect(await log.load(ROOM)).toEqual({ snapshot: undefined, updates: [], pending: [] });
      const again = await reopen();
      const [draft] = await again.drafts("w/");
      const kept = new Y.Doc();
      Y.applyUpdateV2(kept, draft?.state ?? new Uint8Array());
      expect(kept.getText("t").toJSON()).toBe("mine");
      expect(draft).toMatchObject({ room: ROOM, reason: "read-only" });
      await again.forgetDraft(draft?.id ?? 0);
      expect(await again.drafts("w/")).toEqual([]);
    });
  });
}

/** `open`: over an empty place, with a clock of the test's. */
export function describeBlobStore(
  name: string,
  open: (now: () => number) => Promise<BlobStore>,
): void {
  describe(`the blob store ${name}`, () => {
    const DAY = 24 * 3600_000;
    let now = 0;
    let store: BlobStore;
    beforeEach(async () => {
      now = 1e12;
      store = await open(() => now);
    });
    const put = async (...bytes: number[]): Promise<Digest> => {
      const digest = digestBytes(Uint8Array.from(bytes));
      await store.putChunk(digest, Uint8Array.from(bytes));
      return digest;
    };
    const waiting = async (): Promise<Digest[]> =>
      (await store.waiting()).map(({ digest }) => digest).sort();

    it("keeps chunks and manifests, and knows what the server lacks", async () => {
      const [digest, fetched] = [await put(1, 2, 3), await put(4)];
      expect(await store.chunk(digestBytes(Uint8Array.of(9)))).toBeUndefined();
      expect(await store.chunk(digest)).toEqual(Uint8Array.of(1, 2, 3));
      expect(await store.waiting()).toEqual([]); // a blob that is not whole goes nowhere
      const manifest = { sha256: digest, size: 3, mime: "x", chunks: [digest] };
      await store.putManifest(manifest, true);
      await store.putManifest({ ...manifest, sha256: fetched, chunks: [fetched] }, false);
      expect(await store.manifest(digest)).toEqual(manifest);
      expect(await store.waiting()).toEqual([{ digest, size: 3 }]);
      await store.uploaded(digest);
      expect(await store.waiting()).toEqual([]);
    });

    it("says how big each waiting chunk is", async () => {
      const [first, last] = [await put(1), await put(2)];
      const size = CHUNK_BYTES + 7;
      await store.putManifest({ sha256: first, size, mime: "x", chunks: [first, last] }, true);
      const sizes = new Map((await store.waiting()).map(({ digest, size }) => [digest, size]));
      expect(sizes.get(first)).toBe(CHUNK_BYTES);
      expect(sizes.get(last)).toBe(7);
    });

    it("offers again all that is here of whole blobs, or only what is asked for", async () => {
      const [a, b, loose] = [await put(1), await put(2), await put(3)];
      const gone = digestBytes(Uint8Array.of(4));
      for (const sha256 of [a, b, gone])
        await store.putManifest({ sha256, size: 1, mime: "x", chunks: [sha256] }, false);
      await store.waitAgain([b, loose, gone, digestBytes(Uint8Array.of(5))]);
      expect(await waiting()).toEqual([b]);
      await store.waitAgain();
      expect(await waiting()).toEqual([a, b].sort());
    });

    it("forgets chunks of what was given up half way, after a while, and no others", async () => {
      const [whole, half] = [await put(1), await put(2)];
      await store.putManifest({ sha256: whole, size: 1, mime: "x", chunks: [whole] }, false);
      now += 2 * DAY;
      const young = await put(3);
      expect(await store.collect(now - DAY)).toBe(1);
      expect(await store.chunk(half)).toBeUndefined();
      expect(await store.chunk(young)).toBeDefined();
      expect(await store.chunk(whole)).toBeDefined();
    });

    it("keeps a chunk that was given up once and is being put again", async () => {
      const chunk = await put(1);
      now += 2 * DAY;
      await put(1);
      expect(await store.collect(now - DAY)).toBe(0);
      await store.putManifest({ sha256: chunk, size: 1, mime: "x", chunks: [chunk] }, false);
      now += 2 * DAY;
      await put(1); // and given up
      now += 2 * DAY;
      expect(await store.collect(now - DAY)).toBe(0);
      expect(await store.chunk(chunk)).toBeDefined();
    });
  });
}
