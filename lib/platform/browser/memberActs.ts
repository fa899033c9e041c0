/** What a member may say about who belongs to a workspace, as entries that are signed here and sent when they can be. */
import type { MemberId, WorkspaceId } from "../../base/ids.ts";
import type { Act, OpenRole } from "../../workspace/entry.ts";
import { invitePath } from "../../workspace/invite.ts";
import type { InviteOptions, Role } from "../../workspace/session.ts";
import type { PublicKey } from "../../workspace/signatures.ts";
import { webcryptoSignatures } from "../webcrypto.ts";

export abstract class MemberActs {
  abstract readonly id: WorkspaceId;

  /** Signs the entry and sends it; kept here until it is delivered. Throws AppError<MembershipFailure>. */
  protected abstract add(act: Act): Promise<void>;

  async invite({ role, expiresAt, uses }: InviteOptions): Promise<string> {
    const { signer, secret } = await webcryptoSignatures.makeSecret();
    const key = signer.publicKey;
    await this.add({ kind: "invite", key, role, expiresAt, uses });
    return invitePath(this.id, { key, secret });
  }

  rename(name: string): Promise<void> {
    return this.add({ kind: "name", name });
  }

  setRole(member: MemberId, role: Role): Promise<void> {
    return this.add({ kind: "role", member, role });
  }

  remove(member: MemberId): Promise<void> {
    return this.add({ kind: "revoke", key: member });
  }

  transfer(to: MemberId): Promise<void> {
    return this.add({ kind: "transfer", to });
  }

  withdraw(invite: PublicKey): Promise<void> {
    return this.add({ kind: "revoke", key: invite });
  }

  removeDevice(device: PublicKey): Promise<void> {
    return this.add({ kind: "device-revoke", key: device });
  }

  openTo(role: OpenRole | "nobody"): Promise<void> {
    return this.add({ kind: "open", role });
  }
}
