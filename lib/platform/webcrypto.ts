/** Ed25519 over WebCrypto, in browsers and in Node alike. */
import { decodeBase64url, encodeBase64url } from "../base/base64url.ts";
import type { PublicKey, Signatures, Signer } from "../workspace/signatures.ts";

const ALGORITHM = "Ed25519";
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

export const webcryptoSignatures: Signatures = {
  async verify(key, message, signature) {
    const raw = decodeBase64url(key);
    if (raw?.length !== 32 || signature.length !== 64) return false;
    try {
      const imported = await crypto.subtle.importKey("raw", raw, ALGORITHM, false, ["verify"]);
      return await crypto.subtle.verify(ALGORITHM, imported, signature, message);
    } catch {
      return false;
    }
  },
  async makeSecret() {
    const pair = await generate(true);
    const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey);
    const secret = decodeBase64url(jwk.d ?? "");
    if (!secret) throw new Error("the platform gave no secret for a new key");
    return { signer: await signerOf(pair), secret };
  },
  async fromSecret(secret, publicKey) {
    if (secret.length !== 32) return undefined;
    const jwk = { kty: "OKP", crv: ALGORITHM, d: encodeBase64url(secret), x: publicKey };
    try {
      const key = await crypto.subtle.importKey("jwk", jwk, ALGORITHM, false, ["sign"]);
      return { publicKey, sign: (message) => sign(key, message) };
    } catch {
      return undefined;
    }
  },
  async fromSeed(seed) {
    const bytes = Uint8Array.from([...PKCS8_PREFIX, ...seed]);
    const key = await crypto.subtle.importKey("pkcs8", bytes, ALGORITHM, true, ["sign"]);
    const { x: publicKey = "" } = await crypto.subtle.exportKey("jwk", key);
    return { publicKey, sign: (message) => sign(key, message) };
  },
};

/** A device's key pair. Not extractable: it can be kept and used, and never read. */
export function generateDeviceKey(): Promise<CryptoKeyPair> {
  return generate(false);
}

export async function signerOf(pair: CryptoKeyPair): Promise<Signer> {
  const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
  const publicKey: PublicKey = encodeBase64url(new Uint8Array(raw));
  return { publicKey, sign: (message) => sign(pair.privateKey, message) };
}

function generate(extractable: boolean): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, extractable, ["sign", "verify"]);
}

async function sign(
  key: CryptoKey,
  message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, message));
}
