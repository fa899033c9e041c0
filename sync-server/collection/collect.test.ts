import fc from "fast-check";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { digestBytes } from "../../lib/base/digest.ts";
import type { Digest, WorkspaceId } from "../../lib/base/ids.ts";
import { Blobs } from "../blobs.ts";
import { Quota } from "../quota.ts";
import type { BlobStore } from "../stores/blobs.ts";
import { openFileBlobs } from "../stores/fileBlobs.ts";
import type { Store } from "../stores/store.ts";
import { openLocalStore } from "../testing/localStore.ts";
import { type Collected, collectWorkspace } from "./collect.ts";
import { localMarking } from "./marking.ts";

vi.setConfig({ testTimeout: 30_000 });

const DAY = 24 * 3600_000;
const GRACE = 7 * DAY;

let folder: string;
let store: Store;
let blobStore: BlobStore;
let blobs: Blobs;
let workspaces = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ensemble-collect-"));
  store = await openLocalStore(join(folder, "data.sqlite"));
  blobStore = await openFileBlobs(join(folder, "blobs"));
  const quota = new Quota(blobStore, { limit: Infinity, recountMs: 0, recountFullMs: 0 });
  blobs = new Blobs({ store: blobStore, quota, refreshMs: DAY, mostWanted: 9 });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** A workspace with rooms, whose changes are kept as they are made. */
class World {
  readonly id = String(++workspaces)
    .replace(/\d/g, (digit) => "abcdefghij".charAt(Number(digit)))
    .padStart(26, "z") as WorkspaceId;
  readonly awaited = new Map<Digest, number>();
  readonly #docs = new Map<string, Y.Doc>();
  readonly #appends: Promise<unknown>[] = [];
  #blobs = 0;

  doc(room: string): Y.Doc {
    const known = this.#docs.get(room);
    if (known) return known;
    const doc = new Y.Doc();
    doc.on("update", (update: Uint8Array) => {
      this.#appends.push(store.append(`${this.id}/${room}`, update));
    });
    this.#docs.set(room, doc);
    return doc;
  }

  async blob(
    age: number,
    bytes: Uint8Array = new TextEncoder().encode(`${this.id} ${this.#blobs++}`),
  ) {
    const digest = digestBytes(bytes);
    await blobStore.write(this.id, digest, parts(bytes));
    await this.age(digest, age);
    return digest;
  }

  async age(digest: Digest, ms: number): Promise<void> {
    const seconds = (Date.now() - ms) / 1000;
    await utimes(join(folder, "blobs", this.id, digest.slice(0, 2), digest), seconds, seconds);
  }

  async has(digest: Digest): Promise<boolean> {
    return (await blobStore.find(this.id, digest)) !== undefined;
  }

  async written(): Promise<void> {
    await Promise.all(this.#appends);
  }

  /** `between`: called before each step of the collection. */
  async collect(between: () => unknown = () => undefined): Promise<Collected> {
    await this.written();
    const then = async <T>(step: () => Promise<T>): Promise<T> => {
      await between();
      return step();
    };
    return collectWorkspace(
      {
        store: {
          rooms: (workspace) => then(() => store.rooms(workspace)),
          load: (room, since) => then(() => store.load(room, since)),
        },
        blobs: {
          list: (workspace) => blobStore.list(workspace),
          read: (workspace, digest) => then(() => blobStore.read(workspace, digest)),
          refresh: (workspace, digest) => then(() => blobStore.refresh(workspace, digest)),
          discard: (workspace, digest, before) =>
            then(() => blobStore.discard(workspace, digest, before)),
        },
        marking: localMarking,
        graceMs: GRACE,
        now: Date.now,
        signal: new AbortController().signal,
        awaited: this.awaited,
      },
      this.id,
    );
  }
}

async function* parts(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const versionOf = (digest: Digest, size: number): unknown => ({
  message: "before the holidays",
  manifest: { sha256: digest, size, mime: "application/x+yjs", chunks: [digest] },
});

describe("a collection", () => {
  it("deletes what nothing names and nobody asked for in a week, and nothing else", async () => {
    const world = new World();
    const [named, young, old] = [
      await world.blob(90 * DAY),
      await world.blob(6 * DAY),
      await world.blob(8 * DAY),
    ];
    world
      .doc("notebook/a")
      .getMap("outputs")
      .set("cell", { whole: { blob: named } });
    expect(await world.collect()).toMatchObject({ kind: "done", blobs: 1 });
    expect(await Promise.all([named, young, old].map((one) => world.has(one)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("counts the time of grace from when the last name was gone", async () => {
    const world = new World();
    const digest = await world.blob(90 * DAY);
    const map = world.doc("dataset/a").getMap("versions");
    map.set("v", digest);
    await world.collect();
    map.delete("v");
    await world.collect();
    expect(await world.has(digest)).toBe(true);
    await world.age(digest, 8 * DAY);
    await world.collect();
    expect(await world.has(digest)).toBe(false);
  });

  it("keeps what only a version of a version names", async () => {
    const world = new World();
    const deep = await world.blob(90 * DAY);
    const inner = new Y.Doc();
    inner.getText("t").insert(0, `it was ${deep}`);
    const first = Y.encodeStateAsUpdateV2(inner);
    const outer = new Y.Doc();
    outer.getMap("versions").set("v", versionOf(await world.blob(90 * DAY, first), first.length));
    const second = Y.encodeStateAsUpdateV2(outer);
    const state = await world.blob(90 * DAY, second);
    world.doc("notebook/a").getMap("versions").set("v", versionOf(state, second.length));
    await world.collect();
    expect(await world.has(deep)).toBe(true);
    world.doc("notebook/a").getMap("versions").delete("v");
    for (const one of [deep, digestBytes(first), state]) await world.age(one, 8 * DAY);
    expect(await world.collect()).toMatchObject({ blobs: 3 });
  });

  it("waits for a version that has not come, but not for ever", async () => {
    const world = new World();
    const old = await world.blob(90 * DAY);
    const lost = digestBytes(Uint8Array.of(1));
    world.doc("notebook/a").getMap("versions").set("v", versionOf(lost, 1));
    expect(await world.collect()).toEqual({ kind: "put-off", reason: "version-missing" });
    expect(await world.has(old)).toBe(true);
    world.awaited.set(lost, Date.now() - 8 * DAY);
    expect(await world.collect()).toMatchObject({ kind: "done", blobs: 1, missing: [lost] });
  });

  it("deletes nothing where a room cannot be read", async () => {
    const world = new World();
    const old = await world.blob(90 * DAY);
    world.doc("index").getMap("m").set("k", 1);
    await store.append(`${world.id}/notebook/a`, Uint8Array.of(9, 9, 9));
    await expect(world.collect()).rejects.toThrow();
    const disk = (): never => {
      throw new Error("the disk fails");
    };
    await expect(world.collect(disk)).rejects.toThrow("the disk fails");
    expect(await world.has(old)).toBe(true);
  });

  it("forgets what only a deleted room named", async () => {
    const world = new World();
    const digest = await world.blob(90 * DAY);
    world.doc("run/a").getMap("m").set("k", digest);
    await world.written();
    await store.deleteRoom(`${world.id}/run/a`);
    expect(await world.collect()).toMatchObject({ blobs: 1 });
  });

  /** Before the nth step of a collection, counted from 0, a blob is moved from room to room. */
  const moving = (
    world: World,
    digest: Digest,
    moves: Readonly<Record<number, readonly [from: string, to: string]>>,
  ): (() => Promise<void>) => {
    let steps = 0;
    return async () => {
      const [from, to] = moves[steps++] ?? [];
      if (from === undefined || to === undefined) return;
      world.doc(to).getMap("m").set(digest, true);
      world.doc(from).getMap("m").delete(digest);
      await world.written();
    };
  };
  const movable = async (): Promise<{ world: World; digest: Digest }> => {
    const world = new World();
    const digest = await world.blob(90 * DAY);
    for (const room of ["a", "b", "c"]) world.doc(room).getMap("m").set("here", room);
    world.doc("c").getMap("m").set(digest, true);
    return { world, digest };
  };

  it("sees what is moved from a room that it has not read into one that it has", async () => {
    const { world, digest } = await movable();
    await world.collect(moving(world, digest, { 2: ["c", "a"] }));
    expect(await world.has(digest)).toBe(true);
  });

  it("sees what is moved on and on before its eyes", async () => {
    const { world, digest } = await movable();
    // rooms, a, b, c, and once more.
    await world.collect(moving(world, digest, { 3: ["c", "b"], 6: ["b", "a"] }));
    expect(await world.has(digest)).toBe(true);
  });

  it("never deletes what is named or was just asked for, whatever people do while it runs", async () => {
    const rooms = ["index", "notebook/a", "dataset/a"];
    const act = fc.record({
      kind: fc.constantFrom(
        "move",
        "move",
        "move",
        "copy",
        "unname",
        "ask and name",
        "ask",
        "version",
        "fold",
        "none",
      ),
      blob: fc.nat(3),
      from: fc.nat(2),
      to: fc.nat(2),
    });
    const setting = fc.record({
      ages: fc.array(fc.constantFrom(0, 6 * DAY, 8 * DAY, 90 * DAY, 91 * DAY), {
        minLength: 4,
        maxLength: 4,
      }),
      named: fc.array(fc.nat(2), { minLength: 2, maxLength: 2 }),
      acts: fc.array(act, { maxLength: 25 }),
    });
    await fc.assert(
      fc.asyncProperty(setting, async ({ ages, named, acts }) => {
        const world = new World();
        const all = await Promise.all(ages.map((age) => world.blob(age)));
        const namesIn = (room: number): Y.Map<unknown> =>
          world.doc(rooms[room] ?? "").getMap("names");
        for (const [i, room] of named.entries()) namesIn(room).set(all[i] ?? "", true);
        const promised = new Set<Digest>();
        const states = new Map<Digest, Uint8Array>();
        const waiting = [...acts];
        const step = async (): Promise<void> => {
          const one = waiting.shift();
          if (!one) return;
          const digest = all[one.blob]!;
          const holds = namesIn(one.from).has(digest);
          const room = rooms[one.from] ?? "";
          if (one.kind === "ask" || one.kind === "ask and name") {
            if ((await blobs.ask(world.id, digest)) === undefined) return;
            promised.add(digest);
            if (one.kind === "ask and name") namesIn(one.to).set(digest, true);
          } else if (one.kind === "version") {
            const state = Y.encodeStateAsUpdateV2(world.doc(room));
            const name = await world.blob(0, state);
            states.set(name, state);
            world.doc(room).getMap("versions").set(name, versionOf(name, state.length));
          } else if (one.kind === "fold") await store.compact(`${world.id}/${room}`);
          else if (one.kind !== "none" && holds) {
            if (one.kind !== "unname") namesIn(one.to).set(digest, true);
            if (one.kind !== "copy" && (one.kind === "unname" || one.to !== one.from))
              namesIn(one.from).delete(digest);
          }
          await world.written();
        };
        const outcome = await world.collect(step);
        const isNamed = (digest: Digest): boolean =>
          rooms.some((room) => JSON.stringify(world.doc(room).toJSON()).includes(digest)) ||
          [...states].some(([state, bytes]) => {
            if (!rooms.some((room) => world.doc(room).getMap("versions").has(state))) return false;
            const doc = new Y.Doc();
            Y.applyUpdateV2(doc, bytes);
            return doc.getMap("names").has(digest);
          });
        for (const [i, digest] of all.entries()) {
          if (isNamed(digest) || promised.has(digest) || (ages[i] ?? 0) < GRACE)
            expect(await world.has(digest), `blob ${i}`).toBe(true);
          else if (acts.length === 0 && outcome.kind === "done" && i > 1)
            expect(await world.has(digest), `blob ${i}`).toBe(false);
        }
        for (const state of states.keys()) expect(await world.has(state)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
