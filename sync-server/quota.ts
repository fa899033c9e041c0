/**
 * How many bytes of blobs each workspace has: counted once, kept in memory, and counted again now and then, since
 * other nodes and people with access to the disk change it too.
 */
import type { WorkspaceId } from "../lib/base/ids.ts";
import type { BlobStore } from "./stores/blobs.ts";

/** Bytes. */
export interface Space {
  readonly used: number;
  readonly limit: number;
}

export interface QuotaOptions {
  /** Bytes of blobs that a workspace may have; Infinity where there is no quota. */
  readonly limit: number;
  /** A count is good for so long, milliseconds … */
  readonly recountMs: number;
  /** … and where something is refused for it, for so long. */
  readonly recountFullMs: number;
  readonly now?: () => number;
}

/** `used`: what is stored; `held`: what is being written. */
interface Count {
  used: number;
  held: number;
  since: number;
}

export class Quota {
  readonly #store: Pick<BlobStore, "list">;
  readonly #options: QuotaOptions;
  readonly #now: () => number;
  readonly #counts = new Map<WorkspaceId, Promise<Count>>();

  constructor(store: Pick<BlobStore, "list">, options: QuotaOptions) {
    this.#store = store;
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async space(workspace: WorkspaceId): Promise<Space> {
    const { used, held } = await this.#count(workspace, this.#options.recountMs);
    return { used: used + held, limit: this.#options.limit };
  }

  /**
   * Holds room for so many bytes: gives back how to say what became of them, or what there is where they do not
   * fit. `kept`: how many bytes were stored.
   */
  async hold(workspace: WorkspaceId, bytes: number): Promise<((kept: number) => void) | Space> {
    const { limit, recountMs, recountFullMs } = this.#options;
    for (const good of [recountMs, recountFullMs]) {
      const count = await this.#count(workspace, good);
      if (count.used + count.held + bytes > limit) continue;
      count.held += bytes;
      return (kept) => {
        count.held -= bytes;
        count.used += kept;
      };
    }
    return this.space(workspace);
  }

  /** So many bytes are gone. */
  async freed(workspace: WorkspaceId, bytes: number): Promise<void> {
    const count = await this.#counts.get(workspace);
    if (count) count.used = Math.max(0, count.used - bytes);
  }

  /** One object for a workspace for good, so that what is held is never forgotten by counting again. */
  async #count(workspace: WorkspaceId, goodFor: number): Promise<Count> {
    const known = this.#counts.get(workspace);
    const before = await known;
    if (before && this.#now() - before.since < goodFor) return before;
    if (known !== this.#counts.get(workspace)) return this.#count(workspace, goodFor);
    const counting = this.#listAll(workspace, before ?? { used: 0, held: 0, since: 0 });
    this.#counts.set(workspace, counting);
    counting.catch(() => this.#counts.delete(workspace));
    return counting;
  }

  async #listAll(workspace: WorkspaceId, count: Count): Promise<Count> {
    const since = this.#now();
    let used = 0;
    for await (const { size } of this.#store.list(workspace)) used += size;
    return Object.assign(count, { used, since });
  }
}
