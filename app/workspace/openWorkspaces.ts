/**
 * The workspaces that are open in this tab. One that was opened stays open as long as the tab: what trains
 * in it goes on while its person looks at another page.
 */
import type { WorkspaceId } from "../../lib/base/ids.ts";
import type { OpenRoom, WorkspaceSession } from "../../lib/workspace/session.ts";
import type { Workspaces } from "../../lib/workspace/workspaces.ts";

export interface OpenWorkspace {
  readonly session: WorkspaceSession;
  readonly index: OpenRoom;
}

const open = new WeakMap<Workspaces, Map<WorkspaceId, Promise<OpenWorkspace>>>();

/** Opens the workspace and its index, or gives it back where it is open. A failure is not kept. */
export function openWorkspace(workspaces: Workspaces, id: WorkspaceId): Promise<OpenWorkspace> {
  const mine = open.get(workspaces) ?? new Map<WorkspaceId, Promise<OpenWorkspace>>();
  open.set(workspaces, mine);
  const known = mine.get(id);
  if (known && workspaces.list.current.some((one) => one.id === id)) return known;
  const opening = workspaces
    .open(id)
    .then(async (session) => ({ session, index: await session.open("index") }));
  mine.set(id, opening);
  opening.catch(() => mine.delete(id));
  return opening;
}

/** It was deleted from this browser: whoever opens it next opens it anew. */
export function forgetWorkspace(workspaces: Workspaces, id: WorkspaceId): void {
  open.get(workspaces)?.delete(id);
}
