/** SHA-256, at once and where WebCrypto is not (plain http): digests name blobs, versions and outputs. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Digest } from "./ids.ts";

export function digestBytes(bytes: Uint8Array): Digest {
  return bytesToHex(sha256(bytes)) as Digest;
}

/** The digest of bytes that come in parts. */
export function digestParts(): { add(part: Uint8Array): void; digest(): Digest } {
  const hash = sha256.create();
  return {
    add: (part) => void hash.update(part),
    digest: () => bytesToHex(hash.digest()) as Digest,
  };
}

export function digestText(text: string): Digest {
  return digestBytes(new TextEncoder().encode(text));
}
