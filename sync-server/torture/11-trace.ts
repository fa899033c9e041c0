/** A trace of system calls, since killing a process cannot tell what was synced from what was only written. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Place, signIn } from "../../lib/platform/node/client.ts";
import { chanceFrom } from "../../lib/testing/chance.ts";
import { until } from "../testing/testServer.ts";
import { notebookRoom } from "./reader.ts";
import { startProcess } from "./serverProcess.ts";
import { readSyscalls } from "./syscalls.ts";
import { type Order, type TracedWriter, readOrder } from "./tracedOrder.ts";
import { Skipped, type Torture, must } from "./torture.ts";
import { type Writer, openWriter } from "./writer.ts";

const MARK = /mark\d+-\d+-/g;
const CALLS = "pwrite64,pwritev,write,writev,sendto,sendmsg,fdatasync,fsync,msync,io_uring_enter";
/** In the small server that stands for a wrong one. */
const PLANTED_EDITS = 40;

export const trace: Torture<{ readonly edits: number }> = {
  title:
    "A trace of system calls: the log is synced between the append and its acknowledgement, always",
  short: { edits: 300 },
  long: { edits: 5_000 },
  async run(seed, { edits }, say) {
    const tried = spawnSync("strace", ["-f", "-D", "-o", "/dev/null", "true"]);
    if (tried.status !== 0)
      throw new Skipped("strace is missing or may not trace here: apt-get install strace");
    const order = await traceServer(seed, edits);
    say(
      `${order.acknowledged} acknowledgements and ${order.heard} updates to others, ${order.syncs} syncs of the log: ` +
        `${order.tooEarly.length} were said too early`,
    );
    must(order.tooEarly.length === 0, order.tooEarly.slice(0, 3).join("; "));
    must(order.acknowledged >= edits * 0.9 && order.heard > 0, "the trace shows next to nothing");
    const [synced, unsynced] = [await traceSmall("FULL", seed), await traceSmall("OFF", seed)];
    say(
      `the same reading of a small server: ${synced.tooEarly.length} too early with synchronous=FULL, ` +
        `${unsynced.tooEarly.length} with OFF`,
    );
    must(synced.tooEarly.length === 0, "a server that syncs is taken for one that does not");
    must(unsynced.tooEarly.length > PLANTED_EDITS / 2, "a server that never syncs is not noticed");
  },
};

/** Traces a server to a file. `under` stands in front of its command line. */
async function traced<T>(use: (under: string[]) => Promise<T>): Promise<[T, string]> {
  const folder = await mkdtemp(join(tmpdir(), "ensemble-trace-"));
  try {
    const file = join(folder, "trace");
    // A tracer beside the server and not above it: then the process that is started is the server.
    const used = await use(["strace", "-f", "-D", "-yy", "-s", "9000", "-e", CALLS, "-o", file]);
    const read = (): Promise<string> => readFile(file, "latin1");
    await until(async () => /\+\+\+ \w+ .*\+\+\+\s*$/.test(await read()), "the trace ends");
    return [used, await read()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function traceServer(seed: number, edits: number): Promise<Order> {
  const chance = chanceFrom(seed);
  const [writers, text] = await traced(async (under) => {
    const server = await startProcess({ under });
    try {
      const place = await server.found();
      const { token } = await signIn(place, place.owner);
      const open = await openWriters(place, token, chance.between(2, 4));
      let left = edits;
      while (left > 0) {
        for (const writer of open)
          for (let burst = chance.below(6); burst > 0 && left > 0; burst--, left--) writer.write(1);
        // Now one after another, now many in one commit.
        if (chance.below(3) === 0) await allAcknowledged(open);
        else await new Promise((resolve) => setImmediate(resolve));
      }
      await allAcknowledged(open);
      const traced = open.map(tracedWriter);
      await server.stop();
      return traced;
    } finally {
      await server.close();
    }
  });
  return readOrder(readSyscalls(text), writers, MARK);
}

async function traceSmall(synchronous: "FULL" | "OFF", seed: number): Promise<Order> {
  const script = join(import.meta.dirname, "acknowledger.js");
  const [writers, text] = await traced(async (under) => {
    const server = await startProcess({ under, instead: [script, synchronous] });
    try {
      const nowhere = { origin: server.origin, workspace: "a".repeat(26) } as Place;
      const open = await openWriters(nowhere, `seed${seed}`, 2);
      for (let i = 0; i < PLANTED_EDITS; i++) for (const writer of open) writer.write(1);
      await allAcknowledged(open);
      const traced = open.map(tracedWriter);
      await server.stop();
      return traced;
    } finally {
      await server.close();
    }
  });
  return readOrder(readSyscalls(text), writers, MARK);
}

async function openWriters(place: Place, token: string, count: number): Promise<Writer[]> {
  const writers: Writer[] = [];
  for (let i = 0; i < count; i++)
    writers.push(await openWriter(place, notebookRoom(11), token, `mark${i}`));
  return writers;
}

async function allAcknowledged(writers: readonly Writer[]): Promise<void> {
  await until(
    () => writers.every((writer) => writer.acknowledged() === writer.sent),
    "all durable",
  );
}

function tracedWriter({ name, socket, deletes }: Writer): TracedWriter {
  const { localPort } = (socket.ws as unknown as { _socket: Socket })._socket;
  const mark = (edit: number): string | undefined =>
    deletes(edit) ? undefined : `${name}-${edit}-`;
  return { port: localPort ?? 0, mark };
}
