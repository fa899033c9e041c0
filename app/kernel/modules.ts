/**
 * What "ensemble" offers, domain by domain. Its declaration for people who type stands in
 * app/language/cell/ensemble.d.ts, and a test holds the two together.
 */
import type * as tf from "@tensorflow/tfjs";
import { datasetsGuest } from "../../lib/datasets/guest.ts";
import type { GuestModule } from "../../lib/kernel/capability.ts";
import { paramGuest } from "../../lib/kernel/guest/param.ts";
import { showingGuest } from "../../lib/kernel/guest/showing.ts";
import { progressGuest } from "../../lib/kernel/progress/guest.ts";
import { swapRandom, workerClock } from "../../lib/platform/browser/workerWorld.ts";
import { runsGuest } from "../../lib/runs/guest.ts";

export function guestModules(tensorflow: typeof tf): readonly GuestModule[] {
  return [
    showingGuest,
    paramGuest,
    progressGuest(workerClock),
    datasetsGuest,
    runsGuest(tensorflow, { swapRandom, now: () => workerClock.now() }),
  ];
}
