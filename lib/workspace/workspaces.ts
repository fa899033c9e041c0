/**
 * The workspaces that this browser knows, and the ways to come to one more: a port for the app.
 * The browser's implementation is in lib/platform/browser.
 */
import type { WorkspaceId } from "../base/ids.ts";
import type { Observable } from "../base/observable.ts";
import type { DeviceStorage } from "./deviceStorage.ts";
import type { DeviceLink } from "./deviceLink.ts";
import type { OpenRole } from "./entry.ts";
import type { RecoveryKey } from "./recoveryKey.ts";
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
  /** It answers, and takes nothing at the moment: too many requests, a full disk, an end that is near. */
  | { readonly code: "server-busy" }
  /** Its log of members has as many entries as the server takes. */
  | { readonly code: "workspace-full" }
  | { readonly code: "invite-malformed" }
  | { readonly code: "invite-unknown" }
  | { readonly code: "invite-used-up" }
  | { readonly code: "invite-expired" }
  /** This browser belongs to the workspace already, as somebody else. */
  | { readonly code: "another-member" }
  /** The recovery key is not, or no longer, of anybody in the workspace. */
  | { readonly code: "recovery-unknown" }
  /** The proxy in front of the server does not say who this is. */
  | { readonly code: "not-signed-in" }
  /** This page is not a secure context, or its storage is switched off: no keys, nothing can be kept. */
  | { readonly code: "no-keys" }
  | { readonly code: "no-storage" }
  /** A newer app has been here: it has moved on what is kept, and this one cannot read it. */
  | { readonly code: "newer-app" };

/** A workspace that a device was to be brought into, and why it was not. */
export interface BroughtIn {
  readonly workspace: WorkspaceId;
  readonly failure?: WorkspaceFailure["code"];
}

/** Whether a workspace lets this person in without an invite. */
export interface OpenWorkspace {
  readonly role: OpenRole | "nobody";
  readonly signedInAs: string;
}

/** What lets one more device of this person in, until `expiresAt` and once. */
export interface DeviceInvitation {
  /** The path and fragment of the link. */
  readonly path: string;
  readonly expiresAt: number;
  readonly workspaces: readonly BroughtIn[];
}

/** A recovery key that was just made. Its secret is nowhere else. */
export interface SavedRecovery {
  readonly code: string;
  /** The path and fragment of the link that does the same. */
  readonly path: string;
  readonly workspaces: readonly WorkspaceId[];
  /** Those in which it counts once this device has been online. */
  readonly waiting: readonly WorkspaceId[];
}

/** The devices of the person at this browser, in all of their workspaces. */
export interface PersonDevices {
  /** Vouches in these workspaces for one more device. The server has to be in reach. AppError<WorkspaceFailure>. */
  invite(workspaces: readonly WorkspaceId[]): Promise<DeviceInvitation>;
  /** Comes in by the link that another device of this person made. */
  bringIn(link: DeviceLink): Promise<readonly BroughtIn[]>;
  /** Makes a recovery key for these workspaces, in the place of one that was made before. */
  saveRecovery(workspaces: readonly WorkspaceId[]): Promise<SavedRecovery>;
  /** Comes in by a recovery key. */
  recover(key: RecoveryKey): Promise<readonly BroughtIn[]>;
}

export interface Workspaces {
  readonly devices: PersonDevices;
  /** Newest opened first. */
  readonly list: Observable<readonly WorkspaceSummary[]>;
  /** What this person is called; "" until they said it. Kept for the next workspace. */
  readonly myName: Observable<string>;
  setMyName(name: string): Promise<void>;
  /** Makes a workspace here at once, online or not; a server learns of it when it is met. */
  create(title: string): Promise<WorkspaceId>;
  /** Joins by the fragment of an invite link. Throws AppError<WorkspaceFailure>. A member already: changes nothing. */
  join(workspace: WorkspaceId, fragment: string): Promise<void>;
  /** As what this person may join without an invite, and as whom a proxy knows them. AppError<WorkspaceFailure>. */
  openTo(workspace: WorkspaceId): Promise<OpenWorkspace>;
  /** Joins a workspace that is open to whoever is signed in. AppError<WorkspaceFailure>. */
  joinOpen(workspace: WorkspaceId): Promise<void>;
  /** Opens a workspace that this browser has. Throws AppError<WorkspaceFailure>. Opened twice it is the same session. */
  open(workspace: WorkspaceId): Promise<WorkspaceSession>;
  /** What this browser keeps, and how to take it out or bring it in. */
  readonly storage: DeviceStorage;
}
