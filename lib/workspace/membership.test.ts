import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBase64url } from "../base/base64url.ts";
import type { WorkspaceId } from "../base/ids.ts";
import { webcryptoSignatures as signatures } from "../platform/webcrypto.ts";
import { foundWorkspace as found, newDevice as device } from "../testing/foundedWorkspace.ts";
import { type Act, parseEntry, proofBytes, signEntry } from "./entry.ts";
import { invitePath, parseInvite } from "./invite.ts";
import { applyEntry, emptyMembership, memberOf, replay } from "./membership.ts";

describe("membership", () => {
  it("makes the founder the owner, and nobody else founds the same workspace", async () => {
    const founded = await found();
    const { membership, owner, world } = founded;
    expect(memberOf(membership, owner.publicKey)).toMatchObject({ name: "Mira", role: "owner" });
    expect(await founded.add(owner, { kind: "genesis", salt: "other", name: "x" })).toBe(
      "genesis-again",
    );
    const other = await device();
    const entry = await signEntry(world, other, membership.workspace, {
      kind: "genesis",
      salt: "other",
      name: "x",
    });
    const applied = await applyEntry(emptyMembership(membership.workspace), entry, 0, signatures);
    expect(applied).toEqual({ ok: false, reason: "wrong-workspace" });
  });

  it("lets the holder of an invite join with its role, as often as it says and no longer", async () => {
    const founded = await found();
    const invite = await founded.invite("editor", 1);
    const [jun, ada] = [await device(), await device()];
    expect(await founded.join(jun, invite)).toBe("ok");
    expect(memberOf(founded.membership, jun.publicKey)?.role).toBe("editor");
    expect(await founded.join(ada, invite)).toBe("invite-used-up");
    const late = await founded.invite("viewer", 5, founded.world.now() + 10);
    founded.world.tick(11);
    expect(await founded.join(ada, late)).toBe("invite-expired");
  });

  it("refuses who has no secret, a join for another's key, and an entry changed after signing", async () => {
    const founded = await found();
    const invite = await founded.invite("editor", 5);
    const [jun, thief] = [await device(), await device()];
    expect(await founded.join(thief, { ...invite, sign: (bytes) => thief.sign(bytes) })).toBe(
      "not-authentic",
    );
    const proof = encodeBase64url(await invite.sign(proofBytes(founded.workspace, jun.publicKey)));
    const stolen = { kind: "join", invite: invite.publicKey, name: "x", proof } as const;
    expect(await founded.add(thief, stolen)).toBe("not-authentic");
    const act = { kind: "name", name: "A" } as const;
    const entry = await signEntry(founded.world, founded.owner, founded.workspace, act);
    const changed = { ...entry, act: { kind: "name", name: "B" } as const };
    expect(await applyEntry(founded.membership, changed, 0, signatures)).toEqual({
      ok: false,
      reason: "not-authentic",
    });
  });

  it("lets only owners invite, change roles and take people out; anybody may leave", async () => {
    const founded = await found();
    const invite = await founded.invite("viewer", 2);
    const [jun, ada] = [await device(), await device()];
    await founded.join(jun, invite);
    await founded.join(ada, invite);
    const up = { kind: "role", member: jun.publicKey, role: "owner" } as const;
    expect(await founded.add(jun, up)).toBe("not-allowed");
    const own = await signatures.makeSecret();
    const forged = {
      kind: "invite",
      key: own.signer.publicKey,
      role: "owner",
      expiresAt: 9e15,
      uses: 9,
    };
    expect(await founded.add(jun, forged as Act)).toBe("not-allowed");
    expect(await founded.add(jun, { kind: "revoke", key: ada.publicKey })).toBe("not-allowed");
    expect(await founded.add(jun, { kind: "revoke", key: jun.publicKey })).toBe("ok");
    expect(memberOf(founded.membership, jun.publicKey)).toBeUndefined();
  });

  it("never loses its last owner, and hands ownership over whole", async () => {
    const founded = await found();
    const invite = await founded.invite("editor");
    const jun = await device();
    await founded.join(jun, invite);
    const me = founded.owner.publicKey;
    expect(await founded.add(founded.owner, { kind: "revoke", key: me })).toBe("last-owner");
    expect(await founded.add(founded.owner, { kind: "role", member: me, role: "viewer" })).toBe(
      "last-owner",
    );
    expect(await founded.add(founded.owner, { kind: "transfer", to: jun.publicKey })).toBe("ok");
    expect(memberOf(founded.membership, jun.publicKey)?.role).toBe("owner");
    expect(memberOf(founded.membership, me)?.role).toBe("editor");
  });

  it("counts a device as its member, and takes all devices away with the member", async () => {
    const founded = await found();
    const invite = await founded.invite("editor");
    const [jun, phone] = [await device(), await device()];
    await founded.join(jun, invite);
    expect(await founded.add(jun, { kind: "device", key: phone.publicKey })).toBe("ok");
    expect(memberOf(founded.membership, phone.publicKey)?.name).toBe("Jun");
    await founded.add(founded.owner, { kind: "revoke", key: jun.publicKey });
    expect(memberOf(founded.membership, phone.publicKey)).toBeUndefined();
  });

  it("gives the same membership to whoever replays the log, delivered twice or with junk between", async () => {
    const founded = await found();
    const invite = await founded.invite("editor", 3);
    await founded.join(await device(), invite);
    await founded.add(founded.owner, { kind: "name", name: "Mira L." });
    const twice = founded.log.flatMap((entry) => [entry, entry]);
    const parsed = twice.map((entry) => parseEntry(JSON.parse(JSON.stringify(entry))));
    expect(parsed).toEqual(twice);
    const replayed = await replay(founded.workspace, twice, signatures);
    expect(replayed).toEqual(founded.membership);
    expect(replayed.invites.get(invite.publicKey)?.left).toBe(2);
  });

  it("takes any bytes for an entry without breaking", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => parseEntry(value) === undefined));
  });
});

it("reads an invite link's secret back, and no other fragment", async () => {
  const { signer, secret } = await signatures.makeSecret();
  const path = invitePath("a".repeat(26) as WorkspaceId, { key: signer.publicKey, secret });
  const fragment = path.split("#")[1] ?? "";
  expect(parseInvite(fragment)).toEqual({ key: signer.publicKey, secret });
  expect(parseInvite(fragment.slice(0, -2))).toBeUndefined();
  const read = await signatures.fromSecret(secret, signer.publicKey);
  const message = new TextEncoder().encode("hello");
  const signature = (await read?.sign(message)) ?? new Uint8Array();
  expect(await signatures.verify(signer.publicKey, message, signature)).toBe(true);
});
