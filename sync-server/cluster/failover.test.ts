import { afterAll, beforeAll, expect, it } from "vitest";
import * as Y from "yjs";
import {
  type NodeRoom,
  type Place,
  deliverEntries,
  openRoom,
  signIn,
} from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import type { FoundedWorkspace } from "../../lib/testing/foundedWorkspace.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { type Balancer, openBalancer } from "../testing/balancer.ts";
import { type FakeS3, startFakeS3 } from "../testing/fakeS3.ts";
import { openRawSocket } from "../testing/rawSocket.ts";
import { type Service, startPostgres, startRedis } from "../testing/services.ts";
import { type SteadyClient, openSteadyClient } from "../testing/steadyClient.ts";
import { notebookRoom } from "../torture/reader.ts";
import { type ServerProcess, startProcess } from "../torture/serverProcess.ts";

const ROOMS = [0, 1, 2].map(notebookRoom);
/** Clients in each room on each node, every second one asking for acknowledgements. */
const CLIENTS = 4;
const seed = Number(process.env["ENSEMBLE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

let s3: FakeS3;
let redis: Service;
let postgres: Service;
let nodes: ServerProcess[];
/** In front of both nodes: one prefers the first, the other the second. */
let fronts: Balancer[];
let place: FoundedWorkspace & Place;
let clients: SteadyClient[];
let writing: NodeJS.Timeout;
let chance: Chance;

const say = (line: string): void => console.log(line);

beforeAll(async () => {
  say(`ENSEMBLE_SEED=${seed}`);
  chance = chanceFrom(seed);
  [redis, postgres] = [await startRedis(), await startPostgres()];
  s3 = await startFakeS3();
  const env = {
    ENSEMBLE_POSTGRES: postgres.url,
    ENSEMBLE_REDIS: redis.url,
    ENSEMBLE_S3: s3.place,
  };
  // Both at once, over an empty database.
  nodes = await Promise.all([startProcess({ env }), startProcess({ env })]);
  const [first, second] = nodes.map(({ origin }) => origin);
  fronts = [await openBalancer([first!, second!]), await openBalancer([second!, first!])];
  place = await nodes[0]!.found();
  clients = [];
  for (const [f, { origin }] of fronts.entries())
    for (const [r, room] of ROOMS.entries())
      for (let c = 0; c < CLIENTS; c++) {
        const { token } = await signIn({ ...place, origin }, place.owner);
        const name = `n${f}r${r}c${c}`;
        clients.push(openSteadyClient({ ...place, origin }, room, token, name, c % 2 === 0));
      }
  // Each writes ten times a second, whatever else happens.
  writing = setInterval(() => {
    for (const client of clients) if (chance.between(1, 5) === 1) client.write();
  }, 20);
}, 120_000);

afterAll(async () => {
  clearInterval(writing);
  for (const client of clients) client.close();
  await Promise.all([...fronts, ...nodes].map((one) => one.close()));
  await Promise.all([redis.close(), postgres.close(), s3.close()]);
});

/** Resolves with the milliseconds that it took until the condition held; rejects after `ms`. */
async function comesTrue(what: string, ms: number, holds: () => boolean): Promise<number> {
  const began = performance.now();
  while (!holds()) {
    if (performance.now() - began > ms) throw new Error(`within ${ms} ms it never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Math.round(performance.now() - began);
}

const durable = (): SteadyClient[] => clients.filter(({ provider }) => asks(provider.protocols));
const asks = (protocols: readonly string[]): boolean => protocols.length > 1;

/** Until everybody who asks was told that everything they have written by now is durable. */
function acknowledgedByNow(ms: number, of = durable()): Promise<number> {
  const written = new Map(of.map((client) => [client, client.written]));
  return comesTrue("everything is acknowledged", ms, () =>
    of.every((client) => client.acknowledged >= (written.get(client) ?? 0)),
  );
}

/** Until everybody has what everybody else in their room has written by now. */
function crossedByNow(ms: number): Promise<number> {
  const written = clients.map(({ name, room, written }) => ({ name, room, written }));
  return comesTrue("everybody has everything", ms, () =>
    clients.every((client) =>
      written
        .filter(({ room }) => room === client.room)
        .every(({ name, written }) => client.doc.getArray(name).length >= written),
    ),
  );
}

async function stranger(origin: string, room: (typeof ROOMS)[number]): Promise<NodeRoom> {
  const at = { ...place, origin };
  const opened = openRoom(at, room, await signIn(at, place.owner), { doc: new Y.Doc() });
  await opened.synced;
  return opened;
}

/**
 * What of the acknowledged is not there for somebody who was never here before. What was acknowledged on the other
 * node just before may come a moment after they do.
 */
async function lostAt(origin: string): Promise<string[]> {
  const told = clients.map((client) => ({ client, count: client.acknowledged }));
  const opened = await Promise.all(ROOMS.map((room) => stranger(origin, room)));
  const wrong = (): string[] =>
    told.flatMap(({ client, count }) =>
      client.wrongIn(opened[ROOMS.indexOf(client.room)]!.doc, count),
    );
  await comesTrue("nothing is lost", 3000, () => wrong().length === 0).catch(() => undefined);
  for (const one of opened) one.close();
  return wrong();
}

/** From an edit of a client on one node until one on the other has it, milliseconds. */
async function crossing(from: SteadyClient, to: SteadyClient): Promise<number> {
  const began = performance.now();
  const there = new Promise<number>((resolve) => {
    const list = to.doc.getArray(from.name);
    const look = (): void => {
      if (list.length < count) return;
      list.unobserve(look);
      resolve(performance.now() - began);
    };
    list.observe(look);
  });
  from.write();
  const count = from.written;
  return there;
}

it("carries edits between the nodes", async () => {
  await comesTrue("all are in", 20_000, () => clients.every(({ provider }) => provider.synced));
  // Half of them on each node.
  for (const node of nodes)
    expect(await node.metric("ensemble_connections")).toBe(clients.length / 2);
  await acknowledgedByNow(20_000);
  await crossedByNow(20_000);
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    const from = chance.pick(clients);
    const others = clients.filter(
      ({ name, room }) => room === from.room && name[1] !== from.name[1],
    );
    times.push(await crossing(from, chance.pick(others)));
  }
  times.sort((a, b) => a - b);
  const [p50, p99] = [times[50], times[98]].map((time) => time?.toFixed(1));
  say(`${clients.length} clients write ${clients.length * 10} edits a second on two nodes:`);
  say(`  from one to somebody on the other in ${p50} ms (p50), ${p99} ms (p99),`);
  const commits = await Promise.all(
    nodes.map(async (node) => {
      const sum = await node.metric("ensemble_commit_seconds_sum");
      return ((1000 * sum) / (await node.metric("ensemble_commit_seconds_count"))).toFixed(1);
    }),
  );
  say(`  of which a commit takes ${commits.join(" and ")} ms on average`);
});

it("changes roles on both nodes at once", async () => {
  const jun = await place.member("editor");
  await deliverEntries(place, place.log);
  const there = { ...place, origin: nodes[1]!.origin };
  const open = async (who: Signer): Promise<ReturnType<typeof openRawSocket>> => {
    const socket = openRawSocket(there, notebookRoom(9), (await signIn(there, who)).token);
    await socket.opened;
    return socket;
  };
  const socket = await open(jun);
  const doc = new Y.Doc();
  doc.getText("t").insert(0, "before");
  socket.update(Y.encodeStateAsUpdate(doc));
  await comesTrue("it is durable", 5000, () => socket.durable() === 1);
  await place.add(place.owner, { kind: "role", member: jun.publicKey, role: "viewer" });
  await deliverEntries(place, place.log);
  const took = await comesTrue("the right is gone", 5000, () => {
    doc.getText("t").insert(0, "after ");
    socket.update(Y.encodeStateAsUpdate(doc));
    return socket.denials() > 0;
  });
  say(`a right that was taken on one node is gone on the other after ${took} ms`);
  await place.add(place.owner, { kind: "revoke", key: jun.publicKey });
  await deliverEntries(place, place.log);
  expect(await socket.closed).toBe("4403 not-a-member");
});

it("loses nothing when a node is killed, and its clients are on the other within 5 s", async () => {
  for (const [dead, alive] of [
    [0, 1],
    [1, 0],
  ] as const) {
    await acknowledgedByNow(20_000);
    const moved = durable().filter(({ name }) => name.startsWith(`n${dead}`));
    await nodes[dead]!.kill();
    const took = await acknowledgedByNow(5000, moved);
    say(
      `node ${dead + 1} killed: its clients are on the other, all acknowledged, after ${took} ms`,
    );
    expect(await lostAt(nodes[alive]!.origin)).toEqual([]);
    await nodes[dead]!.start();
    say(`node ${dead + 1} started again`);
    // They stay where they are; the next round needs them back.
    for (const { name, provider } of clients)
      if (name.startsWith(`n${dead}`)) {
        provider.disconnect();
        provider.connect();
      }
  }
});

it("goes on without Redis, and with a Redis that comes back empty", async () => {
  await acknowledgedByNow(20_000);
  await redis.kill();
  say(`Redis killed: acknowledged after ${await acknowledgedByNow(10_000)} ms,`);
  say(`  with everybody after ${await crossedByNow(10_000)} ms`);
  for (const node of nodes) {
    expect(await node.metric("ensemble_bus_connected")).toBe(0);
    const ready = await fetch(`${node.origin}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ ready: true, bus: false });
  }
  expect(await lostAt(nodes[1]!.origin)).toEqual([]);
  await redis.start();
  let connected = 0;
  while (connected < 2) {
    connected = 0;
    for (const node of nodes) connected += await node.metric("ensemble_bus_connected");
  }
  say(`Redis back, empty: with everybody after ${await crossedByNow(10_000)} ms`);
});

it("calls nothing saved while PostgreSQL is away, and loses nothing that was", async () => {
  await acknowledgedByNow(20_000);
  await postgres.kill();
  const told = durable().map(({ acknowledged }) => acknowledged);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  // At most what was committed just before is told just after.
  const later = durable().map(({ acknowledged }) => acknowledged);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(durable().map(({ acknowledged }) => acknowledged)).toEqual(later);
  expect(later.every((count, i) => count >= told[i]!)).toBe(true);
  for (const node of nodes) {
    const ready = await fetch(`${node.origin}/readyz`);
    expect(ready.status).toBe(503);
    const asked = await fetch(`${node.origin}/w/${place.workspace}/challenge`, {
      method: "POST",
      body: JSON.stringify({ key: place.owner.publicKey }),
    });
    expect([200, 503]).toContain(asked.status);
  }
  await postgres.start();
  say(
    `PostgreSQL killed and started: all acknowledged after ${await acknowledgedByNow(20_000)} ms`,
  );
  expect(await lostAt(nodes[0]!.origin)).toEqual([]);
});

it("has the same for everybody in the end, with every acknowledged edit in it, once", async () => {
  clearInterval(writing);
  await acknowledgedByNow(20_000);
  await crossedByNow(20_000);
  const state = (doc: Y.Doc, names: readonly string[]): string =>
    JSON.stringify(names.map((name) => doc.getArray(name).toJSON() as unknown[]));
  for (const node of nodes) {
    expect(await lostAt(node.origin)).toEqual([]);
    for (const room of ROOMS) {
      const inside = clients.filter((client) => client.room === room);
      const names = inside.map(({ name }) => name);
      const opened = await stranger(node.origin, room);
      const whole = state(opened.doc, names);
      opened.close();
      for (const { doc } of inside) expect(state(doc, names)).toBe(whole);
    }
  }
  const [written, told] = durable().reduce(
    ([w, a], { written, acknowledged }) => [w + written, a + acknowledged],
    [0, 0],
  );
  say(`${written} edits by who asked, ${told} acknowledged, 0 lost`);
  // Nothing of where the services are, or how to get in, is in a log.
  for (const node of nodes) {
    expect(node.said()).not.toContain("postgres://");
    expect(node.said()).not.toContain("redis://");
  }
});
