/**
 * The only script of the sandbox's frame, as text: the page's policy names it by hash, so the server and
 * the frame must see the same bytes. It boots one data: worker, hands it the runtime and a port, and never
 * runs a member's code itself.
 */
const BOOT = `onmessage = (event) => {
  onmessage = null;
  const { runtime, gpu, port } = event.data;
  if (gpu) navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => {});
  const url = URL.createObjectURL(runtime.slice(0, runtime.size, "text/javascript"));
  try {
    importScripts(url);
  } finally {
    URL.revokeObjectURL(url);
  }
  self.startKernel(port);
};`;

export const FRAME_SCRIPT = `addEventListener("message", function boot(event) {
  if (event.source !== parent || event.data?.kind !== "boot") return;
  removeEventListener("message", boot);
  const worker = new Worker("data:text/javascript;charset=utf-8," + ${JSON.stringify(encodeURIComponent(BOOT))});
  worker.onerror = (error) => event.ports[1].postMessage({ kind: "failed", message: error.message ?? "" });
  const { runtime, gpu } = event.data;
  worker.postMessage({ runtime, gpu, port: event.ports[0] }, [event.ports[0]]);
  event.ports[1].onmessage = (asked) => {
    if (asked.data?.kind === "terminate") worker.terminate();
    if (asked.data?.kind === "ping") event.ports[1].postMessage({ kind: "pong" });
  };
});`;

/** The frame's own policy: nothing but its script, the worker and what the worker makes. */
export function framePolicy(scriptHash: string): string {
  return [
    "default-src 'none'",
    `script-src '${scriptHash}' blob: 'wasm-unsafe-eval'`,
    "worker-src data:",
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

export async function frameScriptHash(): Promise<string> {
  const bytes = new TextEncoder().encode(FRAME_SCRIPT);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}
