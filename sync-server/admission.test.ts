/** Who gets in is who may come in at that moment, not at the moment of asking. */
import { describe, expect, it } from "vitest";
import type { MemberId, WorkspaceId } from "../lib/base/ids.ts";
import { CLOSE, TOKEN_PREFIX } from "../lib/sync/wire.ts";
import { emptyMembership } from "../lib/workspace/membership.ts";
import type { Role } from "../lib/workspace/session.ts";
import type { Access } from "./access.ts";
import { admit } from "./admission.ts";
import type { HeldRoom, Rooms } from "./rooms.ts";

const workspace = "a".repeat(26) as WorkspaceId;

/** A member whose role becomes `later` while the room is being loaded. */
async function enterWhile(later: Role | undefined) {
  let role: Role | undefined = "editor";
  let released = 0;
  const access: Pick<Access, "membership" | "verify"> = {
    membership: () => Promise.resolve(emptyMembership(workspace)),
    verify: () =>
      Promise.resolve(
        role
          ? { workspace, key: "key", member: { id: "key" as MemberId, name: "Mira", role } }
          : "not-a-member",
      ),
  };
  const rooms: Pick<Rooms, "open"> = {
    open() {
      role = later;
      const held = { room: {}, release: () => void released++ };
      return Promise.resolve(held as unknown as HeldRoom);
    },
  };
  const found = await admit(access, rooms, `${workspace}/index`, [`${TOKEN_PREFIX}t`]);
  return { found, released };
}

describe("a member whose role changes while the room is loaded", () => {
  it("comes in with the role of now", async () => {
    const { found } = await enterWhile("viewer");
    expect(found).toMatchObject({ ok: true, who: { member: { role: "viewer" } } });
  });

  it("stays outside where they belong no more, and holds no room", async () => {
    const { found, released } = await enterWhile(undefined);
    expect(found).toEqual({ ok: false, code: CLOSE.notAMember, reason: "not-a-member" });
    expect(released).toBe(1);
  });
});
