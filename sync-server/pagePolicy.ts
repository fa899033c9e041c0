/** The headers of the app's pages: what they may load and run. The frame's script is allowed by hash alone. */
import { frameScriptHash } from "../lib/platform/browser/frameScript.ts";

/** `hotReload`: in development the page also listens to Vite. */
export async function pageHeaders(hotReload = false): Promise<Readonly<Record<string, string>>> {
  const policy = [
    "default-src 'self'",
    `script-src 'self' '${await frameScriptHash()}' blob: 'wasm-unsafe-eval'`,
    "worker-src 'self' data:",
    "frame-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${hotReload ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  };
}
