/** Work that may wait until the page has nothing better to do. */
const LATEST_MS = 2000;
const WITHOUT_MS = 500;

/** Calls when the page has nothing else to do; gives back how not to. */
export function whenIdle(act: () => void): () => void {
  // Not every browser tells when it is idle.
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(act, WITHOUT_MS);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(() => act(), { timeout: LATEST_MS });
  return () => cancelIdleCallback(asked);
}
