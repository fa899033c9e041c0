/** From send to receipt with 300 clients and 1,000 messages a second: 30 rooms with 10 people in each. */
import { described, quantile, reached, roundsOf, spread, type Spread } from "../figures.ts";
import { openCrowd } from "./load.ts";
import { type Contender, bareServer, ensemble, hocuspocusServer } from "./servers.ts";

const ROUNDS = roundsOf(5);
const ROOMS = 30;
const PER_ROOM = 10;
const PER_SECOND = 1000;
const SECONDS = 10;
/** Until everything is compiled and every buffer has grown. */
const WARM_UP = 3;

interface Round {
  readonly p50: number;
  readonly p99: number;
  readonly acknowledged: number;
}

export async function measureDelays(): Promise<{ readonly ok: boolean; readonly found: object }> {
  const contenders = [ensemble, bareServer, hocuspocusServer];
  const rounds = new Map<Contender, Round[]>(contenders.map((one) => [one, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(round + turn) % contenders.length] ?? ensemble;
      rounds.get(contender)?.push(await once(contender));
    }
  const of = (contender: Contender, what: keyof Round): Spread =>
    spread((rounds.get(contender) ?? []).map((round) => round[what]));

  console.log(
    `  ${ROOMS * PER_ROOM} clients, ${PER_ROOM} in a room, ${PER_SECOND} messages/s, medians of ${ROUNDS} rounds`,
  );
  for (const contender of contenders)
    console.log(
      `    ${contender.name}: p50 ${described(of(contender, "p50"))}, p99 ${described(of(contender, "p99"))}`,
    );
  const acknowledged = of(ensemble, "acknowledged");
  console.log(`    ${ensemble.name}: acknowledged as durable, p99 ${described(acknowledged)}`);
  const ours = of(ensemble, "p99").median;
  const theirs = Math.min(of(bareServer, "p99").median, of(hocuspocusServer, "p99").median);
  console.log(`    p99 in ratio to the quicker of them: ${(ours / theirs).toFixed(2)}`);
  const near = reached("p99 over the quicker server without durability", ours - theirs, 10, " ms");
  const soon = reached("p99 of durable acknowledgements", acknowledged.median, 30, " ms");
  const found = Object.fromEntries(contenders.map((one) => [one.name, rounds.get(one)]));
  return { ok: near && soon, found };
}

async function once(contender: Contender): Promise<Round> {
  const server = await contender.start();
  try {
    const crowd = await openCrowd(server, ROOMS, PER_ROOM);
    await crowd.type(PER_SECOND, WARM_UP);
    await crowd.type(PER_SECOND, SECONDS);
    crowd.close();
    return {
      p50: quantile(crowd.delays, 0.5),
      p99: quantile(crowd.delays, 0.99),
      acknowledged: quantile(crowd.acknowledged, 0.99),
    };
  } finally {
    await server.close();
  }
}
