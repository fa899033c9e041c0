/** What membership entries mean to an audit log, once a server has accepted them. */
import { assertNever } from "../base/assertNever.ts";
import { type Entry, entryId } from "../workspace/entry.ts";
import type { Role } from "../workspace/session.ts";
import { type Membership, memberOf, namedMember } from "../workspace/roster.ts";
import type { AuditFact, AuditKind } from "./audit.ts";

type Said = readonly [AuditKind, AuditFact["facts"]];

/**
 * The facts of these entries, in their order; entries that say nothing to an audit are left out. `before` and
 * `after`: the membership around all of them, from which people's names are taken.
 */
export function auditEntries(
  entries: readonly Entry[],
  before: Membership,
  after: Membership,
  signedInAs = "",
): AuditFact[] {
  /** Who came and went within these entries, who is in neither membership. */
  const passing = new Map<string, string>();
  const made = new Map<string, Role>();
  const facts: AuditFact[] = [];
  for (const entry of entries) {
    const { act, by } = entry;
    if ("name" in act && !act.kind.startsWith("device")) passing.set(by, act.name);
    if (act.kind === "invite") made.set(act.key, act.role);
    const said = meaning(entry, before, after, { names: passing, invites: made });
    if (!said) continue;
    const [kind, told] = said;
    const author = memberOf(after, by) ?? memberOf(before, by);
    facts.push({
      kind,
      id: entryId(entry),
      member: author?.id ?? by,
      name: author?.name ?? passing.get(by) ?? "",
      device: by,
      signedInAs,
      facts: told,
    });
  }
  return facts;
}

function meaning(
  { act, by }: Entry,
  before: Membership,
  after: Membership,
  within: {
    readonly names: ReadonlyMap<string, string>;
    readonly invites: ReadonlyMap<string, Role>;
  },
): Said | undefined {
  const called = (key: string): string =>
    (namedMember(before, key) ?? namedMember(after, key))?.name ?? within.names.get(key) ?? "";
  const owner = (key: string): string => (memberOf(before, key) ?? memberOf(after, key))?.id ?? key;
  switch (act.kind) {
    case "genesis":
      return ["found", {}];
    case "join": {
      const invite = before.invites.get(act.invite) ?? after.invites.get(act.invite);
      if (!invite) return ["join", {}];
      return [
        "join",
        { role: invite.role, invitedBy: invite.by, invitedByName: called(invite.by) },
      ];
    }
    case "open-join":
      return ["join", { role: after.openTo ?? before.openTo ?? "" }];
    case "invite":
      return ["invite", { role: act.role, uses: act.uses, expiresAt: act.expiresAt }];
    case "role":
      return ["role", { of: act.member, ofName: called(act.member), role: act.role }];
    case "transfer":
      return ["transfer", { to: act.to, toName: called(act.to) }];
    case "name":
      return ["name", { name: act.name }];
    case "open":
      return ["open", { role: act.role }];
    case "revoke": {
      const role = before.invites.get(act.key)?.role ?? within.invites.get(act.key);
      if (role !== undefined) return ["withdraw", { role }];
      if (before.deviceInvites.has(act.key)) return ["withdraw", {}];
      const gone = namedMember(before, act.key);
      if (gone && gone.id === owner(by)) return ["leave", {}];
      return ["remove", { of: gone?.id ?? act.key, ofName: called(act.key) }];
    }
    case "device":
      return [act.recovery === true ? "recovery-key" : "device", { key: act.key }];
    case "device-join":
      return ["device", { key: by, called: act.name }];
    case "device-revoke": {
      const device = before.devices.get(act.key);
      const of = device?.member ?? act.key;
      const told = { key: act.key, called: device?.name ?? "", of, ofName: called(of) };
      return ["device-remove", told];
    }
    // What a browser calls itself, and a link that nobody has used yet, change nothing that an owner asks about.
    case "device-name":
    case "device-invite":
      return undefined;
    default:
      return assertNever(act);
  }
}
