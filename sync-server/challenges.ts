/**
 * Challenges that any node can tell are its server's own: a nonce is signed by the secret that all nodes share,
 * says until when it is good, and is used once.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { WorkspaceId } from "../lib/base/ids.ts";
import type { PublicKey } from "../lib/workspace/signatures.ts";
import type { Bus } from "./bus/bus.ts";
import { limits } from "./limits.ts";

export interface Challenges {
  make(workspace: WorkspaceId, key: PublicKey): string;
  /** Whether the nonce was made here for this key and workspace, and is still good. */
  isGood(nonce: string, workspace: WorkspaceId, key: PublicKey): boolean;
  /** True for the first who uses the nonce. */
  use(nonce: string): Promise<boolean>;
}

export function challenges(
  secret: Uint8Array,
  bus: Pick<Bus, "claim">,
  now: () => number = Date.now,
): Challenges {
  const sign = (workspace: WorkspaceId, key: PublicKey, random: string, until: string): Buffer =>
    createHmac("sha256", secret)
      .update(JSON.stringify(["ensemble nonce", workspace, key, random, until]))
      .digest();

  return {
    make(workspace, key) {
      const random = randomBytes(18).toString("base64url");
      const until = (now() + limits.challengeMs).toString(36);
      return [random, until, sign(workspace, key, random, until).toString("base64url")].join(".");
    },
    isGood(nonce, workspace, key) {
      const [random = "", until = "", signature = ""] = nonce.split(".");
      const [given, right] = [
        Buffer.from(signature, "base64url"),
        sign(workspace, key, random, until),
      ];
      if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
      return parseInt(until, 36) >= now();
    },
    // Longer than it is good, for nodes whose clocks differ.
    use: (nonce) => bus.claim(`challenge:${nonce}`, 2 * limits.challengeMs),
  };
}
