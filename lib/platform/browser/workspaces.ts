/** The workspaces that this browser knows. */
import { AppError } from "../../base/errors.ts";
import type { WorkspaceFailure, Workspaces } from "../../workspace/workspaces.ts";

export function openWorkspaces(): Promise<Workspaces> {
  return Promise.reject(new AppError<WorkspaceFailure>({ code: "no-storage" }));
}
