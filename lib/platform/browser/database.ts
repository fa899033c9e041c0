/** The one IndexedDB database of this browser, and the only file that names its stores. */
import { type DBSchema, type IDBPDatabase, wrap } from "idb";
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import type { StoredBlob } from "../../storage/blobStore.ts";
import type { AsideReason } from "../../storage/updateLog.ts";
import type { Entry } from "../../workspace/entry.ts";
import type { WorkspaceSummary } from "../../workspace/workspaces.ts";

const NAME = "ensemble";
const VERSION = 1;

interface Schema extends DBSchema {
  /** What there is one of: "device" is the key pair, "name" what this person is called. */
  person: { key: string; value: unknown };
  workspaces: { key: WorkspaceId; value: WorkspaceSummary };
  memberships: { key: WorkspaceId; value: StoredMembership };
  /** Updates of rooms in V1, in the order of their keys. Rooms go by their whole name. */
  updates: { key: number; value: { room: string; update: Uint8Array }; indexes: { room: string } };
  /** Snapshots of rooms in V2, by room. */
  snapshots: { key: string; value: Uint8Array };
  /** One for each change that no server has acknowledged. */
  pending: { key: number; value: { room: string }; indexes: { room: string } };
  damaged: { key: number; value: { room: string; found: unknown } };
  drafts: {
    key: number;
    value: { room: string; reason: AsideReason; state: Uint8Array };
    indexes: { room: string };
  };
  chunks: { key: [WorkspaceId, Digest]; value: Uint8Array<ArrayBuffer> };
  manifests: { key: [WorkspaceId, Digest]; value: StoredBlob };
  uploads: { key: [WorkspaceId, Digest]; value: 1 };
}

/** The log as the server has it, and the entries that it still has to be given. */
export interface StoredMembership {
  readonly entries: readonly Entry[];
  readonly queue: readonly Entry[];
}

export type Database = IDBPDatabase<Schema>;

/** Opens it, made where it is missing. Rejects where this browser keeps nothing. */
export async function openDatabase(factory: IDBFactory): Promise<Database> {
  const request = factory.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const db = wrap(request.result) as unknown as Database;
    for (const name of ["person", "workspaces", "memberships", "snapshots"] as const)
      db.createObjectStore(name);
    for (const name of ["chunks", "manifests", "uploads"] as const) db.createObjectStore(name);
    db.createObjectStore("damaged", { autoIncrement: true });
    for (const name of ["updates", "pending", "drafts"] as const)
      db.createObjectStore(name, { autoIncrement: true }).createIndex("room", "room");
  };
  const db = (await wrap(request)) as unknown as Database;
  // A newer app in another tab must not wait for this one.
  db.addEventListener("versionchange", () => db.close());
  return db;
}

/** Everything whose name starts with this text. */
export function startingWith(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
}
