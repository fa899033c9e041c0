/** So many requests from one address in a minute, and no more. */
export interface RateLimit {
  allows(address: string): boolean;
  readonly perMinute: number;
}

const MINUTE = 60_000;
const MAX_ADDRESSES = 10_000;

export function rateLimit(perMinute: number, now: () => number = Date.now): RateLimit {
  const counts = new Map<string, { since: number; count: number }>();
  return {
    perMinute,
    allows(address) {
      const at = now();
      const known = counts.get(address);
      if (!known || at - known.since >= MINUTE) {
        if (counts.size >= MAX_ADDRESSES) counts.clear();
        counts.set(address, { since: at, count: 1 });
        return true;
      }
      return ++known.count <= perMinute;
    },
  };
}
