/** Says under which name others see this person: in the open workspace, and in those to come. */
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import type { Workspaces } from "../../lib/workspace/workspaces.ts";

export async function sayMyName(
  workspaces: Pick<Workspaces, "setMyName">,
  session: Pick<WorkspaceSession, "rename">,
  name: string,
): Promise<void> {
  await workspaces.setMyName(name);
  await session.rename(name);
}
