/** Whatever several clients do, and in whatever order it arrives: in the end all have the same, each thing once. */
import fc from "fast-check";
import { chanceFrom } from "../../lib/testing/chance.ts";
import { type Place, joinByInvite } from "../../lib/platform/node/client.ts";
import { newDevice } from "../../lib/testing/foundedWorkspace.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { follow, openClients, saved } from "../testing/clients.ts";
import { testBrowser } from "../testing/testBrowser.ts";
import { until } from "../testing/testServer.ts";
import { type Participant, browserClient, scrambler, stockClient } from "./participants.ts";
import { notebookRoom } from "./reader.ts";
import type { Torture } from "./torture.ts";
import { must } from "./torture.ts";
import { openWire } from "./wire.ts";
import { itemsOf } from "./writer.ts";

const ROOM = notebookRoom(3);
const PATIENCE_MS = 60_000;

const step = fc.record({
  who: fc.nat({ max: 4 }),
  what: fc.oneof(
    { weight: 8, arbitrary: fc.constant("write" as const) },
    { weight: 2, arbitrary: fc.constant("delete" as const) },
    { weight: 3, arbitrary: fc.constantFrom("cut" as const, "mend" as const) },
    { weight: 2, arbitrary: fc.constant("exchange" as const) },
    { weight: 1, arbitrary: fc.constantFrom("restart" as const, "server" as const) },
  ),
  at: fc.nat({ max: 1000 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const convergence: Torture<{ readonly runs: number; readonly steps: number }> = {
  title:
    "Convergence: clients offline, reordered, duplicated, restarted, stock y-websocket among them",
  short: { runs: 2, steps: 40 },
  long: { runs: 100, steps: 60 },
  async run(seed, { runs, steps }, say) {
    let edits = 0;
    const story = fc.array(step, { minLength: steps >> 1, maxLength: steps, size: "max" });
    const property = fc.asyncProperty(story, async (list) => {
      edits += await play(list, seed);
    });
    await fc.assert(property, { seed, numRuns: runs, endOnFailure: true });
    say(`${runs} stories with ${edits} edits by five clients: the same everywhere, each edit once`);
  },
};

async function play(steps: readonly Step[], seed: number): Promise<number> {
  const clients = await openClients();
  const { server } = clients;
  const people: Participant[] = [];
  try {
    const mira = await clients.found();
    await saved(mira.session);
    const place = { origin: server.origin, workspace: mira.id };
    for (let i = 0; i < 2; i++) people.push(await inBrowser(place, await invite(mira.session)));
    for (let i = 0; i < 2; i++)
      people.push(await stockClient(place, await joined(place, mira.session), ROOM));
    const last = await joined(place, mira.session);
    people.push(await scrambler(place, last, ROOM, chanceFrom(seed)));

    const written = new Set<string>();
    const deleted = new Set<string>();
    let up = true;
    for (const { who, what, at } of steps) {
      const one = people[who] as Participant;
      const items = itemsOf(one.doc);
      switch (what) {
        case "write": {
          const item = `${who}:${written.size}`;
          written.add(item);
          items.insert(at % (items.length + 1), [item]);
          break;
        }
        case "delete":
          if (items.length === 0) break;
          deleted.add(items.get(at % items.length));
          items.delete(at % items.length);
          break;
        case "server":
          await (up ? server.stop() : server.start());
          up = !up;
          break;
        case "restart":
        case "exchange":
          await one[what]();
          break;
        default:
          one[what]();
      }
    }
    if (!up) await server.start();
    for (const one of people) one.mend();
    const shown = (one: Participant): string => itemsOf(one.doc).toArray().join();
    await until(
      async () => {
        for (const one of people) await one.exchange();
        return people.every((one) => shown(one) === shown(people[0] as Participant)) && complete();
      },
      "everybody has the same",
      PATIENCE_MS,
    );
    return written.size + deleted.size;

    function complete(): boolean {
      const found = itemsOf((people[0] as Participant).doc).toArray();
      must(new Set(found).size === found.length, `something is there twice: ${found.join()}`);
      must(!found.some((item) => deleted.has(item)), "something that was deleted came back");
      return found.length === [...written].filter((item) => !deleted.has(item)).length;
    }
  } finally {
    for (const one of people) await one.close();
    await clients.close();
  }
}

async function invite(from: WorkspaceSession): Promise<string> {
  const link = await from.invite({ role: "editor", uses: 1, expiresAt: Date.now() + 60_000 });
  await saved(from);
  return link;
}

/** Somebody without a browser of ours. */
async function joined(place: Place, from: WorkspaceSession): Promise<Signer> {
  const device = await newDevice();
  await joinByInvite(place.origin, await invite(from), device, "Ada");
  return device;
}

/** Somebody in a browser, on a network of its own. */
async function inBrowser({ origin }: Place, link: string): Promise<Participant> {
  const wire = await openWire(() => origin);
  const browser = testBrowser(wire);
  let tab = await browser.tab();
  const id = await follow(tab, link);
  return browserClient(wire, browser, ROOM, async (fresh) => {
    if (fresh) tab = await browser.reload();
    return tab.open(id);
  });
}
