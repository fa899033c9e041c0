/** Things that may happen once, remembered in this process for as long as they are good. */

/** So many may lie about that are good no more. */
const MOST_UNCLEARED = 1_000;

export function localClaims(now: () => number = Date.now): (key: string, ms: number) => boolean {
  const claimed = new Map<string, number>();
  let clearAt = MOST_UNCLEARED;
  return (key, ms) => {
    const at = now();
    if (claimed.size >= clearAt) {
      // Some are good for a minute, some for a day: all are looked at, and not often.
      for (const [old, until] of claimed) if (until <= at) claimed.delete(old);
      clearAt = Math.max(MOST_UNCLEARED, 2 * claimed.size);
    }
    if ((claimed.get(key) ?? 0) > at) return false;
    claimed.set(key, at + ms);
    return true;
  };
}
