/** SHA-256 off the page's thread, unlike lib/base/digest.ts: blobs are big. */
import type { Digest } from "../../base/ids.ts";

export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") as Digest;
}
