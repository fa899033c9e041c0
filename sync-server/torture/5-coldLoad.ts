/** A room is loaded from a slow store, or not at all for a while, and many wait for it. */
import * as Y from "yjs";
import { type NodeRoom, openRoom, signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import { type TestServer, startTestServer, until } from "../testing/testServer.ts";
import { notebookRoom, readItems } from "./reader.ts";
import { type Torture, must } from "./torture.ts";
import { itemsOf, openWriter } from "./writer.ts";

interface Size {
  readonly clients: number;
  readonly rounds: number;
}

const ROOM = notebookRoom(5);
const PATIENCE_MS = 40_000;

export const coldLoad: Torture<Size> = {
  title:
    "Cold load: a slow store and many clients; no sync before the content; a failed load never overwrites",
  short: { clients: 50, rounds: 1 },
  long: { clients: 300, rounds: 20 },
  async run(seed, { clients, rounds }, say) {
    const chance = chanceFrom(seed);
    for (let round = 0; round < rounds; round++) await loadCold(chance, clients);
    say(
      `${rounds} times ${clients} clients at a slow store, and at one that failed first: all well`,
    );
  },
};

/** What stands between the server and its store: loads wait until told, and fail so often. */
interface Door {
  asked: number;
  failures: number;
  open: Promise<void>;
}

async function loadCold(chance: Chance, count: number): Promise<void> {
  const door: Door = { asked: 0, failures: 0, open: Promise.resolve() };
  const server = await startTestServer({
    wrap: (store) => ({
      ...store,
      async load(room, ...rest) {
        if (!room.endsWith(ROOM)) return store.load(room, ...rest);
        door.asked++;
        await door.open;
        if (door.failures-- > 0) throw new Error("the disk does not answer");
        return store.load(room, ...rest);
      },
    }),
  });
  try {
    await waitForSlow(server, door, count, chance);
  } finally {
    await server.close();
  }
}

async function waitForSlow(
  server: TestServer,
  door: Door,
  count: number,
  chance: Chance,
): Promise<void> {
  const place = await server.found();
  const signedIn = await signIn(place, place.owner);
  const writer = await openWriter(place, ROOM, signedIn.token, "w");
  for (let i = chance.between(30, 300); i > 0; i--) writer.write();
  await until(() => writer.acknowledged() === writer.sent);
  const content = await readItems(place, place.owner, ROOM);
  writer.socket.ws.close();
  await writer.socket.closed;
  await server.restart();

  let letIn = (): void => undefined;
  door.open = new Promise((resolve) => (letIn = resolve));
  door.asked = 0;
  const early: string[] = [];
  const people = Array.from({ length: count }, (_, i) => {
    const room = openRoom(place, ROOM, signedIn, { doc: new Y.Doc() });
    // Each has something of its own from before: an empty room that is not loaded would take it for all there is.
    itemsOf(room.doc).push([`own-${i}`]);
    room.provider.once("sync", () => {
      const found = new Set(itemsOf(room.doc).toArray());
      if (!content.every((item) => found.has(item))) early.push(`${i} with ${found.size} items`);
    });
    return room;
  });
  const close = (): void => people.forEach((room: NodeRoom) => room.close());
  try {
    await until(() => people.every(({ provider }) => provider.wsconnected), "", PATIENCE_MS);
    must(
      people.every(({ provider }) => !provider.synced),
      "a sync before the content",
    );
    must(door.asked === 1, `the room was loaded ${door.asked} times`);
    door.failures = chance.between(1, 3);
    letIn();
    await until(() => people.every(({ provider }) => provider.synced), "all have it", PATIENCE_MS);
    must(early.length === 0, `a sync before the content: ${early.slice(0, 5).join(", ")}`);
    const expected = [...content, ...people.map((_, i) => `own-${i}`)].sort().join();
    const complete = async (): Promise<boolean> =>
      [...(await readItems(place, place.owner, ROOM))].sort().join() === expected;
    await until(complete, "everything is there once, after loads that failed", PATIENCE_MS);
  } finally {
    close();
  }
}
