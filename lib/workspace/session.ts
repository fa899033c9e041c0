/**
 * What the app holds of one workspace: its rooms, blobs, members and connection. A port: the browser's
 * implementation is in lib/platform/browser, tests use one in memory.
 */
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import type { Digest, MemberId, WorkspaceId } from "../base/ids.ts";
import type { Observable } from "../base/observable.ts";
import type { BlobManifest } from "../document/blobManifest.ts";
import type { RoomKey } from "../document/rooms.ts";
import type { Refused } from "../sync/refusals.ts";
import type { CellProgress } from "../kernel/capability.ts";
import type { Aside } from "./aside.ts";

export type { BlobManifest } from "../document/blobManifest.ts";

export type Role = "owner" | "editor" | "viewer";

export interface Member {
  readonly id: MemberId;
  readonly name: string;
  readonly role: Role;
}

/**
 * The status "Connection". "saved": everything this browser holds, opened or not, is durable on the server. `unkept`:
 * so many of the pending changes are in this tab alone, since this browser's storage does not take them. `notice`:
 * what the server turned away a moment ago, and is asked again for; a code the app puts in words.
 */
export type Connection = { readonly notice?: Refused | undefined } & (
  | { readonly kind: "saved" }
  | { readonly kind: "saving"; readonly pending: number; readonly unkept?: number }
  | { readonly kind: "offline"; readonly pending: number; readonly unkept?: number }
  | { readonly kind: "read-only" }
  /** The server refused this workspace or this member; `reason` is a code the app puts in words. */
  | {
      readonly kind: "refused";
      readonly reason: string;
      /** The number that was gone over, where it is a limit. */
      readonly limit?: number | undefined;
    }
);

/** One member's presence, as their tab announces it in a room's awareness; parsed before use. */
export interface Presence {
  readonly member: MemberId;
  readonly name: string;
  /** Where they are, for the list "People here"; `spot` is where on the page, as in "cell 8". */
  readonly at?: {
    readonly page: string;
    readonly label: string;
    readonly spot?: string;
    readonly cell?: string;
  };
  /** The cell that their kernel is running, in this notebook. */
  readonly running?: {
    readonly cell: string;
    readonly device: string;
    readonly since: number;
    readonly progress?: CellProgress;
  };
}

/** A room held open by somebody. The last close() lets go of it. */
export interface OpenRoom {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** True once the server's content has been merged in, or where there is none to wait for. */
  readonly synced: Observable<boolean>;
  close(): void;
}

/** Of a blob that is being put: how much of it is kept, 0 to 1, and how to give up; then nothing of it is sent. */
export interface PutWatch {
  readonly progress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

/** Immutable bytes, in this browser first and on the server when there is a way. */
export interface Blobs {
  /** Stores the bytes here, durably, and queues them for the server. */
  put(bytes: Uint8Array<ArrayBuffer>, mime: string, watch?: PutWatch): Promise<BlobManifest>;
  /**
   * From this browser, else from the server (kept here afterwards); AppError "blob-missing" otherwise.
   * A blob over 4 MiB that this browser has never had can only be found by its manifest.
   */
  get(
    blob: Digest | BlobManifest,
    progress?: (fraction: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

export interface InviteOptions {
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** How many people may use it. */
  readonly uses: number;
}

export interface WorkspaceSession {
  readonly id: WorkspaceId;
  readonly me: Observable<Member>;
  readonly members: Observable<readonly Member[]>;
  readonly connection: Observable<Connection>;
  readonly blobs: Blobs;
  /** What was taken out of this workspace's rooms in this browser. */
  readonly aside: Aside;
  /** Opens a room from this browser's log; the server's content is merged in when it arrives. */
  open(room: RoomKey): Promise<OpenRoom>;
  /** The path and fragment of an invite link. Works offline; the server learns of it when it is met. */
  invite(options: InviteOptions): Promise<string>;
  /** Says under which name others see this member. */
  rename(name: string): Promise<void>;
  /** Gives a member another role. AppError<MembershipFailure>. Works offline, as all of these. */
  setRole(member: MemberId, role: Role): Promise<void>;
  /** Shows a member out, or leaves where it is oneself. AppError<MembershipFailure>. */
  remove(member: MemberId): Promise<void>;
  close(): Promise<void>;
}
