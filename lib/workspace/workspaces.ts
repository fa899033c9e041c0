/**
 * The workspaces that this browser knows, and the ways to come to one more: a port for the app.
 * The browser's implementation is in lib/platform/browser.
 */
import type { WorkspaceId } from "../base/ids.ts";
import type { Observable } from "../base/observable.ts";
import type { DeviceStorage } from "./deviceStorage.ts";
import type { Member, WorkspaceSession } from "./session.ts";

/** What the home page shows of a workspace without opening it; kept up to date while it is open. */
export interface WorkspaceSummary {
  readonly id: WorkspaceId;
  readonly title: string;
  readonly notebooks: number;
  readonly datasets: number;
  readonly runs: number;
  readonly members: readonly Member[];
  /** When it was last open here, in milliseconds since 1970. */
  readonly openedAt: number;
  /** False while no server has it: it is on this device only. */
  readonly onServer: boolean;
}

/** Why a workspace cannot be opened or joined. The app puts the code in words. */
export type WorkspaceFailure =
  | { readonly code: "workspace-unknown" }
  | { readonly code: "not-a-member" }
  | { readonly code: "server-unreachable" }
  | { readonly code: "invite-malformed" }
  | { readonly code: "invite-unknown" }
  | { readonly code: "invite-used-up" }
  | { readonly code: "invite-expired" }
  /** This page is not a secure context, or its storage is switched off: no keys, nothing can be kept. */
  | { readonly code: "no-keys" }
  | { readonly code: "no-storage" }
  /** A newer app has been here: it has moved on what is kept, and this one cannot read it. */
  | { readonly code: "newer-app" };

export interface Workspaces {
  /** Newest opened first. */
  readonly list: Observable<readonly WorkspaceSummary[]>;
  /** What this person is called; "" until they said it. Kept for the next workspace. */
  readonly myName: Observable<string>;
  setMyName(name: string): Promise<void>;
  /** Makes a workspace here at once, online or not; a server learns of it when it is met. */
  create(title: string): Promise<WorkspaceId>;
  /** Joins by the fragment of an invite link. Throws AppError<WorkspaceFailure>. A member already: changes nothing. */
  join(workspace: WorkspaceId, fragment: string): Promise<void>;
  /** Opens a workspace that this browser has. Throws AppError<WorkspaceFailure>. Opened twice it is the same session. */
  open(workspace: WorkspaceId): Promise<WorkspaceSession>;
  /** What this browser keeps, and how to take it out or bring it in. */
  readonly storage: DeviceStorage;
}
