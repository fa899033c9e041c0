/** Why an entry may not do what it says. The app puts the code in words. */
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
  | "last-owner"
  | "last-device"
  | "not-open";

/** Why a member may not do what they asked for. */
export interface MembershipFailure {
  readonly code: EntryRefusal;
}
