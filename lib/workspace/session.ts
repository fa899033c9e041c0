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
import type { OpenRole } from "./entry.ts";
import type { Member, Role } from "./member.ts";
import type { People } from "./people.ts";
import type { ReportedAct } from "./report.ts";
import type { PublicKey } from "./signatures.ts";
import type { CellProgress } from "../kernel/capability.ts";
import type { Aside } from "./aside.ts";

export type { BlobManifest } from "../document/blobManifest.ts";
export type { Member, Role } from "./member.ts";

/** Blobs on their way to the server. */
export interface Uploads {
  /** Chunks that the server does not have yet: each is one of the pending changes. */
  readonly chunks: number;
  /** Bytes that were sent since nothing waited … */
  readonly sent: number;
  /** … of all that were to be sent since. */
  readonly total: number;
  /** The server takes no more of this workspace, bytes. What waits is sent when there is room again. */
  readonly full?: { readonly used: number; readonly limit: number };
  /** Chunks that were damaged in this browser before they could be sent. */
  readonly damaged?: number;
}

/**
 * The status "Connection". "saved": everything this browser holds, opened or not, is durable on the server. `unkept`:
 * so many of the pending changes are in this tab alone, since this browser's storage does not take them. `notice`:
 * what the server turned away a moment ago, and is asked again for; a code the app puts in words.
 */
export type Connection = { readonly notice?: Refused | undefined } & (
  | { readonly kind: "saved" }
  | {
      readonly kind: "saving";
      readonly pending: number;
      readonly unkept?: number;
      readonly uploads?: Uploads;
    }
  | {
      readonly kind: "offline";
      readonly pending: number;
      readonly unkept?: number;
      readonly uploads?: Uploads;
    }
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

/** A place in the audit log: the number of a record, and its hash. */
export interface AuditMark {
  readonly seq: number;
  readonly hash: string;
}

/** The audit log, as owners read it. What a server says is parsed and verified by whoever shows it. */
export interface AuditSource {
  /** The records after the one with this number. Throws AppError<ServerFailure>. */
  read(after: number): Promise<{ readonly records: readonly unknown[]; readonly more: boolean }>;
  /** How far this browser has seen the log. */
  seen(): Promise<AuditMark | undefined>;
  see(mark: AuditMark): Promise<void>;
}

/** Who people are to a proxy in front of the server. */
export interface Identities {
  /** There is such a proxy. */
  readonly proxy: boolean;
  /** As whom it knows this person. */
  readonly signedInAs: string;
  /** … and the people behind devices' keys. */
  readonly devices: ReadonlyMap<PublicKey, string>;
}

/** The server did not answer, or not as asked; `reason` is its code. */
export interface ServerFailure {
  readonly code: "server-refused";
  readonly reason: string;
}

export interface WorkspaceSession {
  readonly id: WorkspaceId;
  readonly me: Observable<Member>;
  readonly members: Observable<readonly Member[]>;
  /** Their devices, and what may still bring somebody in. */
  readonly people: Observable<People>;
  readonly connection: Observable<Connection>;
  readonly blobs: Blobs;
  /** What was taken out of this workspace's rooms in this browser. */
  readonly aside: Aside;
  /** Opens a room from this browser's log; the server's content is merged in when it arrives. */
  open(room: RoomKey): Promise<OpenRoom>;
  /** The path and fragment of an invite link. Works offline; nobody can join by it before the server has it. */
  invite(options: InviteOptions): Promise<string>;
  /** Says under which name others see this member. */
  rename(name: string): Promise<void>;
  /** Gives a member another role. AppError<MembershipFailure>. Works offline, as all of these. */
  setRole(member: MemberId, role: Role): Promise<void>;
  /** Shows a member out, or leaves where it is oneself. AppError<MembershipFailure>. */
  remove(member: MemberId): Promise<void>;
  /** Makes another member the owner in one's own place, who stays an editor. AppError<MembershipFailure>. */
  transfer(to: MemberId): Promise<void>;
  /** Takes back an invite that was made. AppError<MembershipFailure>. */
  withdraw(invite: PublicKey): Promise<void>;
  /** Takes away one device of a member who has another. AppError<MembershipFailure>. */
  removeDevice(device: PublicKey): Promise<void>;
  /** Lets everybody join whom a proxy in front of the server knows. AppError<MembershipFailure>. */
  openTo(role: OpenRole | "nobody"): Promise<void>;
  /** Tells the audit log of what no server sees. Kept here until it is delivered. */
  report(act: ReportedAct): Promise<void>;
  readonly audit: AuditSource;
  /** Asks the server. Throws AppError<ServerFailure>. */
  identities(): Promise<Identities>;
  close(): Promise<void>;
}
