/** Somebody who does not read what is sent, and rooms that come and go: memory stays what it was. */
import * as Y from "yjs";
import { type Place, signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { limits } from "../limits.ts";
import { openRawSocket } from "../testing/rawSocket.ts";
import { until } from "../testing/testServer.ts";
import { memoryAfterGc } from "./inspector.ts";
import { openProbe, quantile } from "./probe.ts";
import { notebookRoom } from "./reader.ts";
import { type ServerProcess, startProcess } from "./serverProcess.ts";
import { type Say, type Torture, must } from "./torture.ts";

interface Size {
  /** How long rooms are opened and closed, minutes; undefined for so few that nothing can be said of memory. */
  readonly minutes: number | undefined;
  readonly rooms: number;
}

type Target = Place & { readonly owner: Signer };

const MiB = 1024 * 1024;
const MESSAGE_BYTES = 60_000;
const SLACK = 64 * MiB;
const PATIENCE_MS = 60_000;
/** The one that stalls, the one that writes, the one that reads, and two of the probe. */
const SOCKETS = 5;
const AT_ONCE = 200;

export const flat: Torture<Size> = {
  title: "A stalled reader at 1,000 messages a second, and rooms opened and closed: flat memory",
  short: { minutes: undefined, rooms: 60 },
  long: { minutes: 20, rooms: 200 },
  async run(seed, { minutes, rooms }, say) {
    const chance = chanceFrom(seed);
    const server = await startProcess({ node: ["--inspect=127.0.0.1:0"] });
    try {
      const place = await server.found();
      await stall(server, place, say);
      await openAndClose(server, place, chance, rooms);
      if (minutes === undefined) say(`${rooms} rooms opened and closed`);
      else await watchMemory(server, place, chance, { rooms, minutes }, say);
    } finally {
      await server.close();
    }
  },
};

/** One reads nothing. What waits for it has a bound; then it is cut off and told why, and the others notice nothing. */
async function stall(server: ServerProcess, place: Target, say: Say): Promise<void> {
  const { token } = await signIn(place, place.owner);
  const room = notebookRoom(8);
  const before = await memoryAfterGc(server.said());
  const open = async (): Promise<ReturnType<typeof openRawSocket>> => {
    const socket = openRawSocket(place, room, token);
    await socket.opened;
    return socket;
  };
  const [stalled, writer, reader] = [await open(), await open(), await open()];
  const probe = await openProbe(place, room, token, 20);
  stalled.ws.pause();
  const cutOff = 'ensemble_refusals_total{reason="too-slow"}';
  // Whoever reads nothing answers no pings either: on a slow machine that is noticed first.
  const isGone = async (): Promise<boolean> =>
    (await server.metric(cutOff)) > 0 || (await server.metric("ensemble_connections")) < SOCKETS;
  const state = { text: "x".repeat(MESSAGE_BYTES) };
  let sent = 0;
  let highest = 0;
  // Presence of the longest kind: it goes to everybody and is kept by nobody.
  while (!(await isGone())) {
    must(sent * MESSAGE_BYTES < 4 * limits.bufferedBytes, "who does not read is never cut off");
    for (let i = 0; i < AT_ONCE; i++) writer.announce(3, ++sent, state);
    const heard = sent;
    writer.announce(4, heard, { heard });
    const echoed = (): boolean => (reader.presence.get(4) as { heard?: number })?.heard === heard;
    await until(echoed, "who reads hears everything", PATIENCE_MS);
    highest = Math.max(highest, await server.metric("ensemble_memory_bytes"));
  }
  stalled.ws.resume();
  const end = await stalled.closed;
  must(/^1013 too-slow|^1006/.test(end), `who did not read was told "${end}"`);
  must(reader.ws.readyState === 1 && writer.ws.readyState === 1, "others were cut off too");
  const late = quantile(probe.take(), 0.99);
  probe.close();
  for (const { ws } of [reader, writer]) ws.terminate();
  await until(
    async () => (await memoryAfterGc(server.said())).external < before.external + 8 * MiB,
    "what waited for the reader is let go of",
    PATIENCE_MS,
  );
  const grown = (highest - before.rss) / MiB;
  say(
    `a reader that stalls is cut off as "${end}" after ${((sent * MESSAGE_BYTES) / MiB).toFixed(0)} MiB; memory grew ` +
      `by ${grown.toFixed(0)} MiB meanwhile, p99 of the others ${late.toFixed(0)} ms`,
  );
  must(grown * MiB < limits.bufferedBytes + 2 * SLACK, `memory grew by ${grown} MiB`);
}

/** Somebody comes, writes a little, and goes, in one room after another, eight at a time. */
async function openAndClose(
  server: ServerProcess,
  place: Target,
  chance: Chance,
  rooms: number,
): Promise<void> {
  const { token } = await signIn(place, place.owner);
  let next = 0;
  const visit = async (): Promise<void> => {
    while (next < rooms) {
      const socket = openRawSocket(place, notebookRoom(1000 + next++), token);
      await socket.opened;
      const doc = new Y.Doc();
      const edits = chance.between(1, 5);
      doc.on("update", (update: Uint8Array) => socket.update(update));
      for (let i = 0; i < edits; i++) doc.getText("t").insert(0, `${chance.below(1e9)} `);
      socket.announce(doc.clientID, 1, { name: "Mira" });
      await until(() => socket.durable() === edits, "its edits are durable", PATIENCE_MS);
      socket.ws.close();
      await socket.closed;
    }
  };
  await Promise.all(Array.from({ length: 8 }, visit));
  must(server.runs(), `the server ended: ${server.said().slice(-1000)}`);
  await until(
    async () => (await server.metric("ensemble_connections")) === 0,
    "everybody has gone",
    PATIENCE_MS,
  );
  await until(
    async () => (await server.metric("ensemble_rooms")) === 0,
    "every room is let go of",
    PATIENCE_MS,
  );
}

/** The same rooms again and again, so that what grows is memory and not the store. */
async function watchMemory(
  server: ServerProcess,
  place: Target,
  chance: Chance,
  { rooms, minutes }: { readonly rooms: number; readonly minutes: number },
  say: Say,
): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  const held: number[] = [];
  while (performance.now() < end) {
    await openAndClose(server, place, chance, rooms);
    const { heapUsed, external, rss } = await memoryAfterGc(server.said());
    held.push(heapUsed + external);
    if (held.length % 10 === 1)
      say(
        `after ${held.length * rooms} rooms: ${((heapUsed + external) / MiB).toFixed(1)} MiB held, ` +
          `${(rss / MiB).toFixed(0)} MiB resident`,
      );
  }
  must(held.length >= 6, "too few rounds to say anything of memory");
  const third = Math.floor(held.length / 3);
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const [first, last] = [mean(held.slice(0, third)), mean(held.slice(-third))];
  say(
    `held in the first third ${(first / MiB).toFixed(1)} MiB, in the last ${(last / MiB).toFixed(1)} MiB`,
  );
  must(last < first * 1.15 + 4 * MiB, "memory grows");
}
