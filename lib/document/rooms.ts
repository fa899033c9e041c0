/** The rooms of a workspace: one Yjs document each on the wire, named by workspace and content. */
import {
  type DatasetId,
  type NotebookId,
  type RunId,
  type WorkspaceId,
  isId,
} from "../base/ids.ts";

/** A room within a workspace, as the wire and the log name it: "index", "notebook/abc…". */
export type RoomKey =
  "index" | "runs" | `notebook/${NotebookId}` | `run/${RunId}` | `dataset/${DatasetId}`;

const WORKSPACE_PATTERN = /^[a-z2-7]{26}$/;

export function isWorkspaceId(text: string): text is WorkspaceId {
  return WORKSPACE_PATTERN.test(text);
}

export function roomName(workspace: WorkspaceId, room: RoomKey): string {
  return `${workspace}/${room}`;
}

/** The workspace and room that a name from the wire stands for, or undefined. */
export function parseRoomName(name: string): { workspace: WorkspaceId; room: RoomKey } | undefined {
  const [workspace, kind, id, ...rest] = name.split("/");
  if (workspace === undefined || !isWorkspaceId(workspace) || rest.length > 0) return undefined;
  if ((kind === "index" || kind === "runs") && id === undefined) return { workspace, room: kind };
  if (kind !== "notebook" && kind !== "run" && kind !== "dataset") return undefined;
  if (id === undefined || !isId(id)) return undefined;
  return { workspace, room: `${kind}/${id}` as RoomKey };
}
