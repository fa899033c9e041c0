/** What an operator meets: health, numbers, the log, and a server that strangers try to hold up. */
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { signIn } from "../lib/platform/node/client.ts";
import { digestBytes } from "../lib/base/digest.ts";
import { countedLog } from "./countedLog.ts";
import { errorFacts, tagOf } from "./log.ts";
import { openReadiness } from "./readiness.ts";
import { openRawSocket } from "./testing/rawSocket.ts";
import { type TestServer, startTestServer, until } from "./testing/testServer.ts";

vi.setConfig({ testTimeout: 30_000 });

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Every line of the page by its name and labels, as in `a_total{reason="x"}`. */
async function readMetrics({
  origin,
}: Pick<TestServer, "origin">): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const found = /^([a-zA-Z_:]+(?:\{[^}]*\})?) (\S+)$/.exec(line);
      expect(found, line).not.toBeNull();
      return [found?.[1] ?? "", Number(found?.[2])];
    }),
  );
}

const updateOf = (text: string): Uint8Array => {
  const doc = new Y.Doc();
  doc.getText("t").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
};

describe("/metrics", () => {
  it("moves with what happens: rooms, people, commits, bytes, refusals, blobs and folds", async () => {
    server = await startTestServer();
    const before = await readMetrics(server);
    const place = await server.found();
    const { token } = await signIn(place, place.owner);
    const socket = openRawSocket(place, "index", token);
    await socket.opened;
    for (let i = 1; i <= 3; i++) {
      socket.update(updateOf("x".repeat(1000)));
      await until(() => socket.durable() === i);
    }
    expect(await openRawSocket(place, "index", "nonsense").closed).toContain("bad-token");
    const bytes = new Uint8Array(20_000).fill(3);
    const url = `${place.origin}/w/${place.workspace}/blobs/${digestBytes(bytes)}`;
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(url, { method: "PUT", headers, body: bytes })).status).toBe(204);
    await (await fetch(url, { headers })).arrayBuffer();

    // A log of so many bytes is folded at once.
    socket.update(updateOf("y".repeat(5_000_000)));
    const folds = 'ensemble_compaction_seconds_count{outcome="done"}';
    const { origin } = server;
    await until(async () => (await readMetrics({ origin })).get(folds) === 1);

    // The event loop is held up twice: how late it is counts from one look to the next.
    for (let i = 0; i < 2; i++) {
      const end = performance.now() + 100;
      while (performance.now() < end);
      await new Promise((resolve) => setTimeout(resolve));
    }
    const after = await readMetrics(server);
    const grown = (name: string): number => (after.get(name) ?? NaN) - (before.get(name) ?? 0);
    expect(grown("ensemble_rooms")).toBe(1);
    expect(grown("ensemble_connections")).toBe(1);
    expect(grown("ensemble_members_online")).toBe(1);
    expect(grown("ensemble_commit_seconds_count")).toBe(4);
    expect(grown("ensemble_commit_batch_size_count")).toBeGreaterThanOrEqual(4);
    expect(grown("ensemble_appended_bytes_total")).toBeGreaterThan(3000);
    expect(grown("ensemble_snapshot_bytes_total")).toBeGreaterThan(5_000_000);
    expect(grown("ensemble_received_bytes_total")).toBeGreaterThan(3000);
    expect(grown("ensemble_sent_bytes_total")).toBeGreaterThan(0);
    expect(grown('ensemble_network_bytes_total{direction="in"}')).toBeGreaterThan(20_000);
    expect(grown('ensemble_blob_bytes_total{direction="in"}')).toBe(20_000);
    expect(grown('ensemble_blob_bytes_total{direction="out"}')).toBe(20_000);
    expect(grown('ensemble_refusals_total{reason="bad-token"}')).toBe(1);
    expect(grown('ensemble_load_seconds_count{outcome="done"}')).toBe(1);
    expect(after.get('ensemble_store_bytes{file="database"}')).toBeGreaterThan(4096);
    expect(after.get('ensemble_store_bytes{file="log"}')).toBeGreaterThan(4096);
    expect(after.get('nodejs_eventloop_lag_seconds{quantile="1"}')).toBeGreaterThan(0.05);
    expect(grown("process_cpu_seconds_total")).toBeGreaterThan(0);
    expect(after.get("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
    socket.ws.close();
    await until(
      async () =>
        server !== undefined && (await readMetrics(server)).get("ensemble_connections") === 0,
    );
  });

  it("names nobody and nothing", async () => {
    server = await startTestServer();
    const place = await server.found();
    const { token } = await signIn(place, place.owner);
    const socket = openRawSocket(place, "index", token);
    socket.ws.on("open", () => socket.update(updateOf("the secret recipe")));
    await until(() => socket.durable() === 1);
    const text = await (await fetch(`${server.origin}/metrics`)).text();
    for (const secret of [place.workspace, place.owner.publicKey, token, "recipe", "index"])
      expect(text).not.toContain(secret);
  });
});

describe("/readyz", () => {
  const look = async (): Promise<[number, unknown]> => {
    const answer = await fetch(`${server?.origin}/readyz`);
    return [answer.status, await answer.json()];
  };

  it("is well where the store takes a write and the disk has room", async () => {
    server = await startTestServer();
    expect(await look()).toEqual([
      200,
      { ready: true, store: true, bus: true, disk: true, running: true },
    ]);
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
  });

  it("says what is not well, while the process lives on", async () => {
    server = await startTestServer({
      limits: { freeDiskBytes: Number.MAX_SAFE_INTEGER, probeMs: 50 },
      wrap: (store) => ({ ...store, healthy: () => new Promise(() => undefined) }),
    });
    expect(await look()).toEqual([
      503,
      { ready: false, store: false, bus: true, disk: false, running: true },
    ]);
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
  });

  it("is no more from the moment that the server stops, and asks nobody twice within a second", async () => {
    let [asked, now] = [0, 0];
    const check = (): Promise<boolean> => Promise.resolve(++asked > 0);
    const readiness = openReadiness({ check }, 100, undefined, () => now);
    await Promise.all([readiness.look(), readiness.look()]);
    expect(asked).toBe(1);
    now = 1000;
    expect((await readiness.look()).ready).toBe(true);
    expect(asked).toBe(2);
    readiness.stopping();
    expect(await readiness.look()).toEqual({
      ready: false,
      facts: { check: true, running: false },
    });
  });
});

describe("the log", () => {
  it("says what happened and holds no content, token, key, name or workspace", async () => {
    server = await startTestServer({
      limits: { slowCommitMs: 0 },
      wrap: (store) => ({
        ...store,
        load: (room, since) =>
          room.endsWith("runs")
            ? Promise.reject(new Error(`cannot open '${room}' for "the recipe"`))
            : store.load(room, since),
      }),
    });
    const place = await server.found();
    const { token } = await signIn(place, place.owner);
    const socket = openRawSocket(place, "index", token);
    await socket.opened;
    socket.update(updateOf("the secret recipe"));
    socket.announce(1, 1, { name: "Mira Lind" });
    await until(() => socket.durable() === 1);
    await openRawSocket(place, "runs", token).closed;
    await openRawSocket(place, "index", `${token}x`).closed;
    socket.send(Uint8Array.of(0, 2, 9, 9, 9));
    await socket.closed;
    await server.stop();
    const lines = server.logged.map(({ level, said: [facts, text] }) => {
      const { err, ...rest } = typeof facts === "object" ? { ...(facts as { err?: unknown }) } : {};
      return [level, text ?? facts, rest, err === undefined ? {} : errorFacts(err)] as const;
    });
    const said = lines.map(([, text]) => text);
    for (const text of ["started", "stopping", "stopped", "refused", "slow commits"])
      expect(said).toContain(text);
    expect(lines.find(([, text]) => text === "a room could not be loaded")?.slice(2)).toMatchObject(
      [{ workspace: tagOf(place.workspace) }, { kind: "Error", message: "cannot open … for …" }],
    );
    const all = JSON.stringify(lines);
    for (const secret of [
      "recipe",
      "Mira",
      token,
      place.workspace,
      place.owner.publicKey,
      "127.0.0.1",
    ])
      expect(all).not.toContain(secret);
  });

  it("is not filled by a flood: the first of a kind, then their number", () => {
    const lines: unknown[] = [];
    const log = { warn: (...said: unknown[]) => void lines.push(said) };
    vi.useFakeTimers();
    try {
      const counted = countedLog(log, 60_000);
      for (let i = 0; i < 10_000; i++) counted.count("refused", "bad-token");
      counted.count("slow commits", undefined, 1200.4);
      for (let i = 0; i < 1000; i++) counted.count("refused", `invented ${i}`);
      expect(lines).toHaveLength(200);
      expect(lines.slice(0, 2)).toEqual([
        [{ code: "bad-token", count: 1 }, "refused"],
        [{ count: 1, ms: 1200 }, "slow commits"],
      ]);
      lines.length = 0;
      vi.advanceTimersByTime(60_000);
      expect(lines).toEqual([[{ code: "bad-token", count: 9999 }, "refused"]]);
      vi.advanceTimersByTime(120_000);
      expect(lines).toHaveLength(1);
      counted.count("refused", "bad-token");
      expect(lines).toHaveLength(2);
      counted.close();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a stranger who wants to hold the server up", () => {
  /** What came back on a connection until it ended, after these bytes. */
  const talk = ({ origin }: TestServer, bytes: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => socket.write(bytes));
      let heard = "";
      socket.on("data", (data) => (heard += data.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(heard));
    });

  it("is let go of where the headers never come to an end, or nothing comes at all", async () => {
    server = await startTestServer({ limits: { headersMs: 200 } });
    const [slow, silent] = await Promise.all([
      talk(server, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-More: "),
      talk(server, ""),
    ]);
    expect(slow).toMatch(/^HTTP\/1.1 408 /);
    expect(silent).toMatch(/^HTTP\/1.1 408 |^$/);
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
  });

  it("is turned away where the headers are huge", async () => {
    server = await startTestServer();
    const huge = `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Huge: ${"x".repeat(40_000)}\r\n\r\n`;
    expect(await talk(server, huge)).toMatch(/^HTTP\/1.1 431 /);
  });
});
