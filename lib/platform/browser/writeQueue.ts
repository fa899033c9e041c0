/**
 * What is asked of the update log on its way into IndexedDB: in batches as fast as the disk takes them, what a server
 * has when there is time. What cannot be written waits in memory, in its order, and is tried again.
 */
import { type Observable, Settable } from "../../base/observable.ts";
import type { ChangeId, WriteFailure } from "../../storage/updateLog.ts";
import { backoff } from "../../sync/backoff.ts";
import type { Database } from "./database.ts";
import { updateRecord } from "./roomRecords.ts";
import { isFull, whole } from "./transactions.ts";

/** Space may come back at any moment, milliseconds. */
const LONGEST_WAIT = 10_000;

export type Asked =
  | { readonly kind: "change" | "copy"; readonly room: string; readonly update: Uint8Array }
  | { readonly kind: "acknowledged"; readonly change: ChangeId };

interface Write {
  readonly asked: Asked;
  readonly done: (change: ChangeId) => void;
  readonly failed: (error: unknown) => void;
}

const isChange = ({ asked }: Write): boolean => asked.kind === "change";

export class WriteQueue {
  readonly #db: Database;
  readonly #lazyMs: number;
  /** So many changes of a room were written. */
  readonly #grown: (room: string, by: number) => Promise<void>;
  readonly #failure = new Settable<WriteFailure | undefined>(undefined);
  #waiting: Write[] = [];
  #writing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #failures = 0;

  /** `lazyMs`: how long what has time waits for a change to be written with. */
  constructor(db: Database, lazyMs: number, grown: (room: string, by: number) => Promise<void>) {
    this.#db = db;
    this.#lazyMs = lazyMs;
    this.#grown = grown;
    globalThis.addEventListener?.("pagehide", () => void (this.#waiting.length > 0 && this.#now()));
  }

  get failure(): Observable<WriteFailure | undefined> {
    return this.#failure;
  }

  /** `within`: it may wait so long for company, milliseconds. */
  write(asked: Asked, within: number): Promise<ChangeId> {
    return new Promise((done, failed) => {
      this.#waiting.push({ asked, done, failed });
      // While nothing can be written, the retry writes it too.
      if (this.#failure.current !== undefined) return;
      if (within > 0) this.#within(within);
      else void this.#now();
    });
  }

  /** Everything that was asked for so far is written, or cannot be now. */
  async written(): Promise<void> {
    while (this.#writing ?? (this.#waiting.length > 0 && this.#failure.current === undefined))
      await this.#now();
  }

  async retry(): Promise<void> {
    if (this.#failure.current !== undefined) await this.#now();
  }

  drop(prefix: string): void {
    const dropped = this.#waiting.filter(
      ({ asked }) => "room" in asked && asked.room.startsWith(prefix),
    );
    this.#waiting = this.#waiting.filter((write) => !dropped.includes(write));
    for (const { failed } of dropped) failed(new Error("the room was removed from this browser"));
  }

  #now(): Promise<void> {
    return (this.#writing ??= this.#writeAll());
  }

  #within(ms: number): void {
    if (this.#writing ?? performance.now() + ms >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = performance.now() + ms;
    this.#timer = setTimeout(() => void this.#now(), ms);
  }

  /** One transaction at a time: what arrives meanwhile is the next. */
  async #writeAll(): Promise<void> {
    do {
      clearTimeout(this.#timer);
      this.#due = Infinity;
      const writes = this.#waiting;
      this.#waiting = [];
      const changes = await this.#commit(writes);
      if (typeof changes === "string") {
        this.#waiting = [...writes, ...this.#waiting];
        this.#failed(changes);
        break;
      }
      this.#failures = 0;
      this.#failure.set(undefined);
      for (const [i, { done }] of writes.entries()) done(changes[i] ?? 0);
      const rooms = writes.flatMap(({ asked }) => ("room" in asked ? [asked.room] : []));
      for (const room of new Set(rooms))
        await this.#grown(room, rooms.filter((one) => one === room).length);
    } while (this.#waiting.some(isChange));
    this.#writing = undefined;
    if (this.#waiting.length > 0 && this.#failure.current === undefined) this.#within(this.#lazyMs);
  }

  #failed(failure: WriteFailure): void {
    this.#failure.set(failure);
    if (failure === "gone") return; // what was taken away does not come back
    const wait = backoff(++this.#failures, LONGEST_WAIT, Math.random());
    this.#timer = setTimeout(() => void this.#now(), wait);
  }

  /** The names of the changes, in the order of the writes; or why nothing was written. */
  async #commit(writes: readonly Write[]): Promise<readonly ChangeId[] | WriteFailure> {
    // What a server has can be had again, and a mark that comes back after a crash is only pushed once more. A
    // change of this browser's is on the disk before it counts.
    const durability = writes.some(isChange) ? "strict" : "relaxed";
    let tx;
    try {
      tx = this.#db.transaction(["updates", "pending"], "readwrite", { durability });
    } catch {
      return "gone";
    }
    const [pending, updates] = [tx.objectStore("pending"), tx.objectStore("updates")];
    const put = ({ asked }: Write): Promise<ChangeId> => {
      if (asked.kind === "acknowledged") return pending.delete(asked.change).then(() => 0);
      const added = updates.add(updateRecord(asked.room, asked.update));
      if (asked.kind === "copy") return added;
      const marked = pending.add({ room: asked.room });
      return Promise.all([marked, added]).then(([change]) => change);
    };
    const requests = writes.map(put);
    tx.commit(); // at once, so that it comes through where the page is just being left
    try {
      await whole<unknown>([...requests, tx.done]);
    } catch (error) {
      return isFull(error) ? "full" : "failed";
    }
    return Promise.all(requests);
  }
}
