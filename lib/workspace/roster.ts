/** Who belongs to a workspace, by which devices, and what may still bring somebody in: the values alone. */
import type { MemberId, WorkspaceId } from "../base/ids.ts";
import type { OpenRole } from "./entry.ts";
import type { Member, Role } from "./member.ts";
import type { PublicKey } from "./signatures.ts";

export interface Device {
  readonly member: MemberId;
  /** "Firefox on Linux"; undefined where it never said. */
  readonly name: string | undefined;
  /** Milliseconds since 1970, by the clock of whoever added it. */
  readonly addedAt: number;
  /** No browser, but a key on paper that can bring one in. */
  readonly recovery: boolean;
}

export interface Invite {
  readonly role: Role;
  readonly expiresAt: number;
  readonly left: number;
  /** Who made it: it is good for as long as they are an owner … */
  readonly by: MemberId;
  /** … and the device on which it was made is still theirs. */
  readonly device: PublicKey;
}

/** What lets one device of a member in. */
export interface DeviceInvite {
  readonly member: MemberId;
  readonly device: PublicKey;
  readonly expiresAt: number;
}

export interface Membership {
  readonly workspace: WorkspaceId;
  /** In the order in which they joined. */
  readonly members: ReadonlyMap<MemberId, Member>;
  readonly devices: ReadonlyMap<PublicKey, Device>;
  readonly invites: ReadonlyMap<PublicKey, Invite>;
  readonly deviceInvites: ReadonlyMap<PublicKey, DeviceInvite>;
  /** As what everybody may join whom a proxy in front of the server knows; undefined: nobody. */
  readonly openTo: OpenRole | undefined;
  /** The entries that are in the log: one delivered again changes nothing. */
  readonly seen: ReadonlySet<string>;
}

/** The same while it is being folded: changed in place, so that a long log does not copy itself. */
export interface Draft extends Membership {
  readonly members: Map<MemberId, Member>;
  readonly devices: Map<PublicKey, Device>;
  readonly invites: Map<PublicKey, Invite>;
  readonly deviceInvites: Map<PublicKey, DeviceInvite>;
  openTo: OpenRole | undefined;
  readonly seen: Set<string>;
}

export function emptyMembership(workspace: WorkspaceId): Draft {
  return {
    workspace,
    members: new Map(),
    devices: new Map(),
    invites: new Map(),
    deviceInvites: new Map(),
    openTo: undefined,
    seen: new Set(),
  };
}

export function draftOf(from: Membership): Draft {
  return {
    workspace: from.workspace,
    members: new Map(from.members),
    devices: new Map(from.devices),
    invites: new Map(from.invites),
    deviceInvites: new Map(from.deviceInvites),
    openTo: from.openTo,
    seen: new Set(from.seen),
  };
}

/** The member behind a device's key. */
export function memberOf(membership: Membership, key: PublicKey): Member | undefined {
  const device = membership.devices.get(key);
  return device && membership.members.get(device.member);
}

/**
 * The member of this id, or behind this device. A member's id is the key of their first device, and stays
 * theirs when that device is taken away.
 */
export function namedMember(membership: Membership, key: PublicKey): Member | undefined {
  return membership.members.get(key as MemberId) ?? memberOf(membership, key);
}

/** May this key come in as somebody's device? `as`: the member whose first device it may have been. */
export function isTaken(membership: Membership, key: PublicKey, as?: MemberId): boolean {
  return membership.devices.has(key) || (key !== as && membership.members.has(key as MemberId));
}

/** Takes the device away, and with it everything that it made to bring others in. */
export function dropDevice(draft: Draft, key: PublicKey): void {
  draft.devices.delete(key);
  for (const invites of [draft.invites, draft.deviceInvites])
    for (const [secret, { device }] of invites) if (device === key) invites.delete(secret);
}
