/** Signing and checking, as the domain needs them. Ed25519; WebCrypto does the work in lib/platform. */
import { decodeBase64url } from "../base/base64url.ts";

export type PublicKey = string; // 32 bytes, base64url

export function isPublicKey(text: string): text is PublicKey {
  return text.length === 43 && decodeBase64url(text) !== undefined;
}

export interface Signer {
  readonly publicKey: PublicKey;
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Signatures {
  verify(
    key: PublicKey,
    message: Uint8Array<ArrayBuffer>,
    signature: Uint8Array<ArrayBuffer>,
  ): Promise<boolean>;
  /** A new key pair and its 32-byte secret, for an invite link. */
  makeSecret(): Promise<{ signer: Signer; secret: Uint8Array<ArrayBuffer> }>;
  /** The key pair of a secret that came with an invite link; undefined where it is none. */
  fromSecret(secret: Uint8Array<ArrayBuffer>, publicKey: PublicKey): Promise<Signer | undefined>;
  /** The key pair of 32 bytes alone, whose public part is worked out. */
  fromSeed(seed: Uint8Array<ArrayBuffer>): Promise<Signer>;
}
