/** Something that is asked before it is done, since there is no easy way back. */
import type { Member, WorkspaceSession } from "../../lib/workspace/session.ts";
import type { MemberDevice } from "../../lib/workspace/people.ts";

export interface Question {
  readonly title: string;
  readonly words: readonly string[];
  /** What the button says. */
  readonly does: string;
  /** What was not done where it fails, as in "Jun was not removed". */
  readonly failed: string;
  readonly act: () => Promise<void>;
}

type Session = Pick<WorkspaceSession, "remove" | "transfer" | "removeDevice">;

export function askRemove(session: Session, member: Member): Question {
  return {
    title: `Remove ${member.name}?`,
    words: [
      "They can no longer open or change what is here; what they wrote stays. What their browsers hold already stays with them.",
    ],
    does: "Remove from workspace",
    failed: `${member.name} was not removed`,
    act: () => session.remove(member.id),
  };
}

export function askTransfer(session: Session, member: Member): Question {
  return {
    title: `Hand the ownership to ${member.name}?`,
    words: [
      `${member.name} becomes an owner, who invites and removes people and decides what they may do. You become an editor: you write and run as before, and no longer decide who does.`,
      "Only an owner can make you an owner again. To share the ownership instead, give them the role Owner.",
    ],
    does: "Hand over",
    failed: "The ownership was not handed over",
    act: () => session.transfer(member.id),
  };
}

export function askLeave(session: Session, me: Member, left: () => void): Question {
  return {
    title: "Leave this workspace?",
    words: [
      "None of your devices can open it any more, and you come back only by a new invite. What you wrote stays with the others.",
      "What this browser holds of it stays here until you delete the workspace from this browser.",
    ],
    does: "Leave workspace",
    failed: "You have not left",
    act: async () => {
      await session.remove(me.id);
      left();
    },
  };
}

export function askRemoveDevice(session: Session, device: MemberDevice, owner: Member): Question {
  const name = device.recovery ? "the recovery key" : (device.name ?? "a device without a name");
  const whose = device.mine ? "this browser" : name;
  return {
    title: device.recovery ? "Remove the recovery key?" : `Remove ${whose}?`,
    words: device.recovery
      ? ["It no longer brings any browser in. Whoever has the sheet has nothing from then on."]
      : [
          `${owner.name} stays a member; ${device.mine ? "this browser is" : "the device is"} shut out at once, and what it has not sent does not arrive.`,
          "Invite links and device links that were made on it stop working.",
          ...(device.mine
            ? ["You come back in this browser only by a device link or an invite."]
            : []),
        ],
    does: device.recovery ? "Remove key" : "Remove device",
    failed: "The device was not removed",
    act: () => session.removeDevice(device.key),
  };
}
