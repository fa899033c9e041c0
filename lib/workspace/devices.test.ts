import { describe, expect, it } from "vitest";
import type { WorkspaceId } from "../base/ids.ts";
import { encodeBase64url } from "../base/base64url.ts";
import { webcryptoSignatures as signatures } from "../platform/webcrypto.ts";
import { type FoundedWorkspace, foundWorkspace, newDevice } from "../testing/foundedWorkspace.ts";
import { devicePath, parseDeviceLink } from "./deviceLink.ts";
import { deviceProofBytes, parseEntry } from "./entry.ts";
import { memberOf, replay } from "./membership.ts";
import { peopleOf } from "./people.ts";
import { readRecovery, recoveryCode, recoveryPath, recoverySeed } from "./recoveryKey.ts";
import type { Signer } from "./signatures.ts";

async function inviteDevice(
  founded: FoundedWorkspace,
  by: Signer,
  expiresAt = founded.world.now() + 1000,
): Promise<Signer> {
  const { signer } = await signatures.makeSecret();
  expect(await founded.add(by, { kind: "device-invite", key: signer.publicKey, expiresAt })).toBe(
    "ok",
  );
  return signer;
}

async function comeIn(founded: FoundedWorkspace, device: Signer, invite: Signer): Promise<string> {
  const bytes = deviceProofBytes(founded.workspace, device.publicKey);
  const proof = encodeBase64url(await invite.sign(bytes));
  const act = { kind: "device-join", invite: invite.publicKey, name: "Chrome on Android", proof };
  return founded.add(device, act as Parameters<FoundedWorkspace["add"]>[1]);
}

describe("a second device", () => {
  it("is the same member, under the same role, once and in time", async () => {
    const founded = await foundWorkspace();
    const jun = await founded.member("viewer");
    const [phone, other] = [await newDevice(), await newDevice()];
    const invite = await inviteDevice(founded, jun);
    expect(await comeIn(founded, phone, invite)).toBe("ok");
    const member = memberOf(founded.membership, jun.publicKey);
    expect(memberOf(founded.membership, phone.publicKey)).toEqual(member);
    expect(founded.membership.devices.get(phone.publicKey)?.name).toBe("Chrome on Android");
    expect(await comeIn(founded, other, invite)).toBe("invite-unknown");
    const late = await inviteDevice(founded, jun, founded.world.now() + 10);
    founded.world.tick(11);
    expect(await comeIn(founded, other, late)).toBe("invite-expired");
    expect(await replay(founded.workspace, founded.log, signatures)).toEqual(founded.membership);
  });

  it("comes in by the link's secret alone, and never as somebody who is in already", async () => {
    const founded = await foundWorkspace();
    const jun = await founded.member("editor");
    const invite = await inviteDevice(founded, jun);
    const thief = await newDevice();
    const forged = {
      publicKey: invite.publicKey,
      sign: (bytes: Uint8Array<ArrayBuffer>) => thief.sign(bytes),
    };
    expect(await comeIn(founded, thief, forged)).toBe("not-authentic");
    expect(await comeIn(founded, founded.owner, invite)).toBe("already-a-member");
  });

  it("that is taken away is out, with every link that was made on it; the member stays", async () => {
    const founded = await foundWorkspace();
    const laptop = founded.owner;
    const phone = await newDevice();
    await comeIn(founded, phone, await inviteDevice(founded, laptop));
    const laidAside = await inviteDevice(founded, laptop);
    const guests = await founded.invite("owner", 5);
    expect(await founded.add(phone, { kind: "device-revoke", key: laptop.publicKey })).toBe("ok");
    expect(memberOf(founded.membership, laptop.publicKey)).toBeUndefined();
    expect(memberOf(founded.membership, phone.publicKey)?.role).toBe("owner");
    expect(await founded.add(laptop, { kind: "name", name: "x" })).toBe("not-a-member");
    expect(await comeIn(founded, await newDevice(), laidAside)).toBe("invite-unknown");
    expect(await founded.join(await newDevice(), guests)).toBe("invite-unknown");
    // The first device's key is the member's id, and still means the member.
    const role = { kind: "role", member: laptop.publicKey, role: "owner" } as const;
    expect(await founded.add(phone, role)).toBe("ok");
    // That key is nobody else's from now on.
    expect(await founded.join(laptop, guests)).toBe("invite-unknown");
    expect(await comeIn(founded, laptop, await inviteDevice(founded, phone))).toBe("ok");
  });

  it("is taken away by the member or an owner, and never the last one", async () => {
    const founded = await foundWorkspace();
    const [jun, ada] = [await founded.member("editor"), await founded.member("editor")];
    const act = { kind: "device-revoke", key: jun.publicKey } as const;
    expect(await founded.add(ada, act)).toBe("not-allowed");
    expect(await founded.add(founded.owner, act)).toBe("last-device");
    await comeIn(founded, await newDevice(), await inviteDevice(founded, jun));
    expect(await founded.add(founded.owner, act)).toBe("ok");
  });

  it("may be named by its member alone, and one from before there were names is valid", async () => {
    const founded = await foundWorkspace();
    const jun = await founded.member("editor");
    const name = { kind: "device-name", key: jun.publicKey, name: "Firefox on Linux" } as const;
    expect(founded.membership.devices.get(jun.publicKey)?.name).toBeUndefined();
    expect(await founded.add(founded.owner, name)).toBe("not-allowed");
    expect(await founded.add(jun, name)).toBe("ok");
    const people = peopleOf(founded.membership, jun.publicKey, []);
    expect(people.devices.find(({ mine }) => mine)?.name).toBe("Firefox on Linux");
    const entry = founded.log.at(-1)!;
    expect(parseEntry(structuredClone(entry))).toEqual(entry);
    const endless = { ...entry, act: { ...name, name: "x".repeat(61) } };
    expect(parseEntry(endless)).toBeUndefined();
  });
});

describe("a recovery key", () => {
  it("brings a browser in as the member whose it is, also as the last owner", async () => {
    const founded = await foundWorkspace();
    const secret = founded.world.randomBytes(16);
    const paper = await signatures.fromSeed(recoverySeed(secret));
    const act = { kind: "device", key: paper.publicKey, recovery: true } as const;
    expect(await founded.add(founded.owner, act)).toBe("ok");
    const entry = founded.log.at(-1)!;
    expect(parseEntry(structuredClone(entry))).toEqual(entry);
    const fresh = await newDevice();
    expect(await founded.add(paper, { kind: "device", key: fresh.publicKey })).toBe("ok");
    expect(memberOf(founded.membership, fresh.publicKey)).toMatchObject({
      name: "Mira",
      role: "owner",
    });
  });

  it("is read from its code, its link and the whole sheet, in any case and with usual slips", () => {
    const secret = Uint8Array.from({ length: 16 }, (_, i) => i * 13);
    const [a, b] = ["a".repeat(26), "b".repeat(26)];
    const code = recoveryCode(secret);
    const key = { secret, workspaces: [a, b] as WorkspaceId[] };
    expect(code).toMatch(/^([a-z2-7]{4}-){6}[a-z2-7]{4}$/);
    const sheet = `Recovery key of Mira Lind\n${code.toUpperCase()}\nhttp://x/w/${a}\nhttp://x/w/${b}/`;
    for (const text of [recoveryPath(key), sheet, `${code.replaceAll("-", " ")} ${a} ${b}`])
      expect(readRecovery(text)).toEqual({ ok: true, ...key });
    const slips = code.replaceAll("o", "0").replaceAll("l", "1").replaceAll("b", "8");
    expect(readRecovery(`${slips} ${a}`)).toMatchObject({ ok: true, secret });
    const wrong = code.replace(/^./, (letter) => (letter === "a" ? "c" : "a"));
    expect(readRecovery(`${wrong} ${a}`)).toEqual({ ok: false, problem: "mistyped" });
    expect(readRecovery(code)).toEqual({ ok: false, problem: "no-workspace" });
    expect(readRecovery("nothing")).toEqual({ ok: false, problem: "no-key" });
  });
});

describe("a device link", () => {
  it("says its secret and every workspace, and nothing where it was cut short", () => {
    const secret = new Uint8Array(32).fill(9);
    const workspaces = ["a", "b"].map((one) => one.repeat(26)) as never[];
    const path = devicePath({ secret, workspaces });
    const fragment = path.slice(path.indexOf("#") + 1);
    expect(parseDeviceLink(fragment)).toEqual({ secret, workspaces });
    expect(parseDeviceLink(fragment.slice(0, -1))).toBeUndefined();
    expect(parseDeviceLink(fragment.slice(0, 43))).toBeUndefined();
    expect(parseDeviceLink(`${fragment}.${"x".repeat(26)}!`)).toBeUndefined();
  });
});

describe("an open workspace", () => {
  it("takes whom its owner lets in, as what the owner says, and nobody once it is closed", async () => {
    const founded = await foundWorkspace();
    const [jun, ada] = [await newDevice(), await newDevice()];
    const join = { kind: "open-join", name: "Jun" } as const;
    expect(await founded.add(jun, join)).toBe("not-open");
    expect(await founded.add(founded.owner, { kind: "open", role: "viewer" })).toBe("ok");
    expect(await founded.add(jun, join)).toBe("ok");
    expect(memberOf(founded.membership, jun.publicKey)?.role).toBe("viewer");
    expect(await founded.add(jun, { kind: "open", role: "editor" })).toBe("not-allowed");
    expect(await founded.add(founded.owner, { kind: "open", role: "nobody" })).toBe("ok");
    expect(await founded.add(ada, join)).toBe("not-open");
  });
});
