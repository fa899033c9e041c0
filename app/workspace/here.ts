/** Who has this workspace open, from its index room, under the names by which they are members. */
import type { Awareness } from "y-protocols/awareness";
import type { WorkspaceId } from "../../lib/base/ids.ts";
import { presentMembers } from "../../lib/workspace/presence.ts";
import type { Member, Presence } from "../../lib/workspace/session.ts";
import { parseRoute } from "../router.ts";

export function peopleHere(
  awareness: Pick<Awareness, "getStates">,
  members: readonly Member[],
  me: Member,
): Presence[] {
  return presentMembers(awareness.getStates().values(), me.id).map((presence) => {
    const name = members.find((member) => member.id === presence.member)?.name;
    return name === undefined ? presence : { ...presence, name };
  });
}

/** The address of where somebody is; the workspace's own where what they say is none. */
export function pathToThem(workspace: WorkspaceId, { at }: Presence): string {
  const path = `/w/${workspace}/${at?.page ?? ""}`;
  return parseRoute(path, "").page === "workspace" ? path : `/w/${workspace}`;
}

/** Where somebody is, in as few words as say it to a person who is on `page`. */
export function whereWords({ at }: Presence, page: string): string {
  if (!at) return "";
  return at.page === page ? (at.spot ?? at.label) : at.label;
}
