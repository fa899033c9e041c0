/** What somebody is called who has not said their name: work starts at once, and the name can come later. */
import type { Workspaces } from "../../lib/workspace/workspaces.ts";

export const UNNAMED = "Guest";

export function hasName(name: string): boolean {
  return name.trim() !== "" && name !== UNNAMED;
}

/** A workspace is signed with a name: sees to it that there is one. */
export async function ensureName(
  workspaces: Pick<Workspaces, "myName" | "setMyName">,
): Promise<void> {
  if (workspaces.myName.current.trim() === "") await workspaces.setMyName(UNNAMED);
}
