/** Blobs between browsers and the real server. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { digestBytes } from "../lib/base/digest.ts";
import { type Clients, code, offline, openClients, saved } from "./testing/clients.ts";

vi.setConfig({ testTimeout: 20_000 });

let clients: Clients;
beforeEach(async () => {
  clients = await openClients();
});
afterEach(() => clients.close());

describe("a blob", () => {
  const bytes = (length: number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from({ length }, (_, i) => (i * 31) % 251);

  it("put offline is there at once, and fetched by others when the server is back", async () => {
    const { session: mira } = await clients.found();
    const jun = await clients.join(mira);
    await clients.server.stop();
    await offline(mira);
    const small = await mira.blobs.put(bytes(1000), "text/csv");
    const big = await mira.blobs.put(bytes(5 * 1024 * 1024), "image/x");
    expect(big.chunks).toHaveLength(2);
    expect(digestBytes(await mira.blobs.get(big.sha256))).toBe(big.sha256);
    expect(await code(jun.session.blobs.get(small.sha256))).toBe("blob-missing");
    const total = small.size + big.size;
    const uploads = { chunks: 3, sent: 0, total };
    expect(mira.connection.current).toMatchObject({ kind: "offline", pending: 3, uploads });
    await clients.server.start();
    await saved(mira, jun.session);
    const fractions: number[] = [];
    expect(await jun.session.blobs.get(small.sha256)).toEqual(bytes(1000));
    const got = await jun.session.blobs.get(big, (fraction) => fractions.push(fraction));
    expect(digestBytes(got)).toBe(big.sha256);
    expect(fractions.at(-1)).toBe(1);
    await clients.server.stop();
    expect((await jun.session.blobs.get(big.sha256)).length).toBe(big.size);
    await clients.server.start();
  });

  it("that a manifest gets wrong is refused", async () => {
    const { session } = await clients.found();
    const a = await session.blobs.put(bytes(10), "x");
    const b = await session.blobs.put(bytes(20), "x");
    const lie = { ...a, sha256: "0".repeat(64) as typeof a.sha256, chunks: b.chunks };
    expect(await code(session.blobs.get(lie))).toBe("blob-missing");
    const jun = await clients.join(session);
    const big = await session.blobs.put(bytes(5 * 1024 * 1024), "x");
    await saved(session);
    const turned = { ...big, chunks: big.chunks.toReversed() };
    expect(await code(jun.session.blobs.get(turned))).toBe("blob-missing");
    expect((await jun.session.blobs.get(big)).length).toBe(big.size);
  });

  it("that was damaged here is fetched again, and is what it was", async () => {
    const { browser, session } = await clients.found();
    const big = await session.blobs.put(bytes(5 * 1024 * 1024), "x");
    await saved(session);
    await browser.damageBlobs();
    expect(digestBytes(await session.blobs.get(big.sha256))).toBe(big.sha256);
    await clients.server.stop();
    expect((await session.blobs.get(big.sha256)).length).toBe(big.size);
    await browser.damageBlobs();
    expect(await code(session.blobs.get(big.sha256))).toBe("blob-missing");
    await clients.server.start();
  });

  it("that is given up on half way goes nowhere", async () => {
    const { session } = await clients.found();
    await saved(session);
    await clients.server.stop();
    await offline(session);
    const abort = new AbortController();
    const told: number[] = [];
    const put = session.blobs.put(bytes(9 * 1024 * 1024), "x", {
      signal: abort.signal,
      progress(fraction) {
        told.push(fraction);
        abort.abort();
      },
    });
    await expect(put).rejects.toThrow();
    expect(told).toEqual([1 / 3]);
    await session.blobs.put(bytes(10), "x");
    const uploads = { chunks: 1, sent: 0, total: 10 };
    expect(session.connection.current).toMatchObject({ kind: "offline", pending: 1, uploads });
    await clients.server.start();
  });
});
