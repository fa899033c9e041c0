/** The browser's clock and timers. */
import type { Platform } from "../../lib/base/platform.ts";
import type { Timers } from "../../lib/base/timers.ts";
import { turn } from "../../lib/platform/browser/turn.ts";

export const browserClock: Pick<Platform, "now"> & Timers = {
  now: () => Date.now(),
  after(ms, act) {
    if (ms <= 0) return nextTask(act);
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** Without the second that a timer takes where the tab is hidden. */
function nextTask(act: () => void): () => void {
  let wanted = true;
  void turn().then(() => {
    if (wanted) act();
  });
  return () => (wanted = false);
}
