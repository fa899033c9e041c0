/**
 * The link by which a second device of the same person comes in: /device#<secret>.<workspace>.<workspace>…
 * The secret is of a key that is good once and for minutes; the fragment never reaches a server.
 */
import { decodeBase64url, encodeBase64url } from "../base/base64url.ts";
import type { WorkspaceId } from "../base/ids.ts";
import { isWorkspaceId } from "../document/rooms.ts";

export interface DeviceLink {
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly workspaces: readonly WorkspaceId[];
}

/** How long such a link is good for, milliseconds: to take up the other device, and no longer. */
export const DEVICE_LINK_MS = 15 * 60_000;
/** How many workspaces one link can carry: what a QR code holds, and still be read from a screen. */
export const MOST_WORKSPACES = 40;

export function devicePath({ secret, workspaces }: DeviceLink): string {
  return `/device#${[encodeBase64url(secret), ...workspaces].join(".")}`;
}

/** The fragment of such a link without its #, or undefined where it is none or was cut short. */
export function parseDeviceLink(fragment: string): DeviceLink | undefined {
  const [text = "", ...rest] = fragment.split(".");
  const secret = decodeBase64url(text);
  const workspaces = [...new Set(rest.filter(isWorkspaceId))];
  if (secret?.length !== 32 || workspaces.length === 0 || rest.length > MOST_WORKSPACES)
    return undefined;
  // A link that was cut short in its last workspace is not whole.
  return rest.every(isWorkspaceId) ? { secret, workspaces } : undefined;
}
