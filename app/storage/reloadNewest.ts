/** Loads the page again, in the newest version of the app that this browser has fetched. */
const PATIENCE_MS = 3000;

export async function reloadNewest(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  const waiting = registration?.waiting;
  if (waiting) {
    const taken = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
      setTimeout(resolve, PATIENCE_MS);
    });
    waiting.postMessage({ type: "SKIP_WAITING" });
    await taken;
  }
  location.reload();
}
