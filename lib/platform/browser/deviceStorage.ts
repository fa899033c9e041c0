/** What this browser keeps of all workspaces: counts it, takes it out, brings it in. Small; what is rare loads when it is asked for. */
import { encodeBase64url } from "../../base/base64url.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import type { Observable } from "../../base/observable.ts";
import type { Member } from "../../workspace/session.ts";
import type { Signer } from "../../workspace/signatures.ts";
import type {
  DeviceStorage,
  ExportedWorkspace,
  LongWatch,
  StorageTrouble,
  StorageUsage,
  Unsaved,
} from "../../workspace/deviceStorage.ts";
import { workspaceIdOf } from "../../workspace/workspaceId.ts";
import type { Database } from "./database.ts";
import { type Locks, openLock, whenFree } from "./locks.ts";
import { MembershipCache } from "./membershipCache.ts";
import { removeFromDatabase } from "./removal.ts";
import type { BrowserSession } from "./session.ts";
import type { StorageHealth } from "./storageHealth.ts";
import type { Tabs } from "./tabs.ts";
import { clearUnfinished, markedUnfinished } from "./unfinished.ts";
import { browserWorld } from "./world.ts";

/** A tab that does not let go of a workspace within so many milliseconds is not waited for. */
const PATIENCE = 5_000;

export interface DeviceStorageParts {
  readonly db: Database;
  readonly signer: Signer;
  readonly tabs: Tabs;
  readonly locks: Locks | undefined;
  readonly health: StorageHealth;
  myName(): string;
  /** Opens the workspace, though nobody looks at it; undefined where it cannot be opened. */
  unseen(
    workspace: WorkspaceId,
  ): Promise<{ readonly session: BrowserSession; done(): Promise<void> } | undefined>;
  /** Closes the workspace in this tab, where it is open, and leaves what it still had to write. */
  abandon(workspace: WorkspaceId): Promise<void>;
  /** The workspace is whole and can be listed. */
  list(workspace: WorkspaceId, title: string, members: readonly Member[]): Promise<void>;
  /** The workspaces of this browser are not what they were. */
  changed(): Promise<void>;
}

export class BrowserDeviceStorage implements DeviceStorage {
  readonly #parts: DeviceStorageParts;

  constructor(parts: DeviceStorageParts) {
    this.#parts = parts;
  }

  get trouble(): Observable<StorageTrouble | undefined> {
    return this.#parts.health.trouble;
  }

  async usage(): Promise<StorageUsage> {
    const { db, health } = this.#parts;
    const { usageByWorkspace } = await import("./storageUsage.ts");
    const [estimate, promised, workspaces] = await Promise.all([
      health.estimate(),
      health.promised(),
      usageByWorkspace(db),
    ]);
    return { used: estimate?.used, available: estimate?.available, promised, workspaces };
  }

  askToKeep(): Promise<boolean | undefined> {
    return this.#parts.health.askToKeep();
  }

  async unsaved(workspace: WorkspaceId): Promise<Unsaved> {
    const { unsavedIn } = await import("./storageUsage.ts");
    await this.#parts.health.written(); // what a server has acknowledged at this moment waits no more
    return unsavedIn(this.#parts.db, workspace);
  }

  async remove(workspace: WorkspaceId): Promise<void> {
    const { db, tabs, locks, health } = this.#parts;
    tabs.post({ kind: "removed", workspace });
    await this.#parts.abandon(workspace);
    await whenFree(locks, openLock(workspace), PATIENCE, () => removeFromDatabase(db, workspace));
    await this.#parts.changed();
    await health.retry();
  }

  async exportWorkspace(workspace: WorkspaceId, watch?: LongWatch): Promise<ExportedWorkspace> {
    const { db, signer } = this.#parts;
    const [{ exportFile }, { exportSource }] = await Promise.all([
      import("./exportFile.ts"),
      import("./exportSource.ts"),
    ]);
    const unseen = await this.#parts.unseen(workspace);
    try {
      const { entries } = await MembershipCache.open(db, workspace, signer);
      const alone = (await db.get("workspaces", workspace))?.onServer === false;
      const about = { entries, by: this.#parts.myName(), alone };
      const source = await exportSource(db, workspace, unseen?.session, about);
      const exported = await exportFile(source, watch);
      await report(unseen?.session, "export", workspace, exported.title);
      return exported;
    } finally {
      await unseen?.done();
    }
  }

  async importWorkspace(file: Blob, watch?: LongWatch): Promise<WorkspaceId> {
    const { db, signer, locks, health } = this.#parts;
    const [{ importFile }, { indexedBlobStore }, { logOf }] = await Promise.all([
      import("./importFile.ts"),
      import("./indexedBlobStore.ts"),
      import("./databaseLog.ts"),
    ]);
    void health.askToKeep();
    const salt = encodeBase64url(browserWorld.randomBytes(12));
    const id = workspaceIdOf(signer.publicKey, salt);
    const available = (await health.estimate())?.available;
    const title = await markedUnfinished(db, locks, id, async () => {
      const target = { workspace: id, log: logOf(db), blobs: indexedBlobStore(db, id), available };
      const title = await importFile(file, target, watch);
      const cache = await MembershipCache.open(db, id, signer);
      await cache.add({ kind: "genesis", salt, name: this.#parts.myName() });
      const members = [...cache.membership.current.members.values()];
      await this.#parts.list(id, title, members);
      return title;
    });
    await health.look();
    const unseen = await this.#parts.unseen(id);
    await report(unseen?.session, "import", id, title);
    await unseen?.done();
    return id;
  }

  /** What was begun in a tab that is gone is taken away. */
  async tidy(): Promise<void> {
    await clearUnfinished(this.#parts.db, this.#parts.locks);
  }
}

/** For the audit log. What it cannot take is done all the same. */
async function report(
  session: BrowserSession | undefined,
  kind: "export" | "import",
  id: WorkspaceId,
  name: string,
): Promise<void> {
  await session?.report({ kind, what: "workspace", id, name }).catch(() => undefined);
}
