/** Things that may happen once, remembered in this process for as long as they are good. */
export function localClaims(now: () => number = Date.now): (key: string, ms: number) => boolean {
  const claimed = new Map<string, number>();
  return (key, ms) => {
    const at = now();
    for (const [old, until] of claimed) {
      if (until > at) break; // those after it were claimed later
      claimed.delete(old);
    }
    if ((claimed.get(key) ?? 0) > at) return false;
    claimed.set(key, at + ms);
    return true;
  };
}
