import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64url } from "../base/base64url.ts";
import { webcryptoSignatures as signatures } from "../platform/webcrypto.ts";
import { type FoundedWorkspace, foundWorkspace, newDevice } from "../testing/foundedWorkspace.ts";
import type { Act, Entry } from "./entry.ts";
import { applyEntries, emptyMembership, memberOf, replay } from "./membership.ts";
import type { Role } from "./session.ts";
import type { Signer } from "./signatures.ts";

const ROLES: readonly Role[] = ["owner", "editor", "viewer"];
const key = "A".repeat(43);

describe("who may do what", () => {
  const acts: Record<string, (who: { member: Signer; other: Signer }) => Act> = {
    "invite a viewer": () => ({ kind: "invite", key, role: "viewer", expiresAt: 9e15, uses: 1 }),
    "invite an owner": () => ({ kind: "invite", key, role: "owner", expiresAt: 9e15, uses: 1 }),
    "raise themselves": ({ member }) => ({
      kind: "role",
      member: member.publicKey,
      role: "owner",
    }),
    "lower another": ({ other }) => ({ kind: "role", member: other.publicKey, role: "viewer" }),
    "show another out": ({ other }) => ({ kind: "revoke", key: other.publicKey }),
    "take the workspace over": ({ member }) => ({ kind: "transfer", to: member.publicKey }),
    "name themselves": () => ({ kind: "name", name: "Ada" }),
    "add a device": () => ({ kind: "device", key }),
    leave: ({ member }) => ({ kind: "revoke", key: member.publicKey }),
  };
  const forAll = ["name themselves", "add a device", "leave"];

  for (const role of ROLES)
    for (const [what, act] of Object.entries(acts)) {
      const may = role === "owner" || forAll.includes(what);
      it(`${may ? "lets" : "does not let"} a member who is ${role} ${what}`, async () => {
        const founded = await foundWorkspace();
        const member = await founded.member(role);
        const other = await founded.member("editor");
        const said = await founded.add(member, act({ member, other }));
        expect(said).toBe(may ? "ok" : "not-allowed");
      });
    }

  it("lets nobody who is not a member do anything, and nothing come before the genesis", async () => {
    const founded = await foundWorkspace();
    const stranger = await newDevice();
    for (const act of Object.values(acts))
      expect(await founded.add(stranger, act({ member: stranger, other: founded.owner }))).toBe(
        "not-a-member",
      );
    await founded.add(founded.owner, { kind: "name", name: "Mira L." });
    const backwards = founded.log.toReversed();
    const late = await applyEntries(emptyMembership(founded.workspace), backwards, 0, signatures);
    expect(late.refused).toEqual([{ index: 0, reason: "no-genesis" }]);
  });
});

describe("what was once said", () => {
  it("does not count a second time, not even under another spelling of its signature", async () => {
    const founded = await foundWorkspace();
    const jun = await founded.member("editor");
    await founded.add(founded.owner, { kind: "role", member: jun.publicKey, role: "owner" });
    const grant = founded.log.at(-1)!;
    await founded.add(founded.owner, { kind: "role", member: jun.publicKey, role: "viewer" });
    expect(await founded.deliver(grant)).toBe("ok");
    expect(memberOf(founded.membership, jun.publicKey)?.role).toBe("viewer");
    for (const sig of respelled(grant.sig)) {
      expect(await founded.deliver({ ...grant, sig })).toBe("not-authentic");
    }
  });

  it("does not let a member who was shown out deliver their own join again", async () => {
    const founded = await foundWorkspace();
    const jun = await newDevice();
    await founded.join(jun, await founded.invite("editor", 5));
    const join = founded.log.at(-1)!;
    await founded.add(founded.owner, { kind: "revoke", key: jun.publicKey });
    await founded.deliver(join);
    expect(memberOf(founded.membership, jun.publicKey)).toBeUndefined();
  });

  it("counts in its own workspace only", async () => {
    const [here, there] = [await foundWorkspace(), await foundWorkspace()];
    for (const entry of there.log) {
      expect(await here.deliver(entry)).toBe("wrong-workspace");
      expect(await here.deliver({ ...entry, workspace: here.workspace })).toBe("not-authentic");
    }
  });
});

it("takes an owner's invites away with their role, so that none was laid aside to come back by", async () => {
  const founded = await foundWorkspace();
  const jun = await founded.member("owner");
  const { signer } = await signatures.makeSecret();
  const aside = { key: signer.publicKey, role: "owner", expiresAt: 9e15, uses: 100 } as const;
  expect(await founded.add(jun, { kind: "invite", ...aside })).toBe("ok");
  await founded.add(founded.owner, { kind: "revoke", key: jun.publicKey });
  expect(await founded.join(await newDevice(), signer)).toBe("invite-unknown");
  expect(await founded.join(jun, signer)).toBe("invite-unknown");
});

it("lets nobody join by an invite that was withdrawn", async () => {
  const founded = await foundWorkspace();
  const invite = await founded.invite("viewer");
  await founded.add(founded.owner, { kind: "revoke", key: invite.publicKey });
  expect(await founded.join(await newDevice(), invite)).toBe("invite-unknown");
});

it("folds a log of 3,000 entries in far less than the time of their signatures squared", async () => {
  const founded = await foundWorkspace();
  const named = founded.log[0]!;
  const many = Array.from({ length: 3000 }, (_, i) => ({ ...named, sig: `${i}` }));
  const trusting = { ...signatures, verify: () => Promise.resolve(true) };
  const names = many.map((entry): Entry => ({ ...entry, act: { kind: "name", name: entry.sig } }));
  const started = performance.now();
  const { membership } = await applyEntries(founded.membership, names, 0, trusting);
  expect(memberOf(membership, founded.owner.publicKey)?.name).toBe("2999");
  expect(performance.now() - started).toBeLessThan(1000);
});

it("always has an owner, and gives no role that an owner did not give, whoever tries what", async () => {
  const step = fc.record({
    by: fc.nat(4),
    on: fc.nat(4),
    role: fc.constantFrom(...ROLES),
    what: fc.constantFrom("role", "revoke", "transfer", "device", "join", "again"),
  });
  const devices = await Promise.all(Array.from({ length: 5 }, newDevice));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const founded = await foundWorkspace();
      const people = [founded.owner, ...devices.slice(1)];
      for (const one of steps) {
        const before = founded.membership;
        const [by, on] = [people[one.by]!, people[one.on]!];
        const author = memberOf(before, by.publicKey);
        const said = await attempt(founded, by, on, one);
        const owners = [...founded.membership.members.values()].filter((m) => m.role === "owner");
        expect(owners.length).toBeGreaterThan(0);
        const raised = [...founded.membership.members.values()].filter(
          (m) => before.members.get(m.id)?.role !== m.role,
        );
        if (raised.length > 0 && one.what !== "join") expect(author?.role).toBe("owner");
        if (said !== "ok") expect(founded.membership.members).toEqual(before.members);
      }
      expect(await replay(founded.workspace, founded.log, signatures)).toEqual(founded.membership);
    }),
    { numRuns: 30 },
  );
});

async function attempt(
  founded: FoundedWorkspace,
  by: Signer,
  on: Signer,
  step: { readonly what: string; readonly role: Role },
): Promise<string> {
  switch (step.what) {
    case "role":
      return founded.add(by, { kind: "role", member: on.publicKey, role: step.role });
    case "revoke":
      return founded.add(by, { kind: "revoke", key: on.publicKey });
    case "transfer":
      return founded.add(by, { kind: "transfer", to: on.publicKey });
    case "device":
      return founded.add(by, { kind: "device", key: on.publicKey });
    case "join":
      return founded.join(by, await founded.invite(step.role));
    default:
      return founded.deliver(founded.log[founded.log.length >> 1]!);
  }
}

/** Other texts that a careless decoder takes for the same signature. */
function respelled(sig: string): string[] {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = letters.indexOf(sig.at(-1)!);
  const spare = [1, 2, 15].map((bits) => sig.slice(0, -1) + letters[(last & ~15) | bits]!);
  expect(decodeBase64url(sig)).toHaveLength(64);
  return [...spare, `${sig}=`, ` ${sig}`];
}
