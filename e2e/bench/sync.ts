/**
 * The sync server beside those that people use, all in one run, in turns, on loopback, with durability switched on
 * here and off there: delays, CPU, memory, opening a long room, and what bad frames do to everybody else.
 */
import { record } from "./figures.ts";
import { measure as measureKeystroke } from "./keystroke.ts";
import { measureColdLoad } from "./sync/coldLoad.ts";
import { measureCpu } from "./sync/cpu.ts";
import { measureDelays } from "./sync/delays.ts";
import { SHOWN_ELSEWHERE, tryFrames } from "./sync/frames.ts";
import { measureMemory } from "./sync/memory.ts";
import { installPeers } from "./sync/servers.ts";

const parts: Readonly<
  Record<string, () => Promise<{ readonly ok: boolean; readonly found: object }>>
> = {
  delays: measureDelays,
  cpu: measureCpu,
  memory: measureMemory,
  coldLoad: measureColdLoad,
  frames: tryFrames,
};

/** All parts, or the one that is named. */
export async function measure(named?: string): Promise<boolean> {
  if (named !== undefined && !(named in parts))
    throw new Error(`its parts are ${Object.keys(parts).join(", ")}`);
  installPeers();
  const found: Record<string, object> = {};
  let ok = true;
  for (const [name, part] of Object.entries(parts)) {
    if (named !== undefined && name !== named) continue;
    const result = await part();
    found[name] = result.found;
    ok = result.ok && ok;
  }
  await record(named === undefined ? "sync" : `sync-${named}`, found);
  if (named !== undefined) return ok;
  ok = (await measureKeystroke()) && ok;
  console.log("  Measured on their own, since they kill what they measure:");
  for (const line of SHOWN_ELSEWHERE) console.log(`    ${line}`);
  return ok;
}
