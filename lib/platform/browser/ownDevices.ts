/**
 * One person's devices: how one more comes in, and how a person without any comes back. Each makes a key of its
 * own; what travels is the secret of a key that is good once, or of the recovery key that is on paper.
 */
import { encodeBase64url } from "../../base/base64url.ts";
import { AppError } from "../../base/errors.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { DEVICE_LINK_MS, type DeviceLink, devicePath } from "../../workspace/deviceLink.ts";
import { type Act, deviceProofBytes, signEntry } from "../../workspace/entry.ts";
import {
  RECOVERY_BYTES,
  type RecoveryKey,
  recoveryCode,
  recoveryPath,
  recoverySeed,
} from "../../workspace/recoveryKey.ts";
import type { Signer } from "../../workspace/signatures.ts";
import type {
  BroughtIn,
  DeviceInvitation,
  PersonDevices,
  SavedRecovery,
  WorkspaceFailure,
} from "../../workspace/workspaces.ts";
import { webcryptoSignatures } from "../webcrypto.ts";
import { deviceName } from "./deviceName.ts";
import { readRecoveryKey, writeRecoveryKey } from "./device.ts";
import { type Entrance, enterWorkspace, failure, joinFailure } from "./entering.ts";
import { MembershipCache } from "./membershipCache.ts";
import { serverApi } from "./serverApi.ts";
import { browserWorld } from "./world.ts";

export interface OwnDevicesParts extends Entrance {
  /** Entries of this workspace were added to what is kept here. */
  added(workspace: WorkspaceId): Promise<void>;
  /** This browser is in; as whom, and nothing of its content is here yet. */
  entered(workspace: WorkspaceId, name: string): Promise<void>;
}

export class OwnDevices implements PersonDevices {
  readonly #parts: OwnDevicesParts;

  constructor(parts: OwnDevicesParts) {
    this.#parts = parts;
  }

  async invite(ids: readonly WorkspaceId[]): Promise<DeviceInvitation> {
    const { signer, secret } = await webcryptoSignatures.makeSecret();
    const expiresAt = browserWorld.now() + DEVICE_LINK_MS;
    const act: Act = { kind: "device-invite", key: signer.publicKey, expiresAt };
    const workspaces = await Promise.all(
      ids.map((id) => attempt(id, () => this.#tellNow(id, [act]))),
    );
    const good = workspaces.filter((one) => one.failure === undefined);
    if (good.length === 0) throw failure(workspaces[0]?.failure ?? "workspace-unknown");
    const link = { secret, workspaces: good.map(({ workspace }) => workspace) };
    return { path: devicePath(link), expiresAt, workspaces };
  }

  async bringIn({ secret, workspaces }: DeviceLink): Promise<BroughtIn[]> {
    const { signer } = this.#parts;
    const once = await webcryptoSignatures.fromSeed(secret);
    const enter = async (id: WorkspaceId): Promise<void> => {
      const proof = encodeBase64url(await once.sign(deviceProofBytes(id, signer.publicKey)));
      const name = deviceName(globalThis.navigator);
      const act: Act = { kind: "device-join", invite: once.publicKey, name, proof };
      const entry = await signEntry(browserWorld, signer, id, act);
      const { me } = await enterWorkspace(
        this.#parts,
        id,
        [entry],
        ({ deviceInvites }) => deviceInvites.get(once.publicKey)?.member,
      );
      await this.#parts.entered(id, me?.name ?? "");
    };
    return Promise.all(workspaces.map((id) => attempt(id, () => enter(id))));
  }

  async saveRecovery(ids: readonly WorkspaceId[]): Promise<SavedRecovery> {
    const secret = browserWorld.randomBytes(RECOVERY_BYTES);
    const { publicKey: key } = await webcryptoSignatures.fromSeed(recoverySeed(secret));
    const waiting: WorkspaceId[] = [];
    for (const id of ids) {
      const cache = await MembershipCache.open(this.#parts.db, id, this.#parts.signer);
      const before = cache.people.current.devices.filter(
        ({ recovery, member }) => recovery && member === cache.me?.id,
      );
      await cache.add({ kind: "device", key, recovery: true });
      for (const old of before) await cache.add({ kind: "device-revoke", key: old.key });
      const told = await attempt(id, () => this.#deliver(cache));
      if (told.failure !== undefined) waiting.push(id);
      await this.#parts.added(id);
    }
    await writeRecoveryKey(this.#parts.db, key);
    const saved = { secret, workspaces: ids };
    return { code: recoveryCode(secret), path: recoveryPath(saved), workspaces: ids, waiting };
  }

  /** The recovery key that was made on this device counts in workspaces that come later, too. */
  async addRecovery(cache: MembershipCache): Promise<void> {
    const key = await readRecoveryKey(this.#parts.db);
    const { me, membership } = cache;
    if (key === undefined || !me || membership.current.devices.has(key)) return;
    await cache.add({ kind: "device", key, recovery: true });
  }

  async recover({ secret, workspaces }: RecoveryKey): Promise<BroughtIn[]> {
    const { signer } = this.#parts;
    const paper = await webcryptoSignatures.fromSeed(recoverySeed(secret));
    const key = signer.publicKey;
    const sign = (by: Signer, id: WorkspaceId, act: Act): ReturnType<typeof signEntry> =>
      signEntry(browserWorld, by, id, act);
    const enter = async (id: WorkspaceId): Promise<void> => {
      const name = deviceName(globalThis.navigator);
      const entries = [
        await sign(paper, id, { kind: "device", key }),
        await sign(signer, id, { kind: "device-name", key, name }),
      ];
      const { me } = await enterWorkspace(
        this.#parts,
        id,
        entries,
        ({ devices }) => devices.get(paper.publicKey)?.member,
      );
      await this.#parts.entered(id, me?.name ?? "");
    };
    const brought = await Promise.all(workspaces.map((id) => attempt(id, () => enter(id))));
    return brought.map((one) =>
      one.failure === "not-a-member" ? { ...one, failure: "recovery-unknown" } : one,
    );
  }

  /** Signs and delivers at once; keeps nothing of it where the server does not take it. */
  async #tellNow(id: WorkspaceId, acts: readonly Act[]): Promise<void> {
    const { db, signer, origin } = this.#parts;
    const cache = await MembershipCache.open(db, id, signer);
    if (!cache.me) throw failure("not-a-member");
    const waiting = cache.queue;
    const own = await Promise.all(acts.map((act) => signEntry(browserWorld, signer, id, act)));
    const sent = [...waiting, ...own];
    const told = await serverApi(origin, id).deliver(sent);
    if (!told.ok) throw failure(joinFailure(told.code));
    await cache.delivered(sent, told.value.refused);
    await this.#parts.added(id);
    const refusal = sent
      .map((_, index) => told.value.refused.get(index))
      .slice(waiting.length)
      .find((reason) => reason !== undefined);
    if (refusal !== undefined) throw failure(joinFailure(refusal));
  }

  async #deliver(cache: MembershipCache): Promise<void> {
    const { queue } = cache;
    const told = await serverApi(this.#parts.origin, cache.workspace).deliver(queue);
    if (!told.ok) throw failure(joinFailure(told.code));
    await cache.delivered(queue, told.value.refused);
  }
}

/** What stands in the way of one workspace does not stand in the way of the others. */
async function attempt(workspace: WorkspaceId, how: () => Promise<void>): Promise<BroughtIn> {
  try {
    await how();
    return { workspace };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code } = error.failure as WorkspaceFailure;
    return { workspace, failure: code };
  }
}
