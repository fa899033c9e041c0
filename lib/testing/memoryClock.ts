/** Time that moves only when told to, with what is to be done in it. */
import type { Platform } from "../base/platform.ts";
import type { Timers } from "../base/timers.ts";

export interface MemoryClock extends Pick<Platform, "now">, Timers {
  /** Moves time on, doing what falls due on the way, in order. */
  readonly tick: (ms: number) => void;
}

export function memoryClock(): MemoryClock {
  let time = Date.UTC(2026, 0, 1);
  const due = new Set<{ readonly at: number; readonly act: () => void }>();
  return {
    now: () => time,
    after(ms, act) {
      const one = { at: time + Math.max(0, ms), act };
      due.add(one);
      return () => void due.delete(one);
    },
    tick(ms) {
      const end = time + ms;
      for (;;) {
        const [next] = [...due].filter((one) => one.at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        due.delete(next);
        time = next.at;
        next.act();
      }
      time = end;
    },
  };
}
