/**
 * A torn write: the end of the log beside the database is cut off, or is other bytes than were written. Behind the
 * last commit that is what a power cut does, and costs nothing. Within what was synced it is a damaged disk: then
 * what comes back has to be what was there up to the damage, or a sentence, and never an empty room.
 */
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Place, signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { startTestServer, until } from "../testing/testServer.ts";
import { StartProblem } from "../startProblem.ts";
import { notebookRoom, readItems } from "./reader.ts";
import { startProcess } from "./serverProcess.ts";
import { type Say, must } from "./torture.ts";
import { type WalFrames, readWal } from "./walFile.ts";
import { type Writer, openWriter } from "./writer.ts";

const ROOM = notebookRoom(1);
const EARLIER = 20;

interface Killed {
  readonly folder: string;
  readonly place: Place & { readonly owner: Signer };
  readonly writer: Writer;
  readonly wal: WalFrames;
  readonly bytes: Buffer;
}

/** Tears `tears` times behind the last commit and as often within. */
export async function tearLog(seed: number, tears: number, say: Say): Promise<void> {
  const chance = chanceFrom(seed);
  const server = await startProcess();
  try {
    const killed = await writeAndKill(server, chance);
    let sentences = 0;
    for (let tear = 0; tear < tears; tear++) {
      const behind = await openTorn(killed, tornBehind(killed, chance));
      must(typeof behind !== "string", `a torn commit keeps it from starting: ${String(behind)}`);
      must(killed.writer.missing(behind).length === 0, `a torn commit took what was acknowledged`);
      const within = await openTorn(killed, damagedWithin(killed, chance));
      if (typeof within === "string") sentences++;
      else mustBePrefix(within);
    }
    say(
      `torn writes: ${tears} behind the last commit, nothing lost; ${tears} within what was synced: ` +
        `${sentences} times a sentence, else what was there before the damage`,
    );
  } finally {
    await server.close();
  }
}

/** Something that is in the database itself, then something that is only in the log beside it. */
async function writeAndKill(
  server: Awaited<ReturnType<typeof startProcess>>,
  chance: Chance,
): Promise<Killed> {
  const place = await server.found();
  const { token } = await signIn(place, place.owner);
  const earlier = await openWriter(place, ROOM, token, "earlier");
  for (let i = 0; i < EARLIER; i++) earlier.write();
  await until(() => earlier.acknowledged() === EARLIER);
  await server.stop();
  await server.start();
  const writer = await openWriter(place, ROOM, token, "later");
  for (let i = chance.between(30, 200); i > 0; i--) {
    writer.write(chance.pick([0, 100, 9000]));
    // Some alone in their commit, some with others.
    if (chance.below(3) > 0) await until(() => writer.acknowledged() === writer.sent);
  }
  await until(() => writer.acknowledged() === writer.sent);
  await server.kill();
  await writer.socket.closed;
  const bytes = await readFile(join(server.data, (await walName(server.data)) ?? ""));
  const wal = readWal(bytes);
  must(wal.frames.length > 10, "the log beside the database holds next to nothing");
  return { folder: server.data, place, writer, wal, bytes };
}

async function walName(folder: string): Promise<string | undefined> {
  return (await readdir(folder)).find((name) => name.endsWith("-wal"));
}

/** The frames of one commit that did not come through whole, cut or spoiled at any byte. */
function tornBehind({ bytes, wal }: Killed, chance: Chance): Buffer {
  const torn = Buffer.alloc(wal.frameBytes * chance.between(1, 3));
  bytes.copy(torn, 0, Math.max(32, wal.end - torn.length), wal.end); // as if it were written once more
  if (chance.below(2) > 0) torn.set(chance.bytes(64), chance.below(torn.length - 64));
  const cut = chance.between(0, torn.length);
  const stays = chance.below(2) > 0 ? bytes.subarray(wal.end + cut) : Buffer.alloc(0);
  return Buffer.concat([bytes.subarray(0, wal.end), torn.subarray(0, cut), stays]);
}

function damagedWithin({ bytes, wal }: Killed, chance: Chance): Buffer {
  const at = chance.between(0, wal.end - 1);
  if (chance.below(2) > 0) return bytes.subarray(0, at);
  const damaged = Buffer.from(bytes);
  damaged[at] = (damaged[at] ?? 0) ^ (1 << chance.below(8));
  return damaged;
}

/** What a stranger finds over the torn folder, or the sentence with which the server does not start. */
async function openTorn({ folder, place }: Killed, wal: Buffer): Promise<string[] | string> {
  const torn = await mkdtemp(join(tmpdir(), "ensemble-torn-"));
  try {
    await mkdir(join(torn, "blobs"));
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isFile()) await copyFile(join(folder, entry.name), join(torn, entry.name));
    await writeFile(join(torn, (await walName(torn)) ?? ""), wal);
    const server = await startTestServer({ folder: torn });
    try {
      return await readItems({ ...place, origin: server.origin }, place.owner, ROOM);
    } finally {
      await server.close();
    }
  } catch (error) {
    if (error instanceof StartProblem) return error.message;
    throw error;
  } finally {
    await rm(torn, { recursive: true, force: true });
  }
}

/** Everything of the first edits of "later" that was there before some point, and all that was there earlier. */
function mustBePrefix(found: readonly string[]): void {
  const numbers = (name: string): number[] =>
    found.filter((item) => item.startsWith(`${name}-`)).map((item) => Number(item.split("-")[1]));
  const earlier = numbers("earlier");
  const later = numbers("later");
  must(earlier.length >= EARLIER - 2 * Math.ceil(EARLIER / 7), "a damaged log emptied the room");
  const last = later.at(-1) ?? -1;
  const gone = Array.from({ length: last + 1 }, (_, i) => i).filter(
    (edit) => !later.includes(edit) && edit % 7 !== 6 && edit % 7 !== 2,
  );
  must(gone.length === 0, `a damaged log left holes: ${gone.slice(0, 5).join(", ")}`);
}
