/** Who may open which room: everything that is asked of a socket before it gets in. */
import { CLOSE, DURABLE_PROTOCOL, TOKEN_PREFIX } from "../lib/sync/wire.ts";
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
  readonly reason: string;
}

/** `name`: what stands in the path after /sync/. `protocols`: what the client offered. */
export async function admit(
  access: Pick<Access, "membership" | "verify">,
  rooms: Pick<Rooms, "open">,
  name: string,
  protocols: readonly string[],
): Promise<Admitted | Refused> {
  const parsed = parseRoomName(name);
  if (!parsed) return refuse(CLOSE.workspaceUnknown, "room-unknown");
  if (!(await access.membership(parsed.workspace)))
    return refuse(CLOSE.workspaceUnknown, "workspace-unknown");
  const token = protocols.find((one) => one.startsWith(TOKEN_PREFIX)) ?? TOKEN_PREFIX;
  const who = await access.verify(parsed.workspace, token.slice(TOKEN_PREFIX.length));
  if (who === "bad-token") return refuse(CLOSE.tokenRefused, who);
  if (who === "not-a-member") return refuse(CLOSE.notAMember, who);
  const held = await rooms.open(name);
  if (!held) return refuse(CLOSE.roomDeleted, "room-deleted");
  // While the room was loaded the role may have changed, and who is not inside yet is not told.
  const still = await access.verify(parsed.workspace, token.slice(TOKEN_PREFIX.length));
  if (typeof still === "string") {
    held.release();
    return still === "not-a-member"
      ? refuse(CLOSE.notAMember, still)
      : refuse(CLOSE.tokenRefused, still);
  }
  return { ok: true, who: still, wantsDurable: protocols.includes(DURABLE_PROTOCOL), held };
}

function refuse(code: number, reason: string): Refused {
  return { ok: false, code, reason };
}
