/** Work that may wait until the page has nothing better to do. Safari has no idle callbacks: there, a moment. */
const AT_THE_LATEST_MS = 1000;
const A_MOMENT_MS = 50;

export function whenIdle(act: () => void): void {
  if (typeof requestIdleCallback === "function")
    requestIdleCallback(() => act(), { timeout: AT_THE_LATEST_MS });
  else setTimeout(act, A_MOMENT_MS);
}
