/**
 * Who belongs to a workspace and what they may do: a fold over the membership log. An entry that may not
 * do what it says is refused with a reason and changes nothing, the same for the server that enforces
 * and for the clients that show it.
 */
import { decodeBase64url } from "../base/base64url.ts";
import { assertNever } from "../base/assertNever.ts";
import type { MemberId, WorkspaceId } from "../base/ids.ts";
import { foldDeviceAct, foldDeviceJoin } from "./devices.ts";
import { type Act, type Entry, entryId, isAuthentic, proofBytes } from "./entry.ts";
import type { EntryRefusal } from "./refusals.ts";
import {
  type Draft,
  type Membership,
  draftOf,
  dropDevice,
  emptyMembership,
  isTaken,
  memberOf,
  namedMember,
} from "./roster.ts";
import type { Member, Role } from "./member.ts";
import type { PublicKey, Signatures } from "./signatures.ts";
import { workspaceIdOf } from "./workspaceId.ts";

export type { EntryRefusal, MembershipFailure } from "./refusals.ts";
export { type Membership, emptyMembership, memberOf } from "./roster.ts";

export type Applied =
  | { readonly ok: true; readonly membership: Membership }
  | { readonly ok: false; readonly reason: EntryRefusal };

export interface AppliedAll {
  readonly membership: Membership;
  readonly refused: readonly { readonly index: number; readonly reason: EntryRefusal }[];
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
  const reason = await foldAny(draft, entry, now, signatures);
  if (reason === undefined) draft.seen.add(entryId(entry));
  return reason;
}

async function foldAny(
  draft: Draft,
  entry: Entry,
  now: number,
  signatures: Signatures,
): Promise<EntryRefusal | undefined> {
  const { act } = entry;
  switch (act.kind) {
    case "genesis":
      return foldGenesis(draft, entry, act);
    case "join":
      return foldJoin(draft, entry, act, now, signatures);
    case "device-join":
      return foldDeviceJoin(draft, entry, act, now, signatures);
    case "open-join":
      return foldOpenJoin(draft, entry, act);
    default:
      return foldAct(draft, entry, act);
  }
}

function foldAct(
  draft: Draft,
  entry: Entry,
  act: Exclude<Act, { kind: "genesis" | "join" | "device-join" | "open-join" }>,
): EntryRefusal | undefined {
  if (draft.members.size === 0) return "no-genesis";
  const author = memberOf(draft, entry.by);
  if (!author) return "not-a-member";
  switch (act.kind) {
    case "name":
      draft.members.set(author.id, { ...author, name: act.name });
      return undefined;
    case "device":
    case "device-name":
    case "device-invite":
    case "device-revoke":
      return foldDeviceAct(draft, entry, author, act);
    case "revoke":
      return foldRevoke(draft, author, act.key);
    case "invite":
      return foldInvite(draft, entry, author, act);
    case "open":
      if (author.role !== "owner") return "not-allowed";
      draft.openTo = act.role === "nobody" ? undefined : act.role;
      return undefined;
    case "role": {
      if (author.role !== "owner") return "not-allowed";
      return changeRole(draft, namedMember(draft, act.member), act.role);
    }
    case "transfer": {
      if (author.role !== "owner") return "not-allowed";
      const heir = namedMember(draft, act.to);
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
  addMember(draft, entry, act.name, "owner");
  return undefined;
}

function foldInvite(
  draft: Draft,
  entry: Entry,
  author: Member,
  act: Extract<Act, { kind: "invite" }>,
): EntryRefusal | undefined {
  if (author.role !== "owner") return "not-allowed";
  const { role, expiresAt, uses: left } = act;
  draft.invites.set(act.key, { role, expiresAt, left, by: author.id, device: entry.by });
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
  if (isTaken(draft, entry.by)) return "already-a-member";
  if (invite.left < 1) return "invite-used-up";
  if (now > invite.expiresAt) return "invite-expired";
  const proof = decodeBase64url(act.proof);
  const bytes = proofBytes(draft.workspace, entry.by);
  if (!proof || !(await signatures.verify(act.invite, bytes, proof))) return "not-authentic";
  draft.invites.set(act.invite, { ...invite, left: invite.left - 1 });
  addMember(draft, entry, act.name, invite.role);
  return undefined;
}

/** That a proxy knows who this is only the server can tell, as it alone can tell that an invite was in time. */
function foldOpenJoin(
  draft: Draft,
  entry: Entry,
  act: Extract<Act, { kind: "open-join" }>,
): EntryRefusal | undefined {
  if (draft.openTo === undefined) return "not-open";
  if (isTaken(draft, entry.by)) return "already-a-member";
  addMember(draft, entry, act.name, draft.openTo);
  return undefined;
}

function foldRevoke(draft: Draft, author: Member, key: PublicKey): EntryRefusal | undefined {
  if (draft.invites.has(key)) {
    if (author.role !== "owner") return "not-allowed";
    draft.invites.delete(key);
    return undefined;
  }
  const pending = draft.deviceInvites.get(key);
  if (pending) {
    if (author.role !== "owner" && pending.member !== author.id) return "not-allowed";
    draft.deviceInvites.delete(key);
    return undefined;
  }
  const member = namedMember(draft, key);
  if (!member) return "no-such-member";
  if (author.role !== "owner" && member.id !== author.id) return "not-allowed";
  if (isLastOwner(draft, member)) return "last-owner";
  draft.members.delete(member.id);
  for (const [device, { member: id }] of draft.devices)
    if (id === member.id) dropDevice(draft, device);
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

function addMember(draft: Draft, entry: Entry, name: string, role: Role): void {
  const id = entry.by as MemberId;
  draft.members.set(id, { id, name, role });
  const { by, at: addedAt } = entry;
  draft.devices.set(by, { member: id, name: undefined, addedAt, recovery: false });
}

function isLastOwner(draft: Draft, member: Member): boolean {
  return ![...draft.members.values()].some(
    (other) => other.role === "owner" && other.id !== member.id,
  );
}
