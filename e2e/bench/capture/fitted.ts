/** One fit, measured: what its first epoch took, and what a step took after it. */
import process from "node:process";
import { dispatched } from "./dispatches.ts";

export interface Fitted {
  readonly firstMs: number;
  /** Of a step in the later epochs: wall, and CPU time of the whole process. */
  readonly wallUs: number;
  readonly cpuUs: number;
  readonly dispatches: number;
}

interface Mark {
  readonly at: number;
  readonly cpu: number;
  readonly dispatches: number;
}

/** Epochs of so many steps; `fit` says when each is over. The first starts when it is called. */
export async function measured(
  steps: number,
  fit: (epochIsOver: () => void) => Promise<unknown>,
): Promise<Fitted> {
  globalThis.gc?.();
  const start = mark();
  const ends: Mark[] = [];
  await fit(() => void ends.push(mark()));
  const [first, last] = [ends[0], ends.at(-1)];
  if (!first || !last || first === last) throw new Error("a fit of one epoch has no later ones");
  const count = steps * (ends.length - 1);
  return {
    firstMs: first.at - start.at,
    wallUs: ((last.at - first.at) * 1000) / count,
    cpuUs: (last.cpu - first.cpu) / count,
    dispatches: (last.dispatches - first.dispatches) / count,
  };
}

function mark(): Mark {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), cpu: user + system, dispatches: dispatched() };
}
