// Files whose names hold their digest never change: the browser takes them out of the cache by itself, without
// waking the service worker for each of the dozens that a page needs.
self.addEventListener("install", (event) => {
  const never = () => undefined;
  event
    .addRoutes?.({ condition: { urlPattern: { pathname: "/assets/*" } }, source: "cache" })
    ?.catch(never);
});
