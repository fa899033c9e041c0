/** The server is killed around the moment at which a long log is made into one snapshot. */
import Database from "better-sqlite3";
import { copyFile, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import { limits } from "../limits.ts";
import { until } from "../testing/testServer.ts";
import { notebookRoom, readItems } from "./reader.ts";
import { type ServerProcess, startProcess } from "./serverProcess.ts";
import { type Say, must } from "./torture.ts";
import { readWal } from "./walFile.ts";
import { openWriter } from "./writer.ts";

const ROOM = notebookRoom(3);

type When = "before it" | "while it was written" | "after it";

export async function killCompactions(seed: number, kills: number, say: Say): Promise<void> {
  const met = new Map<When, number>();
  const server = await startProcess();
  try {
    for (let kill = 0; kill < kills; kill++) {
      const when = await killOne(server, chanceFrom(seed + kill));
      met.set(when, (met.get(when) ?? 0) + 1);
    }
  } finally {
    await server.close();
  }
  const shares = [...met].map(([when, times]) => `${times} ${when}`).join(", ");
  say(`killed around a compaction ${kills} times: ${shares}; nothing acknowledged lost`);
  // Of many kills some have to meet it, or they prove nothing.
  if (kills >= 20) must(met.size > 1, `every kill came ${[...met.keys()].join()}`);
}

async function killOne(server: ServerProcess, chance: Chance): Promise<When> {
  const place = await server.found();
  const { token } = await signIn(place, place.owner);
  const writer = await openWriter(place, ROOM, token, "w");
  const padding = chance.pick([200, 3000, 8000]);
  const enough = limits.foldUpdates + chance.between(0, 100);
  while (writer.sent < enough) {
    for (let i = 0; i < 100; i++) writer.write(padding);
    await until(() => writer.sent - writer.acknowledged() < 100);
  }
  await new Promise((resolve) => setTimeout(resolve, chance.between(0, 150)));
  await server.kill();
  await writer.socket.closed;
  const when = await whenWasIt(server.data);
  await server.start();
  const wrong = writer.missing(await readItems(place, place.owner, ROOM));
  must(wrong.length === 0, `killed ${when}: ${wrong.slice(0, 5).join(", ")}`);
  return when;
}

/** Told from a copy of the files: a snapshot is there, is half there, or is not. */
async function whenWasIt(folder: string): Promise<When> {
  const copy = await mkdtemp(join(tmpdir(), "ensemble-fold-"));
  try {
    const names = (await readdir(folder)).filter((name) => name.includes("sqlite"));
    for (const name of names) await copyFile(join(folder, name), join(copy, name));
    const wal = names.find((name) => name.endsWith("-wal"));
    const { frames, end } = readWal(await readFile(join(copy, wal ?? "")));
    if ((frames.at(-1)?.end ?? end) > end) return "while it was written";
    const db = new Database(join(copy, names.find((name) => name.endsWith(".sqlite")) ?? ""));
    const rows = db.prepare("SELECT count(*) FROM snapshots").pluck().get() as number;
    db.close();
    return rows > 0 ? "after it" : "before it";
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
