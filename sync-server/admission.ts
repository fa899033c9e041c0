/** Who may open which room: everything that is asked of a socket before it gets in. */
import { CLOSE, DURABLE_PROTOCOL, TOKEN_PREFIX } from "../lib/sync/wire.ts";
import type { RefusalCode } from "../lib/sync/refusals.ts";
import { parseRoomName } from "../lib/document/rooms.ts";
import type { Access, SignedIn } from "./access.ts";
import type { HeldRoom, Rooms } from "./rooms.ts";

export interface Admitted {
  readonly ok: true;
  readonly who: SignedIn;
  readonly wantsDurable: boolean;
  readonly held: HeldRoom;
}

/** A refusal, as the socket's close says it: the reason is a code that clients know. */
export interface Refused {
  readonly ok: false;
  readonly code: number;
  readonly reason: RefusalCode;
}

/** `name`: what stands in the path after /sync/. `protocols`: what the client offered. */
export async function admit(
  access: Access,
  rooms: Rooms,
  name: string,
  protocols: readonly string[],
): Promise<Admitted | Refused> {
  const parsed = parseRoomName(name);
  if (!parsed) return refuse(CLOSE.workspaceUnknown, "room-unknown");
  if (!(await access.membership(parsed.workspace)))
    return refuse(CLOSE.workspaceUnknown, "workspace-unknown");
  const offered = protocols.find((one) => one.startsWith(TOKEN_PREFIX)) ?? TOKEN_PREFIX;
  const token = offered.slice(TOKEN_PREFIX.length);
  const before = await access.verify(parsed.workspace, token);
  if (typeof before === "string") return refuse(codeOf(before), before);
  const held = await rooms.open(name);
  if (!held) return refuse(CLOSE.roomDeleted, "room-deleted");
  // Loading takes its time: what counts is who they are when the door opens.
  const who = await access.verify(parsed.workspace, token);
  if (typeof who !== "string")
    return { ok: true, who, wantsDurable: protocols.includes(DURABLE_PROTOCOL), held };
  held.release();
  return refuse(codeOf(who), who);
}

function codeOf(refusal: "bad-token" | "not-a-member"): number {
  return refusal === "bad-token" ? CLOSE.tokenRefused : CLOSE.notAMember;
}

function refuse(code: number, reason: RefusalCode): Refused {
  return { ok: false, code, reason };
}
