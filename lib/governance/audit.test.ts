import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foundWorkspace, newDevice } from "../testing/foundedWorkspace.ts";
import { emptyMembership } from "../workspace/membership.ts";
import {
  type AuditFact,
  type AuditRecord,
  auditStart,
  chainAudit,
  checkSeen,
  parseAuditRecord,
  verifyAudit,
} from "./audit.ts";
import { auditEntries } from "./membershipAudit.ts";

const W = "abcdefghijklmnopqrstuvwxyz";

function facts(count: number): AuditFact[] {
  return Array.from({ length: count }, (_, i) => ({
    kind: "import",
    id: `fact ${i}`,
    member: "m",
    name: "Mira",
    device: "d",
    signedInAs: "",
    facts: { what: "dataset", called: `table ${i}`, doneAt: i },
  }));
}

const chain = (count: number): AuditRecord[] => chainAudit(W, auditStart(W), facts(count), 1000);

describe("the audit log's chain", () => {
  it("holds as it was written, in one piece or several, and after a way through JSON", () => {
    const first = chain(3);
    const more = chainAudit(W, first.at(-1)!, facts(2), 2000);
    const all = [...first, ...more].map((one) => parseAuditRecord(JSON.parse(JSON.stringify(one))));
    const sound = all.filter((one) => one !== undefined);
    expect(verifyAudit(W, sound)).toMatchObject({ ok: true, end: { seq: 5 } });
    expect(verifyAudit(W, sound.slice(3), first.at(-1))).toMatchObject({ ok: true });
  });

  it("says at which record it is broken, whatever field of whatever record was changed", () => {
    fc.assert(
      fc.property(
        fc.nat(7),
        fc.constantFrom("at", "kind", "id", "member", "name", "device", "signedInAs", "facts"),
        (at, field) => {
          const records = chain(8);
          const others: Record<string, unknown> = { at: 5, kind: "export", facts: { what: "run" } };
          records[at] = { ...records[at]!, [field]: others[field] ?? "else" };
          expect(verifyAudit(W, records)).toEqual({
            ok: false,
            broken: { why: "changed", seq: at + 1 },
          });
        },
      ),
    );
  });

  it("misses a record that was taken out, and one that stands elsewhere", () => {
    const records = chain(6);
    expect(verifyAudit(W, records.toSpliced(2, 1))).toEqual({
      ok: false,
      broken: { why: "missing", seq: 3 },
    });
    const swapped = [records[0]!, records[2]!, records[1]!, ...records.slice(3)];
    expect(verifyAudit(W, swapped)).toMatchObject({ broken: { why: "missing", seq: 2 } });
  });

  it("notices a record that was written anew, with all that follows but one", () => {
    const [records, others] = [chain(6), chainAudit(W, auditStart(W), facts(6), 999)];
    const mended = [...records.slice(0, 2), ...others.slice(2)];
    expect(verifyAudit(W, mended)).toMatchObject({ broken: { why: "cut-in", seq: 3 } });
    expect(verifyAudit(`${W.slice(1)}2`, records)).toMatchObject({ broken: { seq: 1 } });
  });

  it("cannot know by itself that its end was cut off or written anew; who saw it once can", () => {
    const records = chain(6);
    const { seq, hash } = records[4]!;
    expect(verifyAudit(W, records.slice(0, 4))).toMatchObject({ ok: true });
    expect(checkSeen(records.slice(0, 4), { seq, hash })).toEqual({ why: "shorter", seq: 5 });
    const anew = chainAudit(W, auditStart(W), facts(6), 999);
    expect(verifyAudit(W, anew)).toMatchObject({ ok: true });
    expect(checkSeen(anew, { seq, hash })).toEqual({ why: "rewritten", seq: 5 });
    expect(checkSeen(records, { seq, hash })).toBeUndefined();
  });

  it("takes no record from outside that is none", () => {
    const record = chain(1)[0]!;
    for (const wrong of [
      null,
      3,
      {},
      { ...record, v: 2 },
      { ...record, hash: "x" },
      { ...record, kind: "party" },
    ])
      expect(parseAuditRecord(wrong)).toBeUndefined();
  });
});

describe("what membership entries say to the audit log", () => {
  it("is who did what to whom, under the names of then", async () => {
    const founded = await foundWorkspace();
    const before = founded.membership;
    const invite = await founded.invite("editor", 3);
    const jun = await newDevice();
    await founded.join(jun, invite);
    await founded.add(founded.owner, { kind: "role", member: jun.publicKey, role: "viewer" });
    await founded.add(jun, { kind: "name", name: "Jun Tan" });
    await founded.add(jun, { kind: "device-name", key: jun.publicKey, name: "Firefox" });
    const middle = founded.membership;
    const first = auditEntries(founded.log.slice(1), before, middle, "jun@example.org");
    expect(first.map(({ kind, name, facts: said }) => [kind, name, said])).toEqual([
      ["invite", "Mira", { role: "editor", uses: 3, expiresAt: expect.any(Number) as number }],
      [
        "join",
        "Jun Tan",
        { role: "editor", invitedBy: founded.owner.publicKey, invitedByName: "Mira" },
      ],
      ["role", "Mira", { of: jun.publicKey, ofName: "Jun Tan", role: "viewer" }],
      ["name", "Jun Tan", { name: "Jun Tan" }],
    ]);
    expect(first[0]).toMatchObject({
      signedInAs: "jun@example.org",
      device: founded.owner.publicKey,
    });
    const known = founded.log.length;
    await founded.add(founded.owner, { kind: "revoke", key: invite.publicKey });
    await founded.add(founded.owner, { kind: "revoke", key: jun.publicKey });
    const last = auditEntries(founded.log.slice(known), middle, founded.membership);
    expect(last.map(({ kind, facts: said }) => [kind, said])).toEqual([
      ["withdraw", { role: "editor" }],
      ["remove", { of: jun.publicKey, ofName: "Jun Tan" }],
    ]);
    const whole = auditEntries(founded.log, emptyMembership(founded.workspace), founded.membership);
    expect(whole.map(({ kind }) => kind)).toEqual([
      "found",
      "invite",
      "join",
      "role",
      "name",
      "withdraw",
      "remove",
    ]);
  });
});
