/** The way of one room's updates to the disk: in order, counted, and folded when the log has grown long. */
import { limits } from "./limits.ts";
import type { Store, StoredRoom } from "./stores/store.ts";

export class RoomLog {
  readonly #name: string;
  readonly #store: Store;
  #snapshotBytes: number;
  #updates: number;
  #updateBytes: number;
  /** So many bytes of the log are known to be of things that were deleted since; until it is folded. */
  #surplus = 0;
  #inFlight = 0;
  /** Once an update was refused nothing after it counts: acknowledgements name the first n messages. */
  #failed = false;
  #last: Promise<unknown> = Promise.resolve();
  #folding: Promise<void> | undefined;
  /** Below so many updates no fold is tried: the last one failed. */
  #notBefore = 0;

  constructor(name: string, store: Store, stored: StoredRoom) {
    this.#name = name;
    this.#store = store;
    this.#snapshotBytes = stored.snapshot?.length ?? 0;
    this.#updates = stored.updates.length;
    this.#updateBytes = stored.updates.reduce((sum, update) => sum + update.length, 0);
  }

  /** What is stored of the room, in bytes: at most a quarter more than its state, or some small updates. */
  get bytes(): number {
    return this.#snapshotBytes + this.#updateBytes - this.#surplus;
  }

  /** What the log says was looked at in full, and is so many bytes. */
  weighed(bytes: number): void {
    this.#surplus = this.#snapshotBytes + this.#updateBytes - bytes;
  }

  /** Other nodes have appended these; they fold them, too, unless they do not come to it. */
  grow(updates: readonly Uint8Array[]): void {
    this.#updates += updates.length;
    for (const update of updates) this.#updateBytes += update.length;
    if (!this.#folding && this.#isLong(1.5)) void this.#fold();
  }

  /** Resolves with the update's number when it is durable, in the order of the calls. After one rejects, all do. */
  async append(update: Uint8Array): Promise<number> {
    if (this.#failed) throw new Error("an earlier update could not be kept");
    this.#inFlight++;
    this.#updates++;
    this.#updateBytes += update.length;
    const appended = this.#store.append(this.#name, update).then(
      (seq) => {
        this.#inFlight--;
        return seq;
      },
      (error: unknown) => {
        this.#failed = true;
        throw error;
      },
    );
    this.#last = appended.catch(() => undefined);
    const seq = await appended;
    if (this.#failed) throw new Error("an earlier update could not be kept");
    if (!this.#folding && this.#isLong()) void this.#fold();
    return seq;
  }

  /** Calls back when what has been appended so far is durable: at once where nothing waits. */
  afterCommits(then: () => void): void {
    if (this.#inFlight === 0) then();
    else
      void this.#last.then(() => {
        if (!this.#failed) then();
      });
  }

  /** The same after those who appended have gone on, which they do a turn later: they tell everybody. */
  afterBroadcasts(then: () => void): void {
    this.afterCommits(this.#inFlight === 0 ? then : () => queueMicrotask(then));
  }

  async committed(): Promise<void> {
    await this.#last;
  }

  async settle(): Promise<void> {
    await this.#last;
    if (!this.#failed && this.#isLong()) await this.#fold();
  }

  #isLong(factor = 1): boolean {
    if (this.#updates < this.#notBefore) return false;
    if (this.#updates >= limits.foldUpdatesAtLast) return true;
    const few = this.#updates < limits.foldUpdates * factor;
    if (few && this.#updateBytes < limits.foldBytes * factor) return false;
    return this.#updateBytes >= this.#snapshotBytes * limits.foldPart;
  }

  #fold(): Promise<void> {
    const [updates, bytes] = [this.#updates, this.#updateBytes];
    this.#folding ??= this.#store
      .compact(this.#name, limits.foldUpdates / 2)
      .then((size) => {
        this.#snapshotBytes = size;
        this.#updates -= updates;
        this.#updateBytes -= bytes;
        this.#surplus = 0;
        this.#notBefore = 0;
      })
      // The log stays as it is, and is tried again when it is half as long again: each try reads all of it.
      .catch(() => (this.#notBefore = this.#updates * 1.5))
      .then(() => (this.#folding = undefined));
    return this.#folding;
  }
}
