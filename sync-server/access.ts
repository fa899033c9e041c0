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
import type { Bus } from "./bus/bus.ts";
import { challenges } from "./challenges.ts";
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
  /** Looks in the store for what other nodes have appended that the bus did not tell of. */
  catchUp(): Promise<void>;
}

export async function openAccess(store: Store, bus: Bus): Promise<Access> {
  const secret = await store.secret("token", () => randomBytes(32));
  const tokens = openTokens(secret);
  const logs = openMembershipLogs(store);
  const challenge = challenges(secret, bus);
  const listeners: ((membership: Membership) => void)[] = [];

  const membershipOf = async (workspace: WorkspaceId): Promise<Membership | undefined> => {
    const membership = await logs.current(workspace);
    return membership.seen.size > 0 ? membership : undefined;
  };

  /** Who came by another node a moment ago may be in the log already, and not yet known here. */
  const memberNow = async (workspace: WorkspaceId, key: PublicKey): Promise<Member | undefined> => {
    const known = memberOf(await logs.current(workspace), key);
    return known ?? (bus.alone ? undefined : memberOf(await refresh(workspace), key));
  };

  const refresh = async (workspace: WorkspaceId): Promise<Membership> => {
    const before = await logs.current(workspace);
    const membership = await logs.reread(workspace);
    if (membership.seen.size !== before.seen.size)
      for (const listener of listeners) listener(membership);
    return membership;
  };

  bus.onMembership((workspace) => {
    // Where that fails, the next look into the store finds it.
    if (logs.knows(workspace)) refresh(workspace).catch(() => undefined);
  });

  return {
    membership: membershipOf,
    entries: (workspace) => store.entries(workspace),
    async addEntries(workspace, values, signedInAs = "") {
      const { accepted, refused, membership } = await logs.add(workspace, values, signedInAs);
      if (accepted > 0) bus.tellMembership(workspace);
      for (const listener of listeners) listener(membership);
      return { accepted, refused };
    },
    challenge: (workspace, key) => challenge.make(workspace, key),
    async signIn(workspace, { key, nonce, signature }) {
      if (!challenge.isGood(nonce, workspace, key)) return "bad-signature";
      const bytes = decodeBase64url(signature);
      const signed = challengeBytes(workspace, nonce);
      if (!bytes || !(await webcryptoSignatures.verify(key, signed, bytes))) return "bad-signature";
      if (!(await challenge.use(nonce))) return "bad-signature";
      const member = await memberNow(workspace, key);
      if (!member) return "not-a-member";
      const expiresAt = Date.now() + limits.tokenMs;
      const token = await tokens.issue(workspace, key, expiresAt);
      return { token, expiresAt, member };
    },
    async verify(workspace, token) {
      const key = await tokens.read(workspace, token);
      if (key === undefined) return "bad-token";
      const member = await memberNow(workspace, key);
      return member ? { workspace, key, member } : "not-a-member";
    },
    onChange: (listener) => void listeners.push(listener),
    async catchUp() {
      for (const workspace of await logs.outdated()) await refresh(workspace);
    },
  };
}
