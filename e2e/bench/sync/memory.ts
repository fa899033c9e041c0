/** Resident memory with a thousand small rooms open, one person with a short text in each. */
import { described, reached, roundsOf, spread, type Spread } from "../figures.ts";
import { openCrowd, pause } from "./load.ts";
import { type Contender, bareServer, ensemble, hocuspocusServer } from "./servers.ts";
import { residentMemory } from "./usage.ts";

const ROUNDS = roundsOf(3);
const ROOMS = 1000;
const LETTERS = 30;
const SETTLE = 3_000;

export async function measureMemory(): Promise<{ readonly ok: boolean; readonly found: object }> {
  const contenders = [ensemble, bareServer, hocuspocusServer];
  const sizes = new Map<Contender, number[]>(contenders.map((one) => [one, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const contender of contenders) sizes.get(contender)?.push(await once(contender));
  const of = (contender: Contender): Spread => spread(sizes.get(contender) ?? []);
  console.log(`  resident memory with ${ROOMS} small rooms open`);
  for (const contender of contenders)
    console.log(`    ${contender.name}: ${described(of(contender), "MiB")}`);
  const least = Math.min(of(bareServer).median, of(hocuspocusServer).median);
  const ok = reached("memory against the smaller of the others", of(ensemble).median / least, 1);
  return { ok, found: Object.fromEntries(contenders.map((one) => [one.name, of(one)])) };
}

async function once(contender: Contender): Promise<number> {
  const server = await contender.start();
  try {
    const crowd = await openCrowd(server, ROOMS, 1, LETTERS);
    for (const client of crowd.clients) client.type();
    await pause(SETTLE);
    const size = await residentMemory(server.pid);
    crowd.close();
    return size;
  } finally {
    await server.close();
  }
}
