/** Whether this browser goes on keeping what is done: what the log, the database and the browser's own count say of it. */
import { type Observable, Settable } from "../../base/observable.ts";
import type { WorkspaceId } from "../../base/ids.ts";
import type { UpdateLog, WriteFailure } from "../../storage/updateLog.ts";
import type { StorageTrouble } from "../../workspace/deviceStorage.ts";

/** What the browser says of storage, as far as it is needed. */
export type StorageCount = Partial<Pick<StorageManager, "estimate" | "persist" | "persisted">>;

/** Under so many bytes there is a warning: one dataset more may fill it. */
const MARGIN = 100 * 1024 * 1024;
/** How often the browser's count is looked at, milliseconds. */
const EVERY = 30_000;

export class StorageHealth {
  readonly #count: StorageCount;
  readonly #trouble = new Settable<StorageTrouble | undefined>(undefined);
  readonly #unkept = new Map<WorkspaceId, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #logs = new Set<Pick<UpdateLog, "failure" | "retry" | "written">>();
  #newer = false;
  #failure: WriteFailure | undefined;
  #available: number | undefined;

  constructor(count: StorageCount) {
    this.#count = count;
    this.#timer = setInterval(() => void this.look(), EVERY);
    void this.look();
  }

  get trouble(): Observable<StorageTrouble | undefined> {
    return this.#trouble;
  }

  /** Undefined where the browser does not say. */
  async estimate(): Promise<{ used: number; available: number } | undefined> {
    const said = await this.#count.estimate?.().catch(() => undefined);
    if (said?.quota === undefined || said.usage === undefined) return undefined;
    return { used: said.usage, available: Math.max(0, said.quota - said.usage) };
  }

  /** Asks the browser not to throw away what is kept here when space gets short. */
  async askToKeep(): Promise<boolean | undefined> {
    return this.#count.persist?.().catch(() => undefined);
  }

  async promised(): Promise<boolean | undefined> {
    return this.#count.persisted?.().catch(() => undefined);
  }

  /** There may be more or less space than before. */
  async look(): Promise<void> {
    this.#available = (await this.estimate())?.available;
    this.#tell();
  }

  /** A newer app wants the database: what is on its way is written first. */
  async newer(): Promise<void> {
    this.#newer = true;
    this.#tell();
    await this.written();
  }

  /** Everything that was asked for so far is written, or cannot be now. */
  async written(): Promise<void> {
    for (const log of this.#logs) await log.written();
  }

  gone(): void {
    this.failing("gone");
  }

  /** The log cannot write, or can again. */
  failing(failure: WriteFailure | undefined): void {
    if (this.#failure === "gone") return;
    this.#failure = failure;
    this.#tell();
  }

  /** So many changes of a workspace are in this tab alone. */
  unkept(workspace: WorkspaceId, changes: number): void {
    if ((this.#unkept.get(workspace) ?? 0) === changes) return;
    this.#unkept.set(workspace, changes);
    this.#tell();
  }

  /** Follows what a log can write, for as long as both are. */
  follow(log: Pick<UpdateLog, "failure" | "retry" | "written">): void {
    if (this.#logs.has(log)) return;
    this.#logs.add(log);
    log.failure.subscribe(() => this.failing(log.failure.current));
  }

  /** There may be space again. */
  async retry(): Promise<void> {
    await this.look();
    for (const log of this.#logs) await log.retry();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    const next = this.#judged();
    if (JSON.stringify(next) !== JSON.stringify(this.#trouble.current)) this.#trouble.set(next);
  }

  #judged(): StorageTrouble | undefined {
    const unkept = [...this.#unkept.values()].reduce((sum, count) => sum + count, 0);
    if (this.#newer) return { kind: "newer-app", unkept };
    if (this.#failure === "gone") return { kind: "gone", unkept };
    if (this.#failure !== undefined) return { kind: "full", unkept };
    const available = this.#available;
    return available !== undefined && available < MARGIN ? { kind: "low", available } : undefined;
  }
}
