/** The browser's clock and timers. */
import type { Platform } from "../../lib/base/platform.ts";
import type { Timers } from "../../lib/base/timers.ts";

export const browserClock: Pick<Platform, "now"> & Timers = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};
