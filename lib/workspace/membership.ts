/**
 * Who belongs to a workspace and what they may do: a fold over the membership log. An entry that may not
 * do what it says is refused with a reason and changes nothing, the same for the server that enforces
 * and for the clients that show it.
 */
import { decodeBase64url } from "../base/base64url.ts";
import { assertNever } from "../base/assertNever.ts";
import type { MemberId, WorkspaceId } from "../base/ids.ts";
import { type Act, type Entry, entryId, isAuthentic, proofBytes } from "./entry.ts";
import type { Member, Role } from "./session.ts";
import type { PublicKey, Signatures } from "./signatures.ts";
import { workspaceIdOf } from "./workspaceId.ts";

export interface Invite {
  readonly role: Role;
  readonly expiresAt: number;
  readonly left: number;
  /** Who made it: it is good for as long as they are an owner. */
  readonly by: MemberId;
}

export interface Membership {
  readonly workspace: WorkspaceId;
  /** In the order in which they joined. */
  readonly members: ReadonlyMap<MemberId, Member>;
  /** The member behind each device's key. */
  readonly devices: ReadonlyMap<PublicKey, MemberId>;
  readonly invites: ReadonlyMap<PublicKey, Invite>;
  /** The entries that are in the log: one delivered again changes nothing. */
  readonly seen: ReadonlySet<string>;
}

export type EntryRefusal =
  | "not-authentic"
  | "wrong-workspace"
  | "no-genesis"
  | "genesis-again"
  | "not-a-member"
  | "not-allowed"
  | "invite-unknown"
  | "invite-used-up"
  | "invite-expired"
  | "already-a-member"
  | "no-such-member"
  | "last-owner";

/** Why a member may not do what they asked for. */
export interface MembershipFailure {
  readonly code: EntryRefusal;
}

export type Applied =
  | { readonly ok: true; readonly membership: Membership }
  | { readonly ok: false; readonly reason: EntryRefusal };

export interface AppliedAll {
  readonly membership: Membership;
  readonly refused: readonly { readonly index: number; readonly reason: EntryRefusal }[];
}

/** The same while it is being folded: changed in place, so that a long log does not copy itself. */
interface Draft extends Membership {
  readonly members: Map<MemberId, Member>;
  readonly devices: Map<PublicKey, MemberId>;
  readonly invites: Map<PublicKey, Invite>;
  readonly seen: Set<string>;
}

export function emptyMembership(workspace: WorkspaceId): Membership {
  return draftOf({
    workspace,
    members: new Map(),
    devices: new Map(),
    invites: new Map(),
    seen: new Set(),
  });
}

export function memberOf(membership: Membership, key: PublicKey): Member | undefined {
  const id = membership.devices.get(key);
  return id === undefined ? undefined : membership.members.get(id);
}

/**
 * Applies entries to the log so far, in their order. `now` (milliseconds since 1970) is the clock of
 * whoever judges: the server when an entry first arrives. Clients that replay an accepted log pass 0,
 * since what the server accepted was in time.
 */
export async function applyEntries(
  before: Membership,
  entries: readonly Entry[],
  now: number,
  signatures: Signatures,
): Promise<AppliedAll> {
  const draft = draftOf(before);
  const refused: { index: number; reason: EntryRefusal }[] = [];
  for (const [index, entry] of entries.entries()) {
    const reason = await fold(draft, entry, now, signatures);
    if (reason) refused.push({ index, reason });
  }
  return { membership: draft, refused };
}

/** Applies one entry; see applyEntries. */
export async function applyEntry(
  before: Membership,
  entry: Entry,
  now: number,
  signatures: Signatures,
): Promise<Applied> {
  const { membership, refused } = await applyEntries(before, [entry], now, signatures);
  const reason = refused[0]?.reason;
  return reason ? { ok: false, reason } : { ok: true, membership };
}

/** Replays a whole log; entries that are refused are skipped. */
export async function replay(
  workspace: WorkspaceId,
  entries: readonly Entry[],
  signatures: Signatures,
): Promise<Membership> {
  return (await applyEntries(emptyMembership(workspace), entries, 0, signatures)).membership;
}

function draftOf(from: Membership): Draft {
  return {
    workspace: from.workspace,
    members: new Map(from.members),
    devices: new Map(from.devices),
    invites: new Map(from.invites),
    seen: new Set(from.seen),
  };
}

/** Changes the draft, or says why not and leaves it as it was. */
async function fold(
  draft: Draft,
  entry: Entry,
  now: number,
  signatures: Signatures,
): Promise<EntryRefusal | undefined> {
  if (entry.workspace !== draft.workspace) return "wrong-workspace";
  if (draft.seen.has(entryId(entry))) return undefined;
  if (!(await isAuthentic(entry, signatures))) return "not-authentic";
  const reason =
    entry.act.kind === "join"
      ? await foldJoin(draft, entry, entry.act, now, signatures)
      : foldAct(draft, entry, entry.act);
  if (reason === undefined) draft.seen.add(entryId(entry));
  return reason;
}

function foldAct(
  draft: Draft,
  entry: Entry,
  act: Exclude<Act, { kind: "join" }>,
): EntryRefusal | undefined {
  if (act.kind === "genesis") return foldGenesis(draft, entry, act);
  if (draft.members.size === 0) return "no-genesis";
  const author = memberOf(draft, entry.by);
  if (!author) return "not-a-member";
  switch (act.kind) {
    case "name":
      draft.members.set(author.id, { ...author, name: act.name });
      return undefined;
    case "device":
      if (draft.devices.has(act.key)) return "already-a-member";
      draft.devices.set(act.key, author.id);
      return undefined;
    case "revoke":
      return foldRevoke(draft, author, act.key);
    case "invite":
      return foldInvite(draft, author, act);
    case "role": {
      if (author.role !== "owner") return "not-allowed";
      return changeRole(draft, memberOf(draft, act.member), act.role);
    }
    case "transfer": {
      if (author.role !== "owner") return "not-allowed";
      const heir = memberOf(draft, act.to);
      const reason = changeRole(draft, heir, "owner");
      if (reason === undefined && heir?.id !== author.id) changeRole(draft, author, "editor");
      return reason;
    }
    default:
      return assertNever(act);
  }
}

function foldGenesis(
  draft: Draft,
  entry: Entry,
  act: { readonly salt: string; readonly name: string },
): EntryRefusal | undefined {
  if (draft.seen.size > 0) return "genesis-again";
  if (workspaceIdOf(entry.by, act.salt) !== draft.workspace) return "wrong-workspace";
  addMember(draft, entry.by, act.name, "owner");
  return undefined;
}

function foldInvite(
  draft: Draft,
  author: Member,
  act: Extract<Act, { kind: "invite" }>,
): EntryRefusal | undefined {
  if (author.role !== "owner") return "not-allowed";
  const { role, expiresAt, uses: left } = act;
  draft.invites.set(act.key, { role, expiresAt, left, by: author.id });
  return undefined;
}

async function foldJoin(
  draft: Draft,
  entry: Entry,
  act: Extract<Act, { kind: "join" }>,
  now: number,
  signatures: Signatures,
): Promise<EntryRefusal | undefined> {
  const invite = draft.invites.get(act.invite);
  // An owner who was shown out must not come back by an invite that they had laid aside.
  if (!invite || draft.members.get(invite.by)?.role !== "owner") return "invite-unknown";
  if (draft.devices.has(entry.by)) return "already-a-member";
  if (invite.left < 1) return "invite-used-up";
  if (now > invite.expiresAt) return "invite-expired";
  const proof = decodeBase64url(act.proof);
  const bytes = proofBytes(draft.workspace, entry.by);
  if (!proof || !(await signatures.verify(act.invite, bytes, proof))) return "not-authentic";
  draft.invites.set(act.invite, { ...invite, left: invite.left - 1 });
  addMember(draft, entry.by, act.name, invite.role);
  return undefined;
}

function foldRevoke(draft: Draft, author: Member, key: PublicKey): EntryRefusal | undefined {
  if (draft.invites.has(key)) {
    if (author.role !== "owner") return "not-allowed";
    draft.invites.delete(key);
    return undefined;
  }
  const member = memberOf(draft, key);
  if (!member) return "no-such-member";
  if (author.role !== "owner" && member.id !== author.id) return "not-allowed";
  if (isLastOwner(draft, member)) return "last-owner";
  draft.members.delete(member.id);
  for (const [device, id] of draft.devices) if (id === member.id) draft.devices.delete(device);
  return undefined;
}

function changeRole(
  draft: Draft,
  member: Member | undefined,
  role: Role,
): EntryRefusal | undefined {
  if (!member) return "no-such-member";
  if (role !== "owner" && isLastOwner(draft, member)) return "last-owner";
  draft.members.set(member.id, { ...member, role });
  return undefined;
}

function addMember(draft: Draft, key: PublicKey, name: string, role: Role): void {
  const id = key as MemberId;
  draft.members.set(id, { id, name, role });
  draft.devices.set(key, id);
}

function isLastOwner(draft: Draft, member: Member): boolean {
  return ![...draft.members.values()].some(
    (other) => other.role === "owner" && other.id !== member.id,
  );
}
