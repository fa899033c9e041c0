/** The one IndexedDB database of this browser, and the only file that names its stores. */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames, wrap } from "idb";
import { AppError } from "../../base/errors.ts";
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import type { StoredBlob } from "../../storage/blobStore.ts";
import type { AsideReason } from "../../storage/updateLog.ts";
import type { Entry } from "../../workspace/entry.ts";
import type { WorkspaceFailure, WorkspaceSummary } from "../../workspace/workspaces.ts";
import type { Report } from "../../workspace/report.ts";
import type { AuditMark } from "../../workspace/session.ts";

const NAME = "ensemble";
/**
 * 2: checksums, what was set aside can be found by its room and says since when, and so do chunks that belong to no
 * blob.
 */
const VERSION = 2;

interface Schema extends DBSchema {
  /** What there is one of: "device" is the key pair, "name" what this person is called. */
  person: { key: string; value: unknown };
  workspaces: { key: WorkspaceId; value: WorkspaceSummary };
  memberships: { key: WorkspaceId; value: StoredMembership };
  /** Updates of rooms in V1, in the order of their keys. Rooms go by their whole name. */
  updates: { key: number; value: StoredUpdate; indexes: { room: string } };
  /** Snapshots of rooms in V2, by room; without a checksum where they were written by version 1. */
  snapshots: { key: string; value: StoredSnapshot | Uint8Array };
  /** One for each change that no server has acknowledged. */
  pending: { key: number; value: { room: string }; indexes: { room: string } };
  damaged: { key: number; value: StoredDamage; indexes: { room: string } };
  drafts: { key: number; value: StoredDraft; indexes: { room: string } };
  chunks: { key: [WorkspaceId, Digest]; value: Uint8Array<ArrayBuffer> };
  manifests: { key: [WorkspaceId, Digest]; value: StoredBlob };
  uploads: { key: [WorkspaceId, Digest]; value: 1 };
  /** When a chunk was put that may belong to no blob, milliseconds since 1970. */
  loose: { key: [WorkspaceId, Digest]; value: number };
}

export interface StoredUpdate {
  readonly room: string;
  readonly update: Uint8Array;
  /** Of the update; version 1 wrote none. */
  readonly sum?: number;
}

export interface StoredSnapshot {
  readonly state: Uint8Array;
  readonly sum: number;
}

/** `found`: the record as it was read. Version 1 wrote neither `at` nor `told`. */
export interface StoredDamage {
  readonly room: string;
  readonly found: unknown;
  /** Milliseconds since 1970. */
  readonly at?: number;
  /** The person has seen it. */
  readonly told?: boolean;
}

export interface StoredDraft {
  readonly room: string;
  readonly reason: AsideReason;
  readonly state: Uint8Array;
  /** Milliseconds since 1970; version 1 wrote none. */
  readonly at?: number;
}

/** The log as the server has it, and the entries that it still has to be given. */
export interface StoredMembership {
  readonly entries: readonly Entry[];
  readonly queue: readonly Entry[];
  /** What the audit log still has to be told. */
  readonly reports?: readonly Report[];
  /** How far an owner has seen the audit log here, so that a shorter one is noticed. */
  readonly audit?: AuditMark;
  /** Which life of the server's data was met last; not yet known where it is missing. */
  readonly generation?: string;
}

export type Database = IDBPDatabase<Schema>;
export type Writing<Names extends StoreNames<Schema>> = IDBPTransaction<
  Schema,
  Names[],
  "readwrite"
>;

/** What may happen to a database while it is open. */
export interface DatabaseEvents {
  /** A newer app wants it. It is closed when this has resolved. */
  newer(): Promise<void>;
  /** The browser took it away: site data was cleared, or the disk is gone. */
  gone(): void;
}

/**
 * Opens it, made or migrated where need be. Throws AppError "newer-app" where a newer app has been here, "no-storage"
 * where this browser keeps nothing.
 */
export async function openDatabase(
  factory: IDBFactory,
  events?: DatabaseEvents,
): Promise<Database> {
  try {
    const request = factory.open(NAME, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      const db = wrap(request.result) as unknown as Database;
      if (oldVersion < 1) makeStores(db);
      if (oldVersion < 2) db.createObjectStore("loose");
      // The upgrade's own transaction is not idb's to open.
      if (oldVersion < 2) request.transaction?.objectStore("damaged").createIndex("room", "room");
    };
    const db = (await wrap(request)) as unknown as Database;
    // A newer app in another tab must not wait for this one longer than it takes to write what is on its way.
    db.addEventListener("versionchange", () => {
      void (events?.newer() ?? Promise.resolve()).finally(() => db.close());
    });
    db.addEventListener("close", () => events?.gone());
    return db;
  } catch (error) {
    const newer = error instanceof DOMException && error.name === "VersionError";
    throw new AppError<WorkspaceFailure>({ code: newer ? "newer-app" : "no-storage" }, error);
  }
}

function makeStores(db: Database): void {
  for (const name of ["person", "workspaces", "memberships", "snapshots"] as const)
    db.createObjectStore(name);
  for (const name of ["chunks", "manifests", "uploads"] as const) db.createObjectStore(name);
  db.createObjectStore("damaged", { autoIncrement: true });
  for (const name of ["updates", "pending", "drafts"] as const)
    db.createObjectStore(name, { autoIncrement: true }).createIndex("room", "room");
}

/** Everything whose name starts with this text. */
export function startingWith(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
}

/** Everything of a workspace that goes by workspace and digest: arrays sort after whatever a digest can be. */
export function ofWorkspace(workspace: WorkspaceId): IDBKeyRange {
  return IDBKeyRange.bound([workspace], [workspace, []]);
}
