/** Rooms that are new, put back from a backup, or gone from the server: everything is there, and nothing twice. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CellId } from "../../lib/base/ids.ts";
import { addCell, listCells } from "../../lib/notebook/notebook.ts";
import { type Place, joinByInvite, signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import { newDevice } from "../../lib/testing/foundedWorkspace.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { type Client, type Clients, offline, openClients, saved } from "../testing/clients.ts";
import { until } from "../testing/testServer.ts";
import { type Participant, stockClient } from "./participants.ts";
import { notebookRoom, readRoom } from "./reader.ts";
import { type Torture, must } from "./torture.ts";

type Doc = Parameters<typeof listCells>[0];

const ROOM = notebookRoom(6);
const OTHER = notebookRoom(60);
const PATIENCE_MS = 40_000;

export const twice: Torture<{ readonly rounds: number }> = {
  title:
    "Two tabs opening a new room at once; a restore and a stale laptop; a wiped store: no cell twice",
  short: { rounds: 1 },
  long: { rounds: 25 },
  async run(seed, { rounds }, say) {
    const chance = chanceFrom(seed);
    for (let round = 0; round < rounds; round++) {
      await openAtOnce(chance);
      await restoreOld(chance);
      await wipe(chance);
    }
    say(`${rounds} times each: every cell is there, and once`);
  },
};

let cells = 0;

/** Adds so many cells, and gives back their ids. */
function write(doc: Doc, count: number): string[] {
  return Array.from({ length: count }, () => {
    const id = `cell${String(cells++).padStart(12, "0")}` as CellId;
    addCell(doc, id, "code", { source: `const x = "${id}";` });
    return id;
  });
}

function idsOf(doc: Doc): string[] {
  return listCells(doc).map(({ id }) => id);
}

/** Everybody shows these cells, in one order, each of them once and with its text once. */
async function allShow(docs: readonly Doc[], expected: readonly string[]): Promise<void> {
  const sorted = [...expected].sort().join();
  await until(
    () =>
      docs.every((doc) => {
        const found = idsOf(doc);
        must(new Set(found).size === found.length, `a cell is there twice: ${found.join()}`);
        return [...found].sort().join() === sorted;
      }),
    "everybody shows every cell",
    PATIENCE_MS,
  );
  const orders = new Set(docs.map((doc) => idsOf(doc).join()));
  must(orders.size === 1, "the cells are in different orders");
  for (const doc of docs)
    for (const { id, source } of listCells(doc))
      must(source === `const x = "${id}";`, `the text of ${id} is ${source}`);
}

async function openAtOnce(chance: Chance): Promise<void> {
  const clients = await openClients();
  try {
    const mira = await clients.found();
    const jun = await clients.join(mira.session);
    const second = await (await mira.browser.tab()).open(mira.id);
    const docs = await Promise.all(
      [mira.session, second, jun.session].map(async (one) => (await one.open(ROOM)).doc),
    );
    // Before any of them has heard of the others.
    const written = docs.flatMap((doc) => write(doc, chance.between(1, 3)));
    await saved(mira.session, second, jun.session);
    const stranger = await somebody(clients, mira.session);
    await allShow([...docs, await readRoom(stranger.place, stranger.who, ROOM)], written);
  } finally {
    await clients.close();
  }
}

/** The folder is put back as it was a while ago; one client has more than it, one has less. */
async function restoreOld(chance: Chance): Promise<void> {
  const clients = await openClients();
  const backup = await mkdtemp(join(tmpdir(), "ensemble-backup-"));
  let laptop: Participant | undefined;
  try {
    const { server } = clients;
    const mira = await clients.found();
    const { doc } = await mira.session.open(ROOM);
    const other = (await mira.session.open(OTHER)).doc;
    const stranger = await somebody(clients, mira.session);
    laptop = await stockClient(stranger.place, stranger.who, ROOM);
    const written = write(doc, chance.between(1, 5));
    await allShow([laptop.doc], written);
    laptop.cut();
    written.push(...write(laptop.doc, chance.between(1, 3)));
    written.push(...write(doc, chance.between(1, 3)));
    const elsewhere = write(other, 2);
    await saved(mira.session);
    await server.stop();
    await cp(server.folder, backup, { recursive: true });
    await server.start();
    written.push(...write(doc, chance.between(1, 5)));
    elsewhere.push(...write(other, 1));
    await saved(mira.session);
    await server.stop();
    await offline(mira.session);
    await rm(server.folder, { recursive: true });
    await cp(backup, server.folder, { recursive: true });
    await server.start();
    await until(
      async () => {
        laptop?.mend();
        const found = idsOf(await readRoom(stranger.place, stranger.who, ROOM));
        return found.length === written.length;
      },
      "the server has everything again",
      PATIENCE_MS,
    );
    await saved(mira.session);
    const read = await readRoom(stranger.place, stranger.who, ROOM);
    await allShow([doc, laptop.doc, read], written);
    await allShow([other, await readRoom(stranger.place, stranger.who, OTHER)], elsewhere);
  } finally {
    await laptop?.close();
    await clients.close();
    await rm(backup, { recursive: true, force: true });
  }
}

/** The server has lost everything; everybody brings it what they have. */
async function wipe(chance: Chance): Promise<void> {
  const clients = await openClients();
  try {
    const mira = await clients.found();
    const jun = await clients.join(mira.session);
    const docs = await Promise.all(
      [mira, jun].map(async ({ session }: Client) => (await session.open(ROOM)).doc),
    );
    const written = docs.flatMap((doc) => write(doc, chance.between(1, 4)));
    await saved(mira.session, jun.session);
    await allShow(docs, written);
    await clients.server.wipe();
    await Promise.all([offline(mira.session), offline(jun.session)]);
    written.push(...docs.flatMap((doc) => write(doc, 1)));
    await clients.server.start();
    await saved(mira.session, jun.session);
    const stranger = await somebody(clients, mira.session);
    await allShow([...docs, await readRoom(stranger.place, stranger.who, ROOM)], written);
  } finally {
    await clients.close();
  }
}

/** Somebody new, who has nothing. */
async function somebody(
  { server }: Clients,
  from: WorkspaceSession,
): Promise<{ place: Place; who: Signer }> {
  const link = await from.invite({ role: "editor", uses: 1, expiresAt: Date.now() + 60_000 });
  await saved(from);
  const who = await newDevice();
  const place = await joinByInvite(server.origin, link, who, "Ada");
  await signIn(place, who);
  return { place, who };
}
