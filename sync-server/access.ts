/**
 * Who may do what: the membership logs, challenges and tokens. A token says which key signed in; the role
 * is looked up each time it matters, so that a change of role counts at once.
 */
import { randomBytes } from "node:crypto";
import { decodeBase64url } from "../lib/base/base64url.ts";
import type { WorkspaceId } from "../lib/base/ids.ts";
import { webcryptoSignatures } from "../lib/platform/webcrypto.ts";
import { type Membership, memberOf } from "../lib/workspace/membership.ts";
import type { Member } from "../lib/workspace/session.ts";
import type { PublicKey } from "../lib/workspace/signatures.ts";
import { challengeBytes } from "../lib/workspace/challenge.ts";
import { limits } from "./limits.ts";
import { type Accepted, openMembershipLogs } from "./membershipLogs.ts";
import type { Store } from "./stores/store.ts";
import { openTokens } from "./tokens.ts";

export interface SignedIn {
  readonly workspace: WorkspaceId;
  readonly key: PublicKey;
  readonly member: Member;
}

export interface Token {
  readonly token: string;
  readonly expiresAt: number;
  readonly member: Member;
}

export interface Access {
  /** The membership, or undefined where the server knows no such workspace. */
  membership(workspace: WorkspaceId): Promise<Membership | undefined>;
  entries(workspace: WorkspaceId): Promise<readonly string[]>;
  /** `signedInAs`: as whom a proxy knows whoever brings them; "" where there is none. */
  addEntries(
    workspace: WorkspaceId,
    values: readonly unknown[],
    signedInAs?: string,
  ): Promise<Accepted>;
  challenge(workspace: WorkspaceId, key: PublicKey): string;
  /** A token for the key that signed the challenge, good for some minutes. */
  signIn(
    workspace: WorkspaceId,
    answer: { readonly key: PublicKey; readonly nonce: string; readonly signature: string },
  ): Promise<Token | "bad-signature" | "not-a-member">;
  verify(workspace: WorkspaceId, token: string): Promise<SignedIn | "bad-token" | "not-a-member">;
  onChange(listener: (membership: Membership) => void): void;
}

export async function openAccess(store: Store): Promise<Access> {
  const tokens = openTokens(await store.secret("token", () => randomBytes(32)));
  const logs = openMembershipLogs(store);
  const challenges = new Map<string, { workspace: WorkspaceId; key: PublicKey; until: number }>();
  const listeners: ((membership: Membership) => void)[] = [];

  const membershipOf = async (workspace: WorkspaceId): Promise<Membership | undefined> => {
    const membership = await logs.current(workspace);
    return membership.seen.size > 0 ? membership : undefined;
  };

  return {
    membership: membershipOf,
    entries: (workspace) => store.entries(workspace),
    async addEntries(workspace, values, signedInAs = "") {
      const { accepted, refused, membership } = await logs.add(workspace, values, signedInAs);
      for (const listener of listeners) listener(membership);
      return { accepted, refused };
    },
    challenge(workspace, key) {
      const now = Date.now();
      for (const [nonce, { until }] of challenges) {
        if (until > now && challenges.size < limits.challenges) break;
        challenges.delete(nonce);
      }
      const nonce = randomBytes(24).toString("base64url");
      challenges.set(nonce, { workspace, key, until: now + limits.challengeMs });
      return nonce;
    },
    async signIn(workspace, { key, nonce, signature }) {
      const challenge = challenges.get(nonce);
      challenges.delete(nonce);
      if (!challenge || challenge.until < Date.now()) return "bad-signature";
      if (challenge.workspace !== workspace || challenge.key !== key) return "bad-signature";
      const bytes = decodeBase64url(signature);
      const signed = challengeBytes(workspace, nonce);
      if (!bytes || !(await webcryptoSignatures.verify(key, signed, bytes))) return "bad-signature";
      const membership = await membershipOf(workspace);
      const member = membership && memberOf(membership, key);
      if (!member) return "not-a-member";
      const expiresAt = Date.now() + limits.tokenMs;
      const token = await tokens.issue(workspace, key, expiresAt);
      return { token, expiresAt, member };
    },
    async verify(workspace, token) {
      const key = await tokens.read(workspace, token);
      if (key === undefined) return "bad-token";
      const membership = await membershipOf(workspace);
      const member = membership && memberOf(membership, key);
      return member ? { workspace, key, member } : "not-a-member";
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
