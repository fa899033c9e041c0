/** What a browser keeps, in memory: what it says is the test's choice, and what it is asked to do is noted. */
import type { WorkspaceId } from "../base/ids.ts";
import { Settable } from "../base/observable.ts";
import type {
  DeviceStorage,
  ExportedWorkspace,
  LongWatch,
  StorageTrouble,
  StorageUsage,
  Unsaved,
} from "../workspace/deviceStorage.ts";

export class MemoryDeviceStorage implements DeviceStorage {
  readonly trouble = new Settable<StorageTrouble | undefined>(undefined);
  says: StorageUsage = { used: 0, available: 1e9, promised: false, workspaces: new Map() };
  lacks: Unsaved = { changes: 0, bytes: 0 };
  readonly removed: WorkspaceId[] = [];
  /** What an export and an import come to. */
  exporting: (watch: LongWatch) => Promise<ExportedWorkspace> = () =>
    Promise.reject(new Error("nothing to export"));
  importing: (file: Blob, watch: LongWatch) => Promise<WorkspaceId> = () =>
    Promise.reject(new Error("nothing to import"));
  readonly #forget: (workspace: WorkspaceId) => void;

  constructor(forget: (workspace: WorkspaceId) => void) {
    this.#forget = forget;
  }

  usage(): Promise<StorageUsage> {
    return Promise.resolve(this.says);
  }

  askToKeep(): Promise<boolean> {
    this.says = { ...this.says, promised: true };
    return Promise.resolve(true);
  }

  unsaved(): Promise<Unsaved> {
    return Promise.resolve(this.lacks);
  }

  remove(workspace: WorkspaceId): Promise<void> {
    this.removed.push(workspace);
    this.#forget(workspace);
    return Promise.resolve();
  }

  exportWorkspace(_: WorkspaceId, watch: LongWatch = {}): Promise<ExportedWorkspace> {
    return this.exporting(watch);
  }

  importWorkspace(file: Blob, watch: LongWatch = {}): Promise<WorkspaceId> {
    return this.importing(file, watch);
  }
}
