/** What a record of the audit log says, in a sentence without its subject. */
import { assertNever } from "../../lib/base/assertNever.ts";
import type { AuditBreak, AuditKind, AuditRecord } from "../../lib/governance/audit.ts";
import { clock } from "../ui/time.ts";

/** What the filter is called for each kind of record. */
export const kindWords: Readonly<Record<AuditKind, string>> = {
  found: "Workspace made",
  join: "Joined",
  leave: "Left",
  remove: "Removed",
  role: "Role changed",
  transfer: "Ownership handed over",
  name: "Name changed",
  invite: "Invite made",
  withdraw: "Invite withdrawn",
  open: "Opened to who is signed in",
  device: "Device added",
  "device-remove": "Device removed",
  "recovery-key": "Recovery key made",
  "signed-in": "Signed in",
  import: "Imported",
  delete: "Deleted",
  restore: "Taken back",
  export: "Exported",
  refusals: "Refused sign-ins",
};

/** "made an invite as editor for 5 people, until 3 Dec 12:41". `now`: milliseconds since 1970. */
export function recordWords({ kind, facts }: AuditRecord, now: number): string {
  const fact = (key: string): string => String(facts[key] ?? "");
  const number = (key: string): number => Number(facts[key] ?? 0);
  const person = (key: string): string => fact(`${key}Name`) || fact(key).slice(0, 8);
  const thing = (): string => {
    const called = fact("called");
    return called === "" ? `${fact("what")} ${fact("thing")}` : `${fact("what")} “${called}”`;
  };
  switch (kind) {
    case "found":
      return "made the workspace";
    case "join":
      return fact("invitedBy") === ""
        ? `joined as ${fact("role") || "a member"}`
        : `joined as ${fact("role")}, by an invite from ${person("invitedBy")}`;
    case "leave":
      return "left the workspace";
    case "remove":
      return `removed ${person("of")}`;
    case "role":
      return `made ${person("of")} ${fact("role")}`;
    case "transfer":
      return `handed the ownership to ${person("to")}`;
    case "name":
      return `is called ${fact("name")} from now on`;
    case "invite": {
      const uses = number("uses");
      const people = uses === 1 ? "1 person" : `${uses} people`;
      return `made an invite as ${fact("role")} for ${people}, until ${clock(number("expiresAt"), now)}`;
    }
    case "withdraw":
      return fact("role") === ""
        ? "withdrew a device link"
        : `withdrew an invite as ${fact("role")}`;
    case "open":
      return fact("role") === "nobody"
        ? "lets people join only with an invite"
        : `lets anybody join who is signed in, as ${fact("role")}`;
    case "device":
      return `added a device${fact("called") === "" ? "" : `, ${fact("called")}`}`;
    case "device-remove":
      return `removed a device of ${person("of")}${fact("called") === "" ? "" : `, ${fact("called")}`}`;
    case "recovery-key":
      return "made a recovery key";
    case "signed-in":
      return "signed in at the proxy";
    case "import":
      return `imported ${thing()}`;
    case "delete":
      return `deleted ${thing()}`;
    case "restore":
      return `took back ${thing()}`;
    case "export":
      return `exported ${thing()}`;
    case "refusals": {
      const count = number("count");
      return count === 1 ? "1 sign-in was refused" : `${count} sign-ins were refused`;
    }
    default:
      return assertNever(kind);
  }
}

/** Where the chain is broken, and what that means. */
export function breakWords({ why, seq }: AuditBreak): string {
  switch (why) {
    case "changed":
      return `Record ${seq} does not say what it said when it was written.`;
    case "missing":
      return `Record ${seq} is missing, or stands in another place.`;
    case "cut-in":
      return `Record ${seq} does not follow from the one before it: records were taken out or put in.`;
    case "shorter":
      return `This browser has seen record ${seq}, and the log ends before it: its end was cut off.`;
    case "rewritten":
      return `Record ${seq} is another than the one that this browser has seen: the log was written anew.`;
    default:
      return assertNever(why);
  }
}
