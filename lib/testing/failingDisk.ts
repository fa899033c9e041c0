/** An IndexedDB that refuses, in tests that have fake-indexeddb; vi.restoreAllMocks() gives it space again. */
import { IDBObjectStore } from "fake-indexeddb";
import { vi } from "vitest";

type Operation = (this: IDBObjectStore, ...given: unknown[]) => IDBRequest;

/** From the so-manieth write on, every transaction that writes comes to nothing, as on a disk that is full. */
export function failAt(write: number, why: "QuotaExceededError" | "AbortError"): void {
  let writes = 0;
  for (const name of ["add", "put", "delete"] as const) {
    const real = Reflect.get(IDBObjectStore.prototype, name) as Operation;
    const failing = function (this: IDBObjectStore, ...given: unknown[]): IDBRequest {
      const { transaction } = this;
      // What fake-indexeddb does itself where a transaction fails.
      const failed = transaction as unknown as { _abort(why: string): void; error: unknown };
      if (writes++ === write || (writes > write && failed.error === null))
        queueMicrotask(() => {
          if (failed.error === null) failed._abort(why);
        });
      return real.apply(this, given);
    };
    vi.spyOn(IDBObjectStore.prototype, name).mockImplementation(failing as never);
  }
}
