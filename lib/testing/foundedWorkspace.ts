/** A workspace with its founder, whose log grows as tests add to it. Keys are real, time is the test's. */
import { encodeBase64url } from "../base/base64url.ts";
import type { WorkspaceId } from "../base/ids.ts";
import { generateDeviceKey, signerOf, webcryptoSignatures } from "../platform/webcrypto.ts";
import { type Act, type Entry, proofBytes, signEntry } from "../workspace/entry.ts";
import { type Membership, applyEntry, emptyMembership } from "../workspace/membership.ts";
import type { Role } from "../workspace/session.ts";
import type { Signer } from "../workspace/signatures.ts";
import { workspaceIdOf } from "../workspace/workspaceId.ts";
import { memoryPlatform } from "./memoryPlatform.ts";

export interface FoundedWorkspace {
  readonly world: ReturnType<typeof memoryPlatform>;
  readonly workspace: WorkspaceId;
  readonly owner: Signer;
  readonly log: Entry[];
  membership: Membership;
  /** Signs and applies an act; "ok", or why it was refused. */
  add(by: Signer, act: Act): Promise<string>;
  deliver(entry: Entry): Promise<string>;
  invite(role: Role, uses?: number, expiresAt?: number): Promise<Signer>;
  join(by: Signer, invite: Signer): Promise<string>;
  /** Somebody new with this role. */
  member(role: Role): Promise<Signer>;
}

export async function newDevice(): Promise<Signer> {
  return signerOf(await generateDeviceKey());
}

/** `now`: the clock of the log, for tests against a server that has its own. */
export async function foundWorkspace(now?: () => number): Promise<FoundedWorkspace> {
  const memory = memoryPlatform(Math.floor(Math.random() * 1e9) + 1);
  const world = now ? { ...memory, now } : memory;
  const owner = await newDevice();
  const salt = encodeBase64url(world.randomBytes(12));
  const workspace = workspaceIdOf(owner.publicKey, salt);
  const founded: FoundedWorkspace = {
    world,
    workspace,
    owner,
    log: [],
    membership: emptyMembership(workspace),
    add: async (by, act) => founded.deliver(await signEntry(world, by, workspace, act)),
    async deliver(entry) {
      const applied = await applyEntry(founded.membership, entry, world.now(), webcryptoSignatures);
      if (!applied.ok) return applied.reason;
      founded.membership = applied.membership;
      founded.log.push(entry);
      return "ok";
    },
    async invite(role, uses = 1, expiresAt = world.now() + 100_000) {
      const { signer } = await webcryptoSignatures.makeSecret();
      await founded.add(owner, { kind: "invite", key: signer.publicKey, role, expiresAt, uses });
      return signer;
    },
    async join(by, invite) {
      const proof = encodeBase64url(await invite.sign(proofBytes(workspace, by.publicKey)));
      return founded.add(by, { kind: "join", invite: invite.publicKey, name: "Jun", proof });
    },
    async member(role) {
      const device = await newDevice();
      await founded.join(device, await founded.invite(role));
      return device;
    },
  };
  await founded.add(owner, { kind: "genesis", salt, name: "Mira" });
  return founded;
}
