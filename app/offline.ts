/**
 * Registers the service worker, once the first page is there. A new version of the app is fetched quietly and
 * is in use when all its tabs have been closed: no page is loaded again, or loses its code, while somebody
 * works in it.
 */

/** The precache is many megabytes: what the person came for goes first. */
const SETTLED_MS = 1000;

export function keepForOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const soon = (): void => void setTimeout(() => void register(), SETTLED_MS);
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
}

async function register(): Promise<void> {
  try {
    await navigator.serviceWorker.register("/sw.js");
  } catch (error) {
    // Past a certificate warning, or where site data is refused: the app works, but only online.
    console.warn("Ensemble cannot be kept for offline use on this device.", error);
  }
}
