/** Frames that no honest client sends, by a member who may write: who is elsewhere does not notice. */
import * as Y from "yjs";
import { type Place, signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import {
  honestMessages,
  mutateFrame,
  nestedFrames,
  orphanFrame,
} from "../../lib/testing/hostileFrames.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { limits } from "../limits.ts";
import { openRawSocket } from "../testing/rawSocket.ts";
import { until } from "../testing/testServer.ts";
import { type Thrown, throwFrames } from "./attacker.ts";
import { openProbe, quantile } from "./probe.ts";
import { notebookRoom, readItems } from "./reader.ts";
import { type ServerProcess, startProcess } from "./serverProcess.ts";
import { COMPLAINT, type Say, type Torture, must } from "./torture.ts";
import { openWriter } from "./writer.ts";

interface Size {
  readonly frames: number;
  readonly attackers: number;
  /** How long the quiet before is measured, milliseconds. */
  readonly quietMs: number;
  /** With few letters p99 is the slowest of them: then only a bound on that is held. */
  readonly holdsP99: boolean;
}

type Target = Place & { readonly owner: Signer };

const MiB = 1024 * 1024;
const QUIET_ROOM = notebookRoom(7);
const FRAMES_IN_A_ROOM = 2_000;
/** The thrower has the same machine. */
const NOISE_MS = 10;
const SLOWEST_MS = 4_000;
const TOKEN_MS = 2 * 60_000;

export const hostile: Torture<Size> = {
  title:
    "Hostile input: mutated frames, oversize, deeply nested; bounded time and memory; other rooms unaffected",
  short: { frames: 1_500, attackers: 8, quietMs: 500, holdsP99: false },
  long: { frames: 1_000_000, attackers: 12, quietMs: 20_000, holdsP99: true },
  async run(seed, size, say) {
    const server = await startProcess();
    try {
      const place = await server.found();
      const { token } = await signIn(place, place.owner);
      const quiet = await openWriter(place, QUIET_ROOM, token, "quiet");
      for (let i = 0; i < 50; i++) quiet.write();
      const probe = await openProbe(place, notebookRoom(8), token, 10);
      await new Promise((resolve) => setTimeout(resolve, size.quietMs));
      const before = probe.take();
      const memory = await server.metric("ensemble_memory_bytes");

      const thrown = await throwMutated(place, chanceFrom(seed), size);
      const during = probe.take();
      // A million frames outlast a token.
      await throwCrafted(place, (await signIn(place, place.owner)).token, chanceFrom(seed));
      const crafted = probe.take();
      probe.close();
      sayTimes(say, thrown, [before, during, crafted]);

      const grown = (await server.metric("ensemble_memory_bytes")) - memory;
      say(`memory grew by ${(grown / MiB).toFixed(0)} MiB`);
      must(server.runs(), `the server ended: ${server.said().slice(-2000)}`);
      must(
        !COMPLAINT.test(server.said()),
        `the server complained: ${server.said().slice(0, 2000)}`,
      );
      must(grown < 200 * MiB, "memory is not bounded");
      must(quantile([...during, ...crafted], 1) < SLOWEST_MS, "a letter elsewhere took seconds");
      if (size.holdsP99)
        must(
          quantile(during, 0.99) <= 2 * quantile(before, 0.99) + NOISE_MS,
          "p99 of other rooms more than doubled",
        );
      await mustBeAlive(server, place, thrown, quiet.missing.bind(quiet));
    } finally {
      await server.close();
    }
  },
};

async function throwMutated(place: Target, chance: Chance, size: Size): Promise<Thrown> {
  const honest = honestMessages();
  const thrown: Thrown = { frames: 0, closed: new Map() };
  let left = size.frames;
  let [token, signedAt] = [signIn(place, place.owner), performance.now()];
  const fresh = async (): Promise<string> => {
    if (performance.now() - signedAt > TOKEN_MS)
      [token, signedAt] = [signIn(place, place.owner), performance.now()];
    return (await token).token;
  };
  await Promise.all(
    Array.from({ length: size.attackers }, (_, attacker) =>
      throwFrames(
        place,
        (frame) => attackedRoom(attacker, frame),
        fresh,
        () => (left-- > 0 ? mutateFrame(chance, honest) : undefined),
        thrown,
      ),
    ),
  );
  return thrown;
}

function attackedRoom(attacker: number, frame: number): ReturnType<typeof notebookRoom> {
  return notebookRoom(100 + attacker * 1000 + Math.floor(frame / FRAMES_IN_A_ROOM));
}

/** What is made to hurt: too long, too deep, too much that waits, and somebody who does not hear that he has to go. */
async function throwCrafted(place: Target, token: string, chance: Chance): Promise<void> {
  const room = notebookRoom(9);
  const open = async (): Promise<ReturnType<typeof openRawSocket>> => {
    const socket = openRawSocket(place, room, token);
    await socket.opened;
    return socket;
  };
  const long = await open();
  long.send(new Uint8Array(limits.frameBytes + 2 * MiB));
  must(/^100[69]/.test(await long.closed), "a frame that is too long is not refused as that");

  const deaf: Awaited<ReturnType<typeof open>>[] = [];
  for (const depth of [50, 500, chance.between(3000, 6000), 10_000])
    for (const frame of nestedFrames(depth)) {
      const socket = await open();
      socket.send(frame);
      socket.ws.pause(); // a close is not answered
      deaf.push(socket);
    }

  const waiting = await open();
  for (let i = 0; i < 3000; i++) waiting.send(orphanFrame(chance.below(1000), 10 + i * 2));
  const end = await waiting.closed;
  must(end === "1013 try-later", `parts without what comes before them: ${end}`);
  for (const { ws } of deaf) ws.terminate();
}

function sayTimes(say: Say, { frames, closed }: Thrown, times: readonly number[][]): void {
  const ends = [...closed].map(([how, count]) => `${count} times "${how}"`).join(", ");
  say(`${frames} mutated frames; the server hung up ${ends}`);
  const [before, during, crafted] = times.map(
    (list) => `${quantile(list, 0.99).toFixed(1)} ms (slowest ${quantile(list, 1).toFixed(1)})`,
  );
  say(`a letter in another room, p99: ${before} before, ${during} during, ${crafted} crafted ones`);
}

/** Who was elsewhere has everything, and the rooms that were thrown at can be opened and written to. */
async function mustBeAlive(
  server: ServerProcess,
  place: Target,
  { frames }: Thrown,
  missing: (found: readonly string[]) => string[],
): Promise<void> {
  must(missing(await readItems(place, place.owner, QUIET_ROOM)).length === 0, "others lost work");
  const { token } = await signIn(place, place.owner);
  const last = Math.floor(frames / FRAMES_IN_A_ROOM);
  for (const room of [
    notebookRoom(9),
    attackedRoom(0, 0),
    attackedRoom(3, last * FRAMES_IN_A_ROOM),
  ]) {
    await readItems(place, place.owner, room);
    const socket = openRawSocket(place, room, token);
    await socket.opened;
    const doc = new Y.Doc();
    doc.getText("after").insert(0, "still here");
    socket.update(Y.encodeStateAsUpdate(doc));
    await until(() => socket.durable() === 1, "a room that was thrown at takes work again");
    socket.ws.terminate();
  }
  await server.stop();
  await server.start();
  await readItems(place, place.owner, notebookRoom(9));
}
