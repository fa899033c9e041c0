/** The browser's clock and timers. */
import type { Platform } from "../../lib/base/platform.ts";
import type { Timers } from "../../lib/base/timers.ts";

export const browserClock: Pick<Platform, "now"> & Timers = {
  now: () => Date.now(),
  after(ms, act) {
    if (ms <= 0) return nextTask(act);
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

const tasks = new MessageChannel();
const waiting: (() => void)[] = [];
tasks.port1.onmessage = () => waiting.shift()?.();

/** Without the second that a timer takes where the tab is hidden. */
function nextTask(act: () => void): () => void {
  let wanted = true;
  waiting.push(() => {
    if (wanted) act();
  });
  tasks.port2.postMessage(null);
  return () => (wanted = false);
}
