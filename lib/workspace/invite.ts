/** An invite link: /join/<workspace>#<invite's key>.<its secret>. The fragment never reaches a server. */
import { decodeBase64url, encodeBase64url } from "../base/base64url.ts";
import type { WorkspaceId } from "../base/ids.ts";
import { type PublicKey, isPublicKey } from "./signatures.ts";

export interface InviteSecret {
  readonly key: PublicKey;
  readonly secret: Uint8Array<ArrayBuffer>;
}

export function invitePath(workspace: WorkspaceId, invite: InviteSecret): string {
  return `/join/${workspace}#${invite.key}.${encodeBase64url(invite.secret)}`;
}

/** The fragment of an invite link without its #, or undefined where it is none or was cut short. */
export function parseInvite(fragment: string): InviteSecret | undefined {
  const [key, text, ...rest] = fragment.split(".");
  const secret = decodeBase64url(text ?? "");
  if (key === undefined || !isPublicKey(key)) return undefined;
  if (secret?.length !== 32 || rest.length > 0) return undefined;
  return { key, secret };
}
