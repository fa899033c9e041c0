/** A workspace's id vouches for its founder: it is the hash of the founder's key and a salt. */
import { encodeBase32 } from "../base/base32.ts";
import { digestText } from "../base/digest.ts";
import type { WorkspaceId } from "../base/ids.ts";
import type { PublicKey } from "./signatures.ts";

const BYTES = 16;

/** 128 bits of SHA-256 as 26 characters. */
export function workspaceIdOf(founder: PublicKey, salt: string): WorkspaceId {
  const hex = digestText(`ensemble workspace\n${founder}\n${salt}`);
  const bytes = Uint8Array.from({ length: BYTES }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
  return encodeBase32(bytes) as WorkspaceId;
}
