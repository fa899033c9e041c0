/**
 * A log for what may come in floods: the first of a kind is written at once, those that follow within a minute as one
 * line with their number. So an hour of attack fills no disk.
 */
import type { Log } from "./log.ts";

export interface CountedLog {
  /** `kind` and `code` together say what is counted alike. `ms`: how long it took; of many the longest is written. */
  count(kind: string, code?: string, ms?: number): void;
  /** Writes what was counted and not yet written. */
  close(): void;
}

interface Counted {
  readonly kind: string;
  readonly code: string | undefined;
  count: number;
  ms: number;
}

/** More kinds than that are none of this server's. */
const KINDS = 200;

export function countedLog(log: Pick<Log, "warn">, everyMs: number): CountedLog {
  const counted = new Map<string, Counted>();

  const write = ({ kind, code, count, ms }: Counted): void => {
    if (count === 0) return;
    const facts = { ...(code === undefined ? {} : { code }), count };
    log.warn(ms > 0 ? { ...facts, ms: Math.round(ms) } : facts, kind);
  };
  const writeAll = (): void => {
    for (const [key, one] of counted) {
      // Quiet for a whole while: the next one is news again.
      if (one.count === 0) counted.delete(key);
      write(one);
      one.count = one.ms = 0;
    }
  };
  const timer = setInterval(writeAll, everyMs).unref();

  return {
    count(kind, code, ms = 0) {
      const key = `${kind} ${code ?? ""}`;
      const known = counted.get(key);
      if (known) {
        known.count++;
        known.ms = Math.max(known.ms, ms);
      } else if (counted.size < KINDS) {
        write({ kind, code, count: 1, ms });
        counted.set(key, { kind, code, count: 0, ms: 0 });
      }
    },
    close() {
      clearInterval(timer);
      writeAll();
    },
  };
}
