/** Blobs on their way between a browser and the real server: cut off, refused, offered again. */
import fc from "fast-check";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Digest } from "../lib/base/ids.ts";
import type { BlobManifest, WorkspaceSession } from "../lib/workspace/session.ts";
import { type Clients, code, offline, openClients, saved } from "./testing/clients.ts";
import { type Line, openLine } from "./testing/line.ts";
import { type TestBrowser, testBrowser } from "./testing/testBrowser.ts";
import { until } from "./testing/testServer.ts";

vi.setConfig({ testTimeout: 30_000 });

const MB = 1_000_000;
const CHUNK = 4 * 1024 * 1024;
let seed = 0;
const some = (length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 60_000)
    crypto.getRandomValues(bytes.subarray(at, at + 60_000));
  bytes[0] = seed++;
  return bytes;
};

let clients: Clients;
afterEach(() => clients.close());

const uploadsOf = (session: WorkspaceSession): unknown => {
  const { current } = session.connection;
  return "uploads" in current ? current.uploads : undefined;
};

describe("an upload over a line that breaks", () => {
  let line: Line;
  let browser: TestBrowser;
  let session: WorkspaceSession;
  beforeEach(async () => {
    clients = await openClients();
    line = await openLine(clients.server.origin);
    browser = testBrowser(line);
    const tab = await browser.tab();
    session = await tab.open(await tab.create("Penguins"));
    await saved(session);
  });
  afterEach(async () => {
    await browser.close();
    await line.close();
  });

  it("goes on after a kill at any byte: what had arrived whole is not sent again, and all of it arrives", async () => {
    const { id } = session;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 * CHUNK }), async (cutAt) => {
        line.asked("PUT");
        line.cutAfter(cutAt);
        const blob = await session.blobs.put(some(2 * CHUNK + 1000), "x");
        await until(() => line.isCut);
        const tab = await browser.reload();
        const stored = await chunksOn(blob);
        line.asked("PUT");
        line.mend();
        session = await tab.open(id);
        await saved(session);
        const again = line.asked("PUT");
        expect(again.filter((digest) => stored.includes(digest as Digest))).toEqual([]);
        expect((await chunksOn(blob)).length).toBe(3);
      }),
      { numRuns: 2, examples: [[CHUNK + 1000]] },
    );
  });

  it("back fetches only what is not here yet", async () => {
    const blob = await session.blobs.put(some(2 * CHUNK + 1000), "x");
    const link = await session.invite({ role: "editor", uses: 1, expiresAt: Date.now() + 60_000 });
    await saved(session);
    const other = testBrowser(line);
    const tab = await other.tab();
    const [path = "", fragment = ""] = link.split("#");
    await tab.join(path.split("/")[2] as typeof session.id, fragment);
    const jun = await tab.open(session.id);
    await saved(jun);
    const fractions: number[] = [];
    const getting = jun.blobs.get(blob, (fraction) => {
      fractions.push(fraction);
      if (fractions.length === 2) line.cutAfter(0);
    });
    expect(await code(getting)).toBe("blob-missing");
    line.mend();
    const again = await (await other.reload()).open(session.id);
    await saved(again);
    line.asked("GET");
    const [bytes] = await Promise.all([again.blobs.get(blob), again.blobs.get(blob)]);
    expect(bytes.length).toBe(blob.size);
    expect(line.asked("GET")).toEqual(blob.chunks.slice(2));
    await other.close();
  });

  const chunksOn = async ({ chunks }: BlobManifest): Promise<Digest[]> => {
    const found = await Promise.all(
      chunks.map((digest) =>
        readdir(join(clients.server.folder, "blobs", session.id, digest.slice(0, 2))).then(
          (names) => names.includes(digest),
          () => false,
        ),
      ),
    );
    return chunks.filter((_, i) => found[i]);
  };
});

describe("a workspace whose store on the server is full", () => {
  it("says so, saves everything else, sends what fits, and the rest when there is room", async () => {
    const settings = { quota: 1 * MB };
    clients = await openClients({ settings });
    const { session } = await clients.found();
    await saved(session);
    await session.blobs.put(some(0.9 * MB), "x");
    await saved(session);
    const big = await session.blobs.put(some(0.5 * MB), "x");
    const small = await session.blobs.put(some(1000), "x");
    const room = await session.open("index");
    room.doc.getMap("m").set("k", 1);
    const full = { used: 0.9 * MB, limit: 1 * MB };
    await until(() => {
      const { current } = session.connection;
      return (
        current.kind === "saving" && current.pending === 1 && current.uploads?.full !== undefined
      );
    }, "only the big blob waits");
    expect(uploadsOf(session)).toMatchObject({ chunks: 1 });
    expect((uploadsOf(session) as { full: typeof full }).full.limit).toBe(full.limit);
    expect((await session.blobs.get(big.sha256)).length).toBe(big.size);
    settings.quota = 2 * MB;
    await clients.server.stop();
    await offline(session);
    await clients.server.start();
    await saved(session);
    const other = await clients.join(session);
    expect((await other.session.blobs.get(small.sha256)).length).toBe(1000);
    expect((await other.session.blobs.get(big.sha256)).length).toBe(big.size);
  });
});

describe("what the server lost of a blob", () => {
  it("is offered again by whoever holds it, once somebody asked for it", async () => {
    clients = await openClients();
    const { session: mira, browser, id } = await clients.found();
    const jun = await clients.join(mira);
    const blob = await mira.blobs.put(some(2 * CHUNK), "x");
    await saved(mira, jun.session);
    const [lost = ""] = blob.chunks;
    await rm(join(clients.server.folder, "blobs", mira.id, lost.slice(0, 2), lost));
    expect(await code(jun.session.blobs.get(blob))).toBe("blob-missing");
    // As it does every minute, Mira's browser asks what the server lacks.
    const again = await (await browser.reload()).open(id);
    await until(
      async () => (await code(jun.session.blobs.get(blob))) === "ok",
      "it is there again",
    );
    await saved(again);
  });
});

describe("a chunk that was damaged in the browser before it was sent", () => {
  it("holds up no other, is told, and is sent when it is put again", async () => {
    clients = await openClients();
    const { browser, session } = await clients.found();
    await saved(session);
    await clients.server.stop();
    await offline(session);
    const bytes = some(1000);
    await session.blobs.put(bytes, "x");
    await browser.damageBlobs();
    await session.blobs.put(some(500), "x");
    await clients.server.start();
    await until(() => {
      const uploads = uploadsOf(session) as { chunks: number; damaged?: number } | undefined;
      return uploads?.chunks === 1 && uploads.damaged === 1;
    }, "only the damaged one waits");
    await session.blobs.put(bytes, "x");
    await saved(session);
  });
});

it("two tabs of one browser send each chunk once, and both say what is on its way", async () => {
  clients = await openClients();
  const line = await openLine(clients.server.origin);
  const browser = testBrowser(line);
  const tab = await browser.tab();
  const id = await tab.create("Penguins");
  const [first, second] = [await tab.open(id), await (await browser.tab()).open(id)];
  await saved(first, second);
  const told = new Set<unknown>();
  first.connection.subscribe(() => told.add(uploadsOf(first) && "first"));
  second.connection.subscribe(() => told.add(uploadsOf(second) && "second"));
  const blob = await second.blobs.put(some(3 * CHUNK), "x");
  await until(() => told.has("first") && told.has("second"));
  await saved(first, second);
  expect(line.asked("PUT").sort()).toEqual([...blob.chunks].sort());
  await browser.close();
  await line.close();
});
