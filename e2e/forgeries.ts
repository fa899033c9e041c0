/**
 * What a cell may tell the page if it takes the kernel's own port: forged, replayed, huge and senseless messages. Each is
 * the body of a function that is given `send`, which posts a message, `run`, the number of the cell's own run, and `text`.
 */
export interface Forgery {
  readonly name: string;
  readonly code: string;
}

const shown = (words: string): string =>
  `[{ bundle: { "text/plain": ${JSON.stringify(words)} }, id: null }]`;
const call = (capability: string, request: string): string =>
  `send({ kind: "call", run, call: 7000 + calls++, capability: ${JSON.stringify(capability)}, request: ${request} })`;

/** Nothing that the page shows may say this. */
export const MARK = "forged";
/** The same in code, which stands on the page, too. */
const hidden = `("${MARK.slice(0, 3)}" + "${MARK.slice(3)}")`;
/** But for this, which proves that the port is the kernel's. */
export const PROOF = "said through the kernel's own port";

export const forgeries: readonly Forgery[] = [
  { name: "an output of its own run", code: `send({ kind: "outputs", run, shown: ${shown(PROOF)} })` },
  { name: "outputs of another run", code: `for (const r of [run + 1, run - 1, 0, 1, -1, null, "1", undefined]) send({ kind: "outputs", run: r, shown: ${shown(MARK)} })` },
  { name: "the end of another run", code: `for (const r of [run + 1, run - 1, 0, 1, null, "1"]) send({ kind: "ended", run: r, end: { kind: "error", error: { name: "${MARK}", message: "${MARK}" } } })` },
  { name: "an end that there is not", code: `send({ kind: "ended", run, end: { kind: "kernel-ended", reason: "${MARK}" } })` },
  { name: "another device", code: `send({ kind: "ready", device: { backend: "${MARK}", adapter: "${MARK}", packages: {} }, notice: "${MARK}" })` },
  { name: "what only the page says", code: `for (const kind of ["start", "run", "interrupt", "forget", "reply", "refuse", "terminate", "ping"]) send({ kind, run, cell: "${MARK}", code: "1", call: 0, value: "${MARK}" })` },
  { name: "capabilities that there are not", code: `for (const c of ["blobs", "session", "keys", "__proto__", "constructor", "toString", ""]) send({ kind: "call", run, call: 7000 + calls++, capability: c, request: {} })` },
  { name: "a dataset of another workspace", code: call("datasets", `{ name: "secrets" }`) },
  { name: "a dataset by a path", code: call("datasets", `{ name: "../../secrets", version: "0000" }`) },
  { name: "a dataset by a guess at its digest", code: call("datasets", `{ name: "secrets", version: "0".repeat(64) }`) },
  { name: "a dataset by no name", code: call("datasets", `{ name: { toString: 1 }, version: [] }`) },
  { name: "a run that it did not start", code: `${call("runs", `{ kind: "log", run: 3, blocks: [{ name: "${MARK}", by: "step", steps: [1], values: [1] }] }`)}; ${call("runs", `{ kind: "end", run: 3, how: "finished", why: "${MARK}" }`)}` },
  { name: "a run with lists without end", code: `const endless = new Array(2 ** 32 - 1); ${call("runs", `{ kind: "log", run: 3, blocks: [] , tags: [], console: "x", progress: null }`)}; send({ kind: "trained", run, names: ["__proto__", "constructor", 4, null] })` },
  { name: "keys that change what objects are", code: `send({ kind: "outputs", run, shown: [{ bundle: JSON.parse('{"application/json":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"__proto__":{"polluted":1}}'), id: "__proto__" }] })` },
  { name: "something nested five hundred deep", code: `let deep = 0; for (let i = 0; i < 500; i++) deep = [deep]; send({ kind: "outputs", run, shown: [{ bundle: { "application/json": deep }, id: null }] }); send(deep)` },
  { name: "things that are no messages", code: `for (const one of [null, 0, "ended", [], new Date(NaN), /x/, 10n ** 50n, new Error("${MARK}"), new Map([["kind", "ended"]]), new Blob(["${MARK}"]), new ImageData(1, 1), new Float32Array(9)]) send(one)` },
  { name: "ports, streams and canvases along with it", code: `const { port1 } = new MessageChannel(); send({ kind: "outputs", run, shown: [{ bundle: { "text/plain": port1 } }] }, [port1]); const { readable } = new TransformStream(); send({ kind: "outputs", run, shown: readable }, [readable]); const canvas = new OffscreenCanvas(1, 1); send({ kind: canvas }, [canvas])` },
  { name: "markup in a notice", code: `send({ kind: "notice", message: "<img src='http://" + out + "/notice' onerror='document.title=1'>" })` },
  { name: "a message to the frame and to whoever listens", code: `self.postMessage({ kind: "failed", message: "${MARK}" }); self.postMessage({ kind: "boot", runtime: "1" })` },
]; // prettier-ignore

/** The code of a cell that takes the port and tries them all. */
export function forge(out: string): string {
  const tries = forgeries.map(
    ({ name, code }) =>
      `${JSON.stringify(name)}: () => { ${code.replaceAll(`"${MARK}"`, hidden)} }`,
  );
  return `const out = ${JSON.stringify(out)}, real = MessagePort.prototype.postMessage;
let calls = 0;
const { port, run } = await new Promise((taken) => {
  MessagePort.prototype.postMessage = function (...sent) {
    if (sent[0]?.kind === "outputs") {
      MessagePort.prototype.postMessage = real;
      taken({ port: this, run: sent[0].run });
    }
    return real.apply(this, sent);
  };
  console.log("one line");
  setTimeout(() => console.log("another line"), 100);
});
const replies = [];
port.addEventListener("message", ({ data }) => { if (data.call >= 7000) replies.push(data); });
const send = (message, transfer = []) => real.call(port, message, transfer);
const sent = [];
for (const [name, forgery] of Object.entries({ ${tries.join(",\n")} })) {
  try { forgery(); sent.push(name); } catch (error) { sent.push(name + " failed: " + error); }
}
await new Promise((later) => setTimeout(later, 500));
console.log("sent " + JSON.stringify({ sent, replies: replies.map((one) => one.kind + " " + JSON.stringify(one.value?.ok ?? one.message ?? null)) }));`;
}
