/**
 * Tokens: which key has signed in to which workspace, and until when. Whoever opens ten rooms shows the same token ten
 * times: its signature is checked once, and what it said is remembered until it expires.
 */
import { SignJWT, jwtVerify } from "jose";
import { randomBytes } from "node:crypto";
import { encodeBase64url } from "../lib/base/base64url.ts";
import type { WorkspaceId } from "../lib/base/ids.ts";
import type { PublicKey } from "../lib/workspace/signatures.ts";

export interface Tokens {
  /** `expiresAt`: milliseconds since 1970; the token knows it to the second. */
  issue(workspace: WorkspaceId, key: PublicKey, expiresAt: number): Promise<string>;
  /** The key that the token was issued to for this workspace; undefined where it is none, or not any more. */
  read(workspace: WorkspaceId, token: string): Promise<PublicKey | undefined>;
}

/** Tokens that are remembered: half a kilobyte each. */
const MAX_KNOWN = 10_000;

interface Known {
  readonly workspace: unknown;
  readonly key: PublicKey | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export function openTokens(secret: Uint8Array): Tokens {
  const known = new Map<string, Known>();

  const check = async (token: string): Promise<Known | undefined> => {
    try {
      const { payload } = await jwtVerify(token, secret, { algorithms: ["HS256"] });
      return {
        workspace: payload["w"],
        key: payload.sub,
        expiresAt: (payload.exp ?? 0) * 1000,
      };
    } catch {
      return undefined;
    }
  };

  return {
    issue: (workspace, key, expiresAt) =>
      new SignJWT({ w: workspace })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(key)
        .setJti(encodeBase64url(randomBytes(9)))
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(secret),
    async read(workspace, token) {
      let said = known.get(token);
      if (!said) {
        said = await check(token);
        if (!said) return undefined;
        if (known.size >= MAX_KNOWN) known.clear();
        known.set(token, said);
      }
      if (said.expiresAt <= Date.now()) {
        known.delete(token);
        return undefined;
      }
      return said.workspace === workspace ? said.key : undefined;
    },
  };
}
