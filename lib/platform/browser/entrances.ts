/** The ways into a workspace for somebody who is in none: an invite, or that it is open to whoever is signed in. */
import { encodeBase64url } from "../../base/base64url.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import { type Act, type Entry, proofBytes, signEntry } from "../../workspace/entry.ts";
import { parseInvite } from "../../workspace/invite.ts";
import type { OpenWorkspace } from "../../workspace/workspaces.ts";
import { webcryptoSignatures } from "../webcrypto.ts";
import { deviceName } from "./deviceName.ts";
import { type Entrance, enterWorkspace, failure, joinFailure } from "./entering.ts";
import { MembershipCache } from "./membershipCache.ts";
import { serverApi } from "./serverApi.ts";
import { browserWorld } from "./world.ts";

export interface EntrancesParts extends Entrance {
  readonly myName: () => string;
  /** This browser is in. */
  entered(cache: MembershipCache): Promise<void>;
}

export class Entrances {
  readonly #parts: EntrancesParts;

  constructor(parts: EntrancesParts) {
    this.#parts = parts;
  }

  /** By the fragment of an invite link. Throws AppError<WorkspaceFailure>. A member already: changes nothing. */
  async join(workspace: WorkspaceId, fragment: string): Promise<void> {
    if (await this.#isIn(workspace)) return;
    const parsed = parseInvite(fragment);
    const invite = parsed && (await webcryptoSignatures.fromSecret(parsed.secret, parsed.key));
    if (!invite) throw failure("invite-malformed");
    const { signer, myName } = this.#parts;
    const proof = encodeBase64url(await invite.sign(proofBytes(workspace, signer.publicKey)));
    await this.#enter(workspace, { kind: "join", invite: invite.publicKey, name: myName(), proof });
  }

  async openTo(workspace: WorkspaceId): Promise<OpenWorkspace> {
    const open = await serverApi(this.#parts.origin, workspace).open();
    if (!open.ok) throw failure(joinFailure(open.code));
    return open.value;
  }

  async joinOpen(workspace: WorkspaceId): Promise<void> {
    if (await this.#isIn(workspace)) return;
    await this.#enter(workspace, { kind: "open-join", name: this.#parts.myName() });
  }

  async #isIn(workspace: WorkspaceId): Promise<boolean> {
    const { db, signer, summaries } = this.#parts;
    if (!summaries.has(workspace)) return false;
    return (await MembershipCache.open(db, workspace, signer)).me !== undefined;
  }

  /** Delivers the act that lets this browser in, and says what it is called. */
  async #enter(workspace: WorkspaceId, act: Act): Promise<void> {
    const { signer } = this.#parts;
    const name = deviceName(globalThis.navigator);
    const sign = (one: Act): Promise<Entry> => signEntry(browserWorld, signer, workspace, one);
    const entries = [
      await sign(act),
      await sign({ kind: "device-name", key: signer.publicKey, name }),
    ];
    await this.#parts.entered(await enterWorkspace(this.#parts, workspace, entries));
  }
}
