/** A run of a million points, written as the app writes it, over the real server: small, quick to open, never slower. */
import { createHash } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { WebSocket } from "ws";
import * as Y from "yjs";
import type { Digest, RunId } from "../../lib/base/ids.ts";
import { readChunks, readCurves, readSealed } from "../../lib/document/runDoc.ts";
import { type NodeRoom, type Place, openRoom, signIn } from "../../lib/platform/node/client.ts";
import { Recording, type RecordingSettings } from "../../lib/runs/recording.ts";
import { MESSAGE, SYNC } from "../../lib/sync/wire.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { until } from "../testing/testServer.ts";
import { type ServerProcess, startProcess } from "./serverProcess.ts";
import { type Torture, must } from "./torture.ts";

interface Size {
  readonly points: number;
  /** Of few points, and beside other tests, only wide bounds are held. */
  readonly holdsFigures: boolean;
}

type Target = Place & { readonly owner: Signer };

const MOST_BYTES = 9;
const LOAD_MS = 200;
/** What a run takes however short it is: pages of the database, and a log that is not worth folding yet. */
const FEW_POINTS_BYTES = 256 * 1024;
/** What a cell tells in half a second at 100 points a second, and at most at once. */
const STEADY = 50;
/** Of a processor, as Linux counts them. */
const TICK_MS = 10;
const BURST = 4_096;

export const runLog: Torture<Size> = {
  title:
    "A run log of many points, steadily and in bursts: at most 9 bytes a point, loaded in under 200 ms, appends do not get slower",
  short: { points: 140_000, holdsFigures: false },
  long: { points: 1_000_000, holdsFigures: true },
  async run(_seed, { points, holdsFigures }, say) {
    const server = await startProcess();
    try {
      const place = await server.found();
      for (const [how, each, letter] of [
        ["at 100 a second", STEADY, "s"],
        ["in bursts", BURST, "b"],
      ] as const) {
        const id = letter.repeat(16) as RunId;
        const before = await sizeOf(server);
        const { first, last } = await writeRun(server, place, id, points, each);
        const perPoint = ((await sizeOf(server)) - before) / points;
        const loads: number[] = [];
        for (let i = 0; i < 3; i++) {
          loads.push(await loadRun(place, id));
          await sizeOf(server); // cold again
        }
        const ms = Math.min(...loads);
        say(
          `${points} points ${how}: ${perPoint.toFixed(2)} bytes a point, loaded in ${ms.toFixed(0)} ms, ` +
            `${(first * 1000).toFixed(0)} µs of work a point in the first fifth and ${(last * 1000).toFixed(0)} µs in the last`,
        );
        const most = MOST_BYTES + (holdsFigures ? 0 : FEW_POINTS_BYTES / points);
        must(perPoint <= most, `${perPoint} bytes a point`);
        must(ms < LOAD_MS * (holdsFigures ? 1 : 25), `a viewer waits ${ms} ms`);
        must(last < first * (holdsFigures ? 1.5 : 4) + 0.01, "appends get slower");
      }
    } finally {
      await server.close();
    }
  },
};

/** The time of the processor that this process and the server have taken: clocks also tell what else goes on here. */
async function cpuMs({ pid }: ServerProcess): Promise<number> {
  const { user, system } = process.cpuUsage();
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [ticks = 0, more = 0] = stat.split(") ").at(-1)?.split(" ").slice(11, 13).map(Number) ?? [];
  return (user + system) / 1000 + (ticks + more) * TICK_MS;
}

/** Records it; gives back the milliseconds of work that a point takes until it is durable, at first and at last. */
async function writeRun(
  server: ServerProcess,
  place: Target,
  id: RunId,
  points: number,
  each: number,
): Promise<{ first: number; last: number }> {
  const { token, role } = await signIn(place, place.owner);
  const rooms = new Map<string, NodeRoom>();
  const session = {
    me: {
      current: { id: place.owner.publicKey, name: "Mira", role },
      subscribe: () => () => undefined,
    },
    async open(key: Parameters<typeof openRoom>[1]) {
      const room = openRoom(place, key, { token, role }, { doc: new Y.Doc() });
      rooms.set(key, room);
      await room.synced;
      return { ...room, awareness: room.provider.awareness, close: () => undefined };
    },
    blobs: {
      async put(bytes: Uint8Array<ArrayBuffer>, mime: string) {
        const sha256 = createHash("sha256").update(bytes).digest("hex") as Digest;
        const answer = await fetch(`${place.origin}/w/${place.workspace}/blobs/${sha256}`, {
          method: "PUT",
          headers: { authorization: `Bearer ${token}` },
          body: bytes,
        });
        must(answer.status === 204, `a sealed series got ${answer.status}`);
        return { sha256, size: bytes.length, mime, chunks: [sha256] };
      },
    },
  } as unknown as RecordingSettings["session"];
  const device = { backend: "cpu", adapter: "" };
  const recording = new Recording({
    session,
    world: { now: Date.now },
    id,
    name: "long",
    params: {},
    model: undefined,
    cell: "a".repeat(16) as RecordingSettings["cell"],
    facts: () =>
      ({
        sources: [],
        datasets: [],
        seed: 1,
        notebook: "a".repeat(16),
        device: { ...device, packages: {} },
        packages: {},
      }) as never,
  });
  const acknowledged = async (): Promise<void> => {
    await recording.written();
    // The server answers a question behind what was sent: then that is durable.
    for (const room of rooms.values()) await roundTrip(room);
  };
  await recording.written();
  const fifth = Math.ceil(points / 5);
  const times: number[] = [];
  for (let from = 0; from < points; from += fifth) {
    const began = await cpuMs(server);
    for (let at = from; at < Math.min(points, from + fifth); at += each) {
      const steps = Array.from({ length: Math.min(each, points - at) }, (_, i) => at + i + 1);
      const values = steps.map((step) => Math.fround(Math.exp(-step / 200_000)));
      recording.log([{ name: "loss", by: "batch", steps, values }], undefined, "");
      if ((at / each) % 100 === 0) await acknowledged();
    }
    await acknowledged();
    times.push(((await cpuMs(server)) - began) / fifth);
  }
  await recording.end("finished");
  await acknowledged();
  for (const room of rooms.values()) room.close();
  return { first: times[0] ?? NaN, last: times.at(-1) ?? NaN };
}

/** A sync step is answered when what came before it is durable. */
async function roundTrip({ provider }: NodeRoom): Promise<void> {
  const socket = provider.ws as unknown as WebSocket | null;
  must(socket !== null, "the connection was lost");
  await new Promise<void>((resolve) => {
    const hear = (data: ArrayBuffer): void => {
      const [kind, step] = new Uint8Array(data);
      if (kind !== MESSAGE.sync || step !== SYNC.step2) return;
      socket.off("message", hear);
      resolve();
    };
    socket.on("message", hear);
    const nothingKnown = 0;
    socket.send(Uint8Array.of(MESSAGE.sync, SYNC.step1, 1, nothingKnown));
  });
}

/** What a stranger who opens the run waits for: its document and everything that is drawn of it. Cold, from the disk. */
async function loadRun(place: Target, id: RunId): Promise<number> {
  const signedIn = await signIn(place, place.owner);
  const began = performance.now();
  const room = openRoom(place, `run/${id}`, signedIn, { doc: new Y.Doc() });
  await room.synced;
  const drawn = readCurves(room.doc).length + readChunks(room.doc).length;
  must(drawn > 0 && readSealed(room.doc).length > 0, "nothing is there to be drawn");
  const ms = performance.now() - began;
  room.close();
  return ms;
}

/** The bytes of the data folder once the server has ended in good order; it is started again. */
async function sizeOf(server: ServerProcess): Promise<number> {
  await server.stop();
  const names = await readdir(server.data, { recursive: true });
  let size = 0;
  for (const name of names) {
    const found = await stat(join(server.data, name));
    if (found.isFile()) size += found.size;
  }
  await server.start();
  await until(() => server.runs());
  return size;
}
