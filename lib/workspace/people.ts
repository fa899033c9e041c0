/** What the People page shows beside the members: devices, and what may still bring somebody in. */
import type { MemberId } from "../base/ids.ts";
import type { Entry, OpenRole } from "./entry.ts";
import type { Membership } from "./roster.ts";
import type { Role } from "./member.ts";
import type { PublicKey } from "./signatures.ts";

export interface MemberDevice {
  readonly key: PublicKey;
  readonly member: MemberId;
  /** "Firefox on Linux"; undefined where it never said. */
  readonly name: string | undefined;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** No browser, but a key on paper that can bring one in. */
  readonly recovery: boolean;
  /** This browser. */
  readonly mine: boolean;
}

export interface PendingInvite {
  readonly key: PublicKey;
  readonly role: Role;
  /** How many people may still use it. */
  readonly left: number;
  readonly expiresAt: number;
  readonly by: MemberId;
  /** False until the server has it: nobody can join by it before. */
  readonly delivered: boolean;
}

export interface People {
  readonly devices: readonly MemberDevice[];
  readonly invites: readonly PendingInvite[];
  /** As what everybody may join whom a proxy in front of the server knows. */
  readonly openTo: OpenRole | undefined;
}

export const NOBODY: People = { devices: [], invites: [], openTo: undefined };

/** `queue`: the entries that the server still has to be given. */
export function peopleOf(membership: Membership, mine: PublicKey, queue: readonly Entry[]): People {
  const waiting = new Set(queue.flatMap(({ act }) => (act.kind === "invite" ? [act.key] : [])));
  const invites = [...membership.invites]
    .filter(([, { by, left }]) => left > 0 && membership.members.get(by)?.role === "owner")
    .map(([key, { role, left, expiresAt, by }]) => ({
      key,
      role,
      left,
      expiresAt,
      by,
      delivered: !waiting.has(key),
    }));
  const devices = [...membership.devices].map(([key, device]) => ({
    ...device,
    key,
    mine: key === mine,
  }));
  return { devices, invites, openTo: membership.openTo };
}
