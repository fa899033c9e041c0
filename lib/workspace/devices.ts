/**
 * What entries about devices do to a membership. No key ever leaves a browser: one that belongs vouches for
 * a key that is good once and for minutes, and the new browser proves by it that it may come in.
 */
import { decodeBase64url } from "../base/base64url.ts";
import { type Act, type Entry, deviceProofBytes } from "./entry.ts";
import type { EntryRefusal } from "./refusals.ts";
import { type Draft, dropDevice, isTaken } from "./roster.ts";
import type { Member } from "./session.ts";
import type { Signatures } from "./signatures.ts";

type DeviceAct = Extract<
  Act,
  { kind: "device" | "device-name" | "device-invite" | "device-revoke" }
>;

/** `author`: the member who signed the entry. */
export function foldDeviceAct(
  draft: Draft,
  entry: Entry,
  author: Member,
  act: DeviceAct,
): EntryRefusal | undefined {
  const { key } = act;
  switch (act.kind) {
    case "device":
      if (isTaken(draft, key, author.id)) return "already-a-member";
      draft.devices.set(key, {
        member: author.id,
        name: undefined,
        addedAt: entry.at,
        recovery: act.recovery === true,
      });
      return undefined;
    case "device-name": {
      const device = draft.devices.get(key);
      if (device?.member !== author.id) return "not-allowed";
      draft.devices.set(key, { ...device, name: act.name });
      return undefined;
    }
    case "device-invite":
      draft.deviceInvites.set(key, {
        member: author.id,
        device: entry.by,
        expiresAt: act.expiresAt,
      });
      return undefined;
    case "device-revoke": {
      const device = draft.devices.get(key);
      if (!device) return "no-such-member";
      if (author.role !== "owner" && device.member !== author.id) return "not-allowed";
      const others = [...draft.devices].some(
        ([other, { member }]) => other !== key && member === device.member,
      );
      if (!others) return "last-device";
      dropDevice(draft, key);
      return undefined;
    }
  }
}

/** `now`: the clock of whoever judges, milliseconds since 1970. */
export async function foldDeviceJoin(
  draft: Draft,
  entry: Entry,
  act: Extract<Act, { kind: "device-join" }>,
  now: number,
  signatures: Signatures,
): Promise<EntryRefusal | undefined> {
  const invite = draft.deviceInvites.get(act.invite);
  if (!invite) return "invite-unknown";
  if (isTaken(draft, entry.by, invite.member)) return "already-a-member";
  if (now > invite.expiresAt) return "invite-expired";
  const proof = decodeBase64url(act.proof);
  const bytes = deviceProofBytes(draft.workspace, entry.by);
  if (!proof || !(await signatures.verify(act.invite, bytes, proof))) return "not-authentic";
  draft.deviceInvites.delete(act.invite);
  draft.devices.set(entry.by, {
    member: invite.member,
    name: act.name,
    addedAt: entry.at,
    recovery: false,
  });
  return undefined;
}
