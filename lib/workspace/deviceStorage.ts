/**
 * What this browser keeps of all workspaces, how much room there is for it, and how it is taken out or brought in: a
 * port for the app.
 */
import type { WorkspaceId } from "../base/ids.ts";
import type { Observable } from "../base/observable.ts";

/** What stands in the way of keeping things here. `unkept`: so many changes are in this tab alone. */
export type StorageTrouble =
  /** A newer app has taken over what is kept: this tab keeps nothing any more. */
  | { readonly kind: "newer-app"; readonly unkept: number }
  /** The browser took the storage away. */
  | { readonly kind: "gone"; readonly unkept: number }
  /** Nothing more can be written. It is tried again and again. */
  | { readonly kind: "full"; readonly unkept: number }
  /** So few bytes are left. */
  | { readonly kind: "low"; readonly available: number };

export interface StorageUsage {
  /** Bytes, by the browser's own count. Undefined where it does not say. */
  readonly used: number | undefined;
  readonly available: number | undefined;
  /** Has the browser promised not to take it away by itself? Undefined where it does not say. */
  readonly promised: boolean | undefined;
  readonly workspaces: ReadonlyMap<WorkspaceId, WorkspaceUsage>;
}

/** Bytes. */
export interface WorkspaceUsage {
  readonly documents: number;
  readonly blobs: number;
}

/** What no server has yet. */
export interface Unsaved {
  /** Changes of documents, and entries of the membership log. */
  readonly changes: number;
  /** Bytes of blobs. */
  readonly bytes: number;
}

/** Of something that takes long: how far it is, 0 to 1, and how to give up. */
export interface LongWatch {
  readonly progress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

export interface ExportedWorkspace {
  readonly file: Blob;
  readonly title: string;
  /** As in "Penguins.ensemble". */
  readonly name: string;
  /** What the workspace names and nobody could give: rooms, and blobs. */
  readonly missing: { readonly rooms: number; readonly blobs: number };
}

/** Why a file is no workspace that can be imported. */
export type ImportFailure =
  /** It is no workspace file, or the end of it is missing. */
  | { readonly code: "file-not-a-workspace" }
  | { readonly code: "file-too-new" }
  /** `what`: the entry of the file in which something else is than the file says. */
  | { readonly code: "file-damaged"; readonly what: string }
  | { readonly code: "file-too-big"; readonly needed: number; readonly available: number }
  | { readonly code: "storage-full" };

export interface DeviceStorage {
  readonly trouble: Observable<StorageTrouble | undefined>;
  usage(): Promise<StorageUsage>;
  /** Asks the browser to promise not to take away what is kept. Gives back its answer. */
  askToKeep(): Promise<boolean | undefined>;
  unsaved(workspace: WorkspaceId): Promise<Unsaved>;
  /** Takes the workspace out of this browser, in all its tabs. There is no way back. */
  remove(workspace: WorkspaceId): Promise<void>;
  /** All of it in one file; what this browser lacks is fetched first. Throws the signal's reason. */
  exportWorkspace(workspace: WorkspaceId, watch?: LongWatch): Promise<ExportedWorkspace>;
  /** Makes a new workspace of a file. Throws AppError<ImportFailure>, or the signal's reason; then nothing is left. */
  importWorkspace(file: Blob, watch?: LongWatch): Promise<WorkspaceId>;
}
