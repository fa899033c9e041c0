/**
 * Who may do what: the membership logs, challenges and tokens. A token says which key signed in; the role
 * is looked up each time it matters, so that a change of role counts at once.
 */
import { SignJWT, jwtVerify } from "jose";
import { randomBytes } from "node:crypto";
import { decodeBase64url, encodeBase64url } from "../lib/base/base64url.ts";
import type { WorkspaceId } from "../lib/base/ids.ts";
import { webcryptoSignatures } from "../lib/platform/webcrypto.ts";
import { type Entry, entryId, parseEntry } from "../lib/workspace/entry.ts";
import {
  type EntryRefusal,
  type Membership,
  applyEntries,
  memberOf,
  replay,
} from "../lib/workspace/membership.ts";
import type { Member } from "../lib/workspace/session.ts";
import type { PublicKey } from "../lib/workspace/signatures.ts";
import { challengeBytes } from "../lib/workspace/challenge.ts";
import { limits } from "./limits.ts";
import type { Store } from "./stores/store.ts";

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

type Refusal = EntryRefusal | "not-an-entry" | "log-full";

export interface Accepted {
  readonly accepted: number;
  readonly refused: readonly { readonly index: number; readonly reason: Refusal }[];
}

export interface Access {
  /** The membership, or undefined where the server knows no such workspace. */
  membership(workspace: WorkspaceId): Promise<Membership | undefined>;
  entries(workspace: WorkspaceId): Promise<readonly string[]>;
  addEntries(workspace: WorkspaceId, values: readonly unknown[]): Promise<Accepted>;
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
  const secret = await store.secret("token", () => randomBytes(32));
  const known = new Map<WorkspaceId, Promise<Membership>>();
  const challenges = new Map<string, { workspace: WorkspaceId; key: PublicKey; until: number }>();
  const listeners: ((membership: Membership) => void)[] = [];

  const read = async (workspace: WorkspaceId): Promise<Membership> => {
    const entries = (await store.entries(workspace)).map((text) => parseEntry(JSON.parse(text)));
    return replay(
      workspace,
      entries.filter((entry) => entry !== undefined),
      webcryptoSignatures,
    );
  };

  /** What failed, and names that nobody registered, are not kept in memory. */
  const keep = (workspace: WorkspaceId, membership: Promise<Membership>): void => {
    known.set(workspace, membership);
    const forget = (): void => {
      if (known.get(workspace) === membership) known.delete(workspace);
    };
    membership.then(({ seen }) => {
      if (seen.size === 0) forget();
    }, forget);
  };

  const current = (workspace: WorkspaceId): Promise<Membership> => {
    const membership = known.get(workspace) ?? read(workspace);
    if (!known.has(workspace)) keep(workspace, membership);
    return membership;
  };

  const membershipOf = async (workspace: WorkspaceId): Promise<Membership | undefined> => {
    const membership = await current(workspace);
    return membership.seen.size > 0 ? membership : undefined;
  };

  const add = async (
    before: Membership,
    values: readonly unknown[],
  ): Promise<Accepted & { membership: Membership }> => {
    const refused: { index: number; reason: Refusal }[] = [];
    const candidates: { index: number; entry: Entry }[] = [];
    let space = limits.entries - before.seen.size;
    for (const [index, value] of values.entries()) {
      const entry = parseEntry(value);
      if (!entry) refused.push({ index, reason: "not-an-entry" });
      else if (!before.seen.has(entryId(entry)) && space-- <= 0)
        refused.push({ index, reason: "log-full" });
      else candidates.push({ index, entry });
    }
    const entries = candidates.map(({ entry }) => entry);
    const applied = await applyEntries(before, entries, Date.now(), webcryptoSignatures);
    const said = new Map(applied.refused.map(({ index, reason }) => [index, reason]));
    const fresh = new Map<string, string>();
    for (const [i, { index, entry }] of candidates.entries()) {
      const reason = said.get(i);
      if (reason) refused.push({ index, reason });
      else if (!before.seen.has(entryId(entry))) fresh.set(entryId(entry), JSON.stringify(entry));
    }
    if (fresh.size > 0) await store.appendEntries(before.workspace, [...fresh.values()]);
    refused.sort((a, b) => a.index - b.index);
    const { membership } = fresh.size > 0 ? applied : { membership: before };
    return { accepted: values.length - refused.length, refused, membership };
  };

  return {
    membership: membershipOf,
    entries: (workspace) => store.entries(workspace),
    async addEntries(workspace, values) {
      // One after another for a workspace: each is judged by the log as the one before left it.
      const added = current(workspace).then((before) => add(before, values));
      keep(
        workspace,
        added.then(({ membership }) => membership),
      );
      const { accepted, refused, membership } = await added;
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
      const token = await new SignJWT({ w: workspace })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(key)
        .setJti(encodeBase64url(randomBytes(9)))
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(secret);
      return { token, expiresAt, member };
    },
    async verify(workspace, token) {
      let key: PublicKey | undefined;
      try {
        const { payload } = await jwtVerify(token, secret, { algorithms: ["HS256"] });
        if (payload["w"] === workspace) key = payload.sub;
      } catch {
        return "bad-token";
      }
      if (key === undefined) return "bad-token";
      const membership = await membershipOf(workspace);
      const member = membership && memberOf(membership, key);
      return member ? { workspace, key, member } : "not-a-member";
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
