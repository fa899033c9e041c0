/** The thread that folds logs: started when the first log is long enough, one fold after another. */
import { Worker } from "node:worker_threads";
import type { StoredRoom } from "./store.ts";

type Log = Pick<StoredRoom, "snapshot" | "updates">;
export type Fold = (log: Log) => Promise<Uint8Array>;

export interface FoldRequest {
  readonly id: number;
  readonly log: Log;
}

export type FoldAnswer =
  | { readonly id: number; readonly snapshot: Uint8Array }
  | { readonly id: number; readonly message: string };

export interface FoldThread {
  readonly fold: Fold;
  end(): Promise<void>;
}

export function openFoldThread(): FoldThread {
  const waiting = new Map<number, (answer: FoldAnswer | Error) => void>();
  let worker: Worker | undefined;
  let nextId = 1;

  const lose = (error: Error): void => {
    worker = undefined;
    for (const settle of waiting.values()) settle(error);
    waiting.clear();
  };

  const start = (): Worker => {
    const started = new Worker(new URL("./foldThread.js", import.meta.url));
    started.unref();
    started.on("message", (answer: FoldAnswer) => {
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    });
    // A log that cannot be folded stays as it is: the room works, only longer.
    started.on("error", lose);
    started.on("exit", () => lose(new Error("the folding thread ended")));
    return started;
  };

  return {
    fold: (log) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, (answer) => {
          if (answer instanceof Error) reject(answer);
          else if ("snapshot" in answer) resolve(answer.snapshot);
          else reject(new Error(answer.message));
        });
        worker ??= start();
        worker.postMessage({ id, log } satisfies FoldRequest);
      }),
    end: async () => void (await worker?.terminate()),
  };
}
