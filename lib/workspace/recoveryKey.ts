/**
 * A recovery key as people keep it: 128 bits as seven groups of four letters and digits, the last two of them
 * a check on the others, and the workspaces that it opens. It goes on paper or into a file, and nowhere else.
 */
import { decodeBase32, encodeBase32 } from "../base/base32.ts";
import { digestText } from "../base/digest.ts";
import type { WorkspaceId } from "../base/ids.ts";
import { isWorkspaceId } from "../document/rooms.ts";

export const RECOVERY_BYTES = 16;

export interface RecoveryKey {
  /** RECOVERY_BYTES long. */
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly workspaces: readonly WorkspaceId[];
}

export type RecoveryRead =
  | ({ readonly ok: true } & RecoveryKey)
  | { readonly ok: false; readonly problem: "no-key" | "mistyped" | "no-workspace" };

/** "abcd-efgh-…", seven groups. */
export function recoveryCode(secret: Uint8Array): string {
  const body = encodeBase32(secret);
  return (body + checkOf(body)).replace(/(.{4})(?=.)/g, "$1-");
}

/** The path and fragment that bring a browser in by this key. */
export function recoveryPath({ secret, workspaces }: RecoveryKey): string {
  return `/recover#${[recoveryCode(secret), ...workspaces].join(".")}`;
}

/**
 * Finds a key and its workspaces in what somebody typed, pasted or opened: the code alone, a link, or the
 * whole sheet. 0, 1 and 8 stand for the letters that they are taken for.
 */
export function readRecovery(text: string): RecoveryRead {
  const found = /\b[a-z0-9]{4}(?:[- ]+[a-z0-9]{4}){6}\b/i.exec(text)?.[0];
  const rest = text.replace(found ?? "", " ");
  const named: readonly string[] = rest.toLowerCase().match(/\b[a-z2-7]{26}\b/g) ?? [];
  const workspaces = [...new Set(named.filter(isWorkspaceId))];
  if (found === undefined) return { ok: false, problem: "no-key" };
  const code = found
    .toLowerCase()
    .replace(/[- ]/g, "")
    .replaceAll("0", "o")
    .replaceAll("1", "l")
    .replaceAll("8", "b");
  const body = code.slice(0, 26);
  const secret = decodeBase32(body);
  if (!secret || checkOf(body) !== code.slice(26)) return { ok: false, problem: "mistyped" };
  if (workspaces.length === 0) return { ok: false, problem: "no-workspace" };
  return { ok: true, secret, workspaces };
}

/** The 32 bytes of the key pair behind the code. */
export function recoverySeed(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  const hex = digestText(`ensemble recovery key\n${encodeBase32(secret)}`);
  return Uint8Array.from({ length: 32 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

function checkOf(body: string): string {
  const hex = digestText(`ensemble recovery check\n${body}`);
  return encodeBase32(Uint8Array.of(Number.parseInt(hex.slice(0, 2), 16))).slice(0, 2);
}
