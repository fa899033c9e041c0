/** What a thousand messages cost the server in CPU-seconds, all its threads and everything it stores included. */
import { described, inTurns, reached, roundsOf, type Spread } from "../figures.ts";
import { openCrowd, pause } from "./load.ts";
import { type Contender, ensemble, hocuspocusSqlite } from "./servers.ts";
import { cpuSeconds } from "./usage.ts";

const ROUNDS = roundsOf(5);
const PER_SECOND = 500;
const SECONDS = 10;
const WARM_UP = 3;
/** Hocuspocus stores a room 2 s after its last change. Both are watched for as long. */
const STORED_AFTER = 3_000;

const shapes = [
  { what: "one busy room, 10 people in it", rooms: 1, perRoom: 10 },
  { what: "300 rooms, 2 people in each", rooms: 300, perRoom: 2 },
] as const;

type Shape = (typeof shapes)[number];

export async function measureCpu(): Promise<{ readonly ok: boolean; readonly found: object }> {
  const found: Record<string, { ours: Spread; theirs: Spread; ratio: number }> = {};
  let ok = true;
  for (const shape of shapes) {
    const result = await inTurns(
      ROUNDS,
      () => once(ensemble, shape),
      () => once(hocuspocusSqlite, shape),
    );
    found[shape.what] = result;
    console.log(`  CPU for 1,000 messages, ${shape.what}`);
    console.log(`    ${ensemble.name}: ${described(result.ours)}`);
    console.log(`    ${hocuspocusSqlite.name}: ${described(result.theirs)}`);
    ok = reached("CPU against Hocuspocus with SQLite", result.ratio, 0.667) && ok;
  }
  return { ok, found };
}

/** Milliseconds of CPU for a thousand messages. */
async function once(contender: Contender, { rooms, perRoom }: Shape): Promise<number> {
  const server = await contender.start();
  try {
    const crowd = await openCrowd(server, rooms, perRoom);
    await crowd.type(PER_SECOND, WARM_UP);
    await pause(STORED_AFTER);
    const before = await cpuSeconds(server.pid);
    const { sent } = await crowd.type(PER_SECOND, SECONDS);
    await pause(STORED_AFTER);
    const used = (await cpuSeconds(server.pid)) - before;
    crowd.close();
    return (used * 1000 * 1000) / sent;
  } finally {
    await server.close();
  }
}
