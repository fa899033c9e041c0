/**
 * One signed entry of a workspace's membership log. The log is kept by the server in the order in which
 * entries reached it, and cached by clients. Entries name no predecessor, so that what two owners wrote
 * offline never conflicts; what an entry may do is decided where it stands in the log (membership.ts).
 */
import { decodeBase64url, encodeBase64url } from "../base/base64url.ts";
import type { WorkspaceId } from "../base/ids.ts";
import { asNumber, asRecord, asString } from "../base/json.ts";
import type { Platform } from "../base/platform.ts";
import { isWorkspaceId } from "../document/rooms.ts";
import type { Role } from "./member.ts";
import { type PublicKey, type Signatures, type Signer, isPublicKey } from "./signatures.ts";

export type Act =
  /** Founds the workspace: its id is the hash of the founder's key and `salt`. */
  | { readonly kind: "genesis"; readonly salt: string; readonly name: string }
  /** Whoever holds the secret of `key` may join with `role`, `uses` times, until `expiresAt`. */
  | {
      readonly kind: "invite";
      readonly key: PublicKey;
      readonly role: Role;
      readonly expiresAt: number;
      readonly uses: number;
    }
  /** Joins by an invite; `proof` is the invite's signature over workspace and member. */
  | {
      readonly kind: "join";
      readonly invite: PublicKey;
      readonly name: string;
      readonly proof: string;
    }
  | { readonly kind: "role"; readonly member: PublicKey; readonly role: Role }
  /** Takes away a member, an invite, or what was made to bring in a device. */
  | { readonly kind: "revoke"; readonly key: PublicKey }
  /** Another device of the same member, vouched for by one that belongs already. */
  | { readonly kind: "device"; readonly key: PublicKey; readonly recovery?: true }
  /** What a device of this member is called: "Firefox on Linux". */
  | { readonly kind: "device-name"; readonly key: PublicKey; readonly name: string }
  /** Whoever holds the secret of `key` may bring in one device of this member until `expiresAt`. */
  | { readonly kind: "device-invite"; readonly key: PublicKey; readonly expiresAt: number }
  /** Comes in as a device of whoever made the invite; `proof` is its signature over workspace and device. */
  | {
      readonly kind: "device-join";
      readonly invite: PublicKey;
      readonly name: string;
      readonly proof: string;
    }
  /** Takes away one device of a member who has another. */
  | { readonly kind: "device-revoke"; readonly key: PublicKey }
  /** Lets everybody whom the server knows by a proxy in front of it join with this role, or nobody. */
  | { readonly kind: "open"; readonly role: OpenRole | "nobody" }
  /** Joins a workspace that is open. The server takes it only from those whom its proxy knows. */
  | { readonly kind: "open-join"; readonly name: string }
  | { readonly kind: "transfer"; readonly to: PublicKey }
  | { readonly kind: "name"; readonly name: string };

export interface Entry {
  readonly v: 1;
  readonly workspace: WorkspaceId;
  readonly by: PublicKey;
  /** Milliseconds since 1970, by the author's clock: for people's eyes only. */
  readonly at: number;
  readonly nonce: string;
  readonly act: Act;
  readonly sig: string;
}

/** What everybody may be given without an invite: never the ownership. */
export type OpenRole = Exclude<Role, "owner">;

export const MAX_NAME = 60;
const MAX_USES = 10_000;
const ROLES: readonly Role[] = ["owner", "editor", "viewer"];

/** Makes an entry and signs it with the author's key. */
export async function signEntry(
  world: Pick<Platform, "now" | "randomBytes">,
  signer: Signer,
  workspace: WorkspaceId,
  act: Act,
): Promise<Entry> {
  const unsigned = {
    v: 1 as const,
    workspace,
    by: signer.publicKey,
    at: world.now(),
    nonce: encodeBase64url(world.randomBytes(12)),
    act,
  };
  return { ...unsigned, sig: encodeBase64url(await signer.sign(signedBytes(unsigned))) };
}

export async function isAuthentic(entry: Entry, signatures: Signatures): Promise<boolean> {
  const sig = decodeBase64url(entry.sig);
  return sig !== undefined && signatures.verify(entry.by, signedBytes(entry), sig);
}

/** What an invite's holder signs to join as this member. */
export function proofBytes(workspace: WorkspaceId, member: PublicKey): Uint8Array<ArrayBuffer> {
  return encode(["ensemble join", workspace, member]);
}

/** What a device invite's holder signs to bring in this device. */
export function deviceProofBytes(
  workspace: WorkspaceId,
  device: PublicKey,
): Uint8Array<ArrayBuffer> {
  return encode(["ensemble device", workspace, device]);
}

/**
 * Two entries are the same when their signatures are: a repeated delivery changes nothing. Base64url has
 * one spelling for the same bytes (lib/base), so nobody can deliver another's entry under a second name.
 */
export function entryId(entry: Entry): string {
  return entry.sig;
}

/** An entry of known shape and sane size from outside, or undefined. Says nothing of its truth. */
export function parseEntry(value: unknown): Entry | undefined {
  const record = asRecord(value);
  const act = parseAct(asRecord(record?.["act"]));
  const workspace = asString(record?.["workspace"]);
  const by = key(record?.["by"]);
  const at = asNumber(record?.["at"]);
  const nonce = short(record?.["nonce"], 40);
  const sig = short(record?.["sig"], 100);
  if (record?.["v"] !== 1 || !act || !by || at === undefined || !nonce || !sig) return undefined;
  if (workspace === undefined || !isWorkspaceId(workspace)) return undefined;
  return { v: 1, workspace, by, at, nonce, act, sig };
}

/** Every field in a fixed order, so that signer and verifier see the same bytes. */
function signedBytes(entry: Omit<Entry, "sig">): Uint8Array<ArrayBuffer> {
  const act = Object.entries(entry.act).sort(([a], [b]) => (a < b ? -1 : 1));
  return encode(["ensemble entry", entry.v, entry.workspace, entry.by, entry.at, entry.nonce, act]);
}

function encode(parts: readonly unknown[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(parts));
}

function parseAct(act: Record<string, unknown> | undefined): Act | undefined {
  switch (act?.["kind"]) {
    case "genesis": {
      const [salt, name] = [short(act["salt"], 40), short(act["name"], MAX_NAME)];
      return salt && name ? { kind: "genesis", salt, name } : undefined;
    }
    case "invite": {
      const [invited, role] = [key(act["key"]), parseRole(act["role"])];
      const [expiresAt, uses] = [asNumber(act["expiresAt"]), asNumber(act["uses"])];
      if (!invited || !role || expiresAt === undefined || uses === undefined) return undefined;
      if (!Number.isInteger(uses) || uses < 1 || uses > MAX_USES) return undefined;
      return { kind: "invite", key: invited, role, expiresAt, uses };
    }
    case "join": {
      const [invite, name] = [key(act["invite"]), short(act["name"], MAX_NAME)];
      const proof = short(act["proof"], 100);
      return invite && name && proof ? { kind: "join", invite, name, proof } : undefined;
    }
    case "role": {
      const [member, role] = [key(act["member"]), parseRole(act["role"])];
      return member && role ? { kind: "role", member, role } : undefined;
    }
    case "revoke":
    case "device-revoke": {
      const named = key(act["key"]);
      return named ? { kind: act["kind"], key: named } : undefined;
    }
    case "device": {
      const named = key(act["key"]);
      const recovery = act["recovery"] === true ? { recovery: true as const } : {};
      return named ? { kind: "device", key: named, ...recovery } : undefined;
    }
    case "device-name": {
      const [named, name] = [key(act["key"]), short(act["name"], MAX_NAME)];
      return named && name ? { kind: "device-name", key: named, name } : undefined;
    }
    case "device-invite": {
      const [invited, expiresAt] = [key(act["key"]), asNumber(act["expiresAt"])];
      if (!invited || expiresAt === undefined) return undefined;
      return { kind: "device-invite", key: invited, expiresAt };
    }
    case "device-join": {
      const [invite, name] = [key(act["invite"]), short(act["name"], MAX_NAME)];
      const proof = short(act["proof"], 100);
      return invite && name && proof ? { kind: "device-join", invite, name, proof } : undefined;
    }
    case "open": {
      const role = act["role"];
      return role === "editor" || role === "viewer" || role === "nobody"
        ? { kind: "open", role }
        : undefined;
    }
    case "transfer": {
      const to = key(act["to"]);
      return to ? { kind: "transfer", to } : undefined;
    }
    case "name":
    case "open-join": {
      const name = short(act["name"], MAX_NAME);
      return name ? { kind: act["kind"], name } : undefined;
    }
    default:
      return undefined;
  }
}

function parseRole(value: unknown): Role | undefined {
  return ROLES.find((role) => role === value);
}

function key(value: unknown): PublicKey | undefined {
  return typeof value === "string" && isPublicKey(value) ? value : undefined;
}

function short(value: unknown, longest: number): string | undefined {
  return typeof value === "string" && value.trim() !== "" && value.length <= longest
    ? value
    : undefined;
}
