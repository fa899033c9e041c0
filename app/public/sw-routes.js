// Files whose names hold their digest never change: the browser takes them out of the cache by itself, without
// waking the service worker for each of the dozens that a page needs. Where it cannot, the worker answers.
self.addEventListener("install", (event) => {
  const assets = { condition: { urlPattern: { pathname: "/assets/*" } }, source: "cache" };
  event.addRoutes?.(assets).catch(() => undefined);
});
