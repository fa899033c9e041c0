/** Whether this server can do its work at this moment: what a load balancer asks before it sends anybody here. */
import { statfs } from "node:fs/promises";
import { within } from "./within.ts";

export interface Readiness {
  /** `facts`: each thing that was looked at, and whether it is well. */
  look(): Promise<{ readonly ready: boolean; readonly facts: Readonly<Record<string, boolean>> }>;
  /** From now on it is not: the server is about to stop. */
  stopping(): void;
}

/** What was found out is good for so long, milliseconds: a probe writes to the disk. */
const GOOD_FOR = 1_000;

/** `patienceMs`: what has not answered by then is not well. `alsoTold`: facts without which it does its work, too. */
export function openReadiness(
  checks: Readonly<Record<string, () => Promise<boolean>>>,
  patienceMs: number,
  alsoTold: () => Readonly<Record<string, boolean>> = () => ({}),
  now: () => number = () => performance.now(),
): Readiness {
  let stops = false;
  let lookedAt = -Infinity;
  let last: Promise<Readonly<Record<string, boolean>>> = Promise.resolve({});

  const lookAtAll = async (): Promise<Readonly<Record<string, boolean>>> => {
    const found = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        let well = false;
        await within(
          patienceMs,
          check().then((answer) => (well = answer)),
        );
        return [name, well] as const;
      }),
    );
    return Object.fromEntries(found);
  };

  return {
    async look() {
      if (now() - lookedAt >= GOOD_FOR) {
        lookedAt = now();
        last = lookAtAll();
      }
      const facts = { ...(await last), running: !stops };
      return {
        ready: Object.values(facts).every(Boolean),
        facts: { ...facts, ...alsoTold() },
      };
    },
    stopping: () => void (stops = true),
  };
}

/** Are so many bytes free where the folder is? */
export async function hasSpace(folder: string, bytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= bytes;
}
