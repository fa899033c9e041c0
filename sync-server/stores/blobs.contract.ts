/** What every store of blobs has to do. An implementation's test calls this with how to open one. */
import fc from "fast-check";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { digestBytes } from "../../lib/base/digest.ts";
import type { Digest, WorkspaceId } from "../../lib/base/ids.ts";
import type { BlobStore, ByteRange, ListedBlob } from "./blobs.ts";

const HOUR = 3_600_000;

export interface BlobPlace {
  /** Called again after close, it has to find what was kept. */
  open(): Promise<BlobStore>;
  /** Makes the time of a blob this one. */
  setTime(workspace: WorkspaceId, digest: Digest, time: number): Promise<void>;
  clean(): Promise<void>;
}

/** `runs`: how often chance is tried. */
export function describeBlobStore(
  name: string,
  runs: number,
  prepare: () => Promise<BlobPlace>,
): void {
  describe(name, () => {
    let place: BlobPlace;
    let store: BlobStore;
    let workspace: WorkspaceId;
    let workspaces = 0;
    beforeAll(async () => {
      place = await prepare();
      store = await place.open();
    });
    afterAll(async () => {
      await store.close();
      await place.clean();
    });
    const newWorkspace = (): WorkspaceId =>
      "abcdefgh"
        .slice(workspaces % 8, (workspaces % 8) + 1)
        .repeat(25)
        .concat("abcdefghijklmnopqrstuvwxyz".charAt(Math.floor(workspaces++ / 8))) as WorkspaceId;
    beforeEach(() => void (workspace = newWorkspace()));

    async function* inParts(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) {
        await new Promise(setImmediate);
        yield bytes.subarray(at, at + size);
      }
    }
    const keep = async (bytes: Uint8Array): Promise<Digest> => {
      const digest = digestBytes(bytes);
      expect(await store.write(workspace, digest, inParts(bytes))).toBe("kept");
      return digest;
    };
    const read = async (digest: Digest, range?: ByteRange): Promise<Uint8Array> => {
      const parts: Buffer[] = [];
      for await (const part of await store.read(workspace, digest, range))
        parts.push(part as Buffer);
      return new Uint8Array(Buffer.concat(parts));
    };
    const listed = async (of = workspace): Promise<ListedBlob[]> => {
      const all: ListedBlob[] = [];
      for await (const one of store.list(of)) all.push(one);
      return all.sort((a, b) => (a.digest < b.digest ? -1 : 1));
    };
    const some = (size = 3000): Uint8Array => new Uint8Array(randomBytes(size));

    it("has nothing of a workspace that kept nothing", async () => {
      const digest = digestBytes(some());
      expect(await store.find(workspace, digest)).toBeUndefined();
      expect(await store.refresh(workspace, digest)).toBe(false);
      expect(await store.discard(workspace, digest, Date.now() + HOUR)).toBe(false);
      expect(await listed()).toEqual([]);
    });

    it("gives back what was written, whole and in ranges, over a restart, to its workspace alone", async () => {
      const [bytes, empty] = [some(), new Uint8Array()];
      const digest = await keep(bytes);
      const nothing = await keep(empty);
      await store.close();
      store = await place.open();
      expect(await read(digest)).toEqual(bytes);
      expect(await store.find(workspace, nothing)).toMatchObject({ size: 0 });
      expect(await read(digest, { start: 10, end: 19 })).toEqual(bytes.subarray(10, 20));
      expect(await read(digest, { start: 2990, end: 2999 })).toEqual(bytes.subarray(2990));
      const facts = await store.find(workspace, digest);
      expect(facts?.size).toBe(3000);
      expect(Math.abs((facts?.time ?? 0) - Date.now())).toBeLessThan(10_000);
      expect(await store.find(newWorkspace(), digest)).toBeUndefined();
    });

    it("shows bytes under their name only when all of them are there and are what the name says", async () => {
      const bytes = some();
      const digest = digestBytes(bytes);
      async function* watched(): AsyncGenerator<Uint8Array> {
        for await (const part of inParts(bytes)) {
          expect(await store.find(workspace, digest)).toBeUndefined();
          yield part;
        }
      }
      async function* cutOff(): AsyncGenerator<Uint8Array> {
        yield* inParts(bytes.subarray(0, 2500));
        throw new Error("the client is gone");
      }
      await expect(store.write(workspace, digest, cutOff())).rejects.toThrow("the client is gone");
      expect(await store.write(workspace, digest, inParts(bytes.subarray(1)))).toBe(
        "digest-differs",
      );
      expect(await store.find(workspace, digest)).toBeUndefined();
      expect(await listed()).toEqual([]);
      expect(await store.write(workspace, digest, watched())).toBe("kept");
      expect(await read(digest)).toEqual(bytes);
    });

    it("keeps once what several write at the same time", async () => {
      const bytes = some();
      const digests = await Promise.all([keep(bytes), keep(bytes), keep(bytes)]);
      expect((await listed()).map(({ digest }) => digest)).toEqual([digests[0]]);
    });

    it("lists what there is with sizes and times, for each workspace apart", async () => {
      const digests = [await keep(some(10)), await keep(some(20)), await keep(some(30))];
      const old = Date.now() - 24 * HOUR;
      await place.setTime(workspace, digests[1]!, old);
      const all = await listed();
      expect(all.map(({ digest }) => digest)).toEqual([...digests].sort());
      expect(all.reduce((sum, { size }) => sum + size, 0)).toBe(60);
      const aged = all.find(({ digest }) => digest === digests[1]);
      expect(Math.abs((aged?.time ?? 0) - old)).toBeLessThan(2000);
      expect(await listed(newWorkspace())).toEqual([]);
    });

    it("discards only what is older than it is told, and a refresh makes it new", async () => {
      const digest = await keep(some());
      const dayAgo = Date.now() - 24 * HOUR;
      expect(await store.discard(workspace, digest, dayAgo)).toBe(false);
      await place.setTime(workspace, digest, dayAgo - HOUR);
      expect(await store.refresh(workspace, digest)).toBe(true);
      expect((await store.find(workspace, digest))?.time).toBeGreaterThan(dayAgo);
      expect((await listed())[0]?.time).toBeGreaterThan(dayAgo);
      expect(await store.discard(workspace, digest, dayAgo)).toBe(false);
      await place.setTime(workspace, digest, dayAgo - HOUR);
      expect(await store.discard(workspace, digest, dayAgo)).toBe(true);
      expect(await store.find(workspace, digest)).toBeUndefined();
      expect(await listed()).toEqual([]);
      await expect(read(digest)).rejects.toThrow();
    });

    it("discards once what it is told to discard several times at once", async () => {
      const digest = await keep(some(100));
      const dayAgo = Date.now() - 24 * HOUR;
      await place.setTime(workspace, digest, dayAgo - HOUR);
      const all = [1, 2, 3].map(() => store.discard(workspace, digest, dayAgo));
      expect(await Promise.all(all)).toContain(true);
      expect(await store.find(workspace, digest)).toBeUndefined();
    });

    it("never discards what it has just told somebody is there, or has just taken", async () => {
      const turns = fc.array(fc.constantFrom("refresh", "write", "discard", "pause"), {
        minLength: 2,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(turns, async (acts) => {
          const bytes = some(100);
          const digest = await keep(bytes);
          const dayAgo = Date.now() - 24 * HOUR;
          await place.setTime(workspace, digest, dayAgo - HOUR);
          let promised = false;
          const going: Promise<unknown>[] = [];
          for (const act of ["discard", ...acts]) {
            if (act === "pause") await new Promise(setImmediate);
            else if (act === "discard") going.push(store.discard(workspace, digest, dayAgo));
            else if (act === "refresh")
              going.push(
                store.refresh(workspace, digest).then((there) => void (promised ||= there)),
              );
            else going.push(keep(bytes).then(() => (promised = true)));
          }
          await Promise.allSettled(going);
          if (promised) expect(await read(digest)).toEqual(bytes);
        }),
        { numRuns: runs },
      );
    });
  });
}
