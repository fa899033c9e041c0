/**
 * Opens the SQLite file in its own thread. Rejects with one sentence where it cannot be opened; calls
 * `lost` where the thread ends later on: then nothing can be kept any more, and nobody may be told that it is.
 */
import { Worker } from "node:worker_threads";
import { type StorePort, batchingStore } from "./batchingStore.ts";
import { openFoldThread } from "./threadedFold.ts";
import type { Store } from "./store.ts";
import type { StoreAnswer } from "./storeRequests.ts";

export function openThreadedStore(path: string, lost: (error: Error) => void): Promise<Store> {
  const worker = new Worker(new URL("./storeThread.js", import.meta.url), { workerData: { path } });
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (answer: StoreAnswer) => {
      if (answer.kind === "failed") {
        void worker.terminate();
        reject(new Error(`The data file ${path} cannot be used: ${answer.message}.`));
        return;
      }
      worker.on("error", lost);
      const folding = openFoldThread();
      const port: StorePort = {
        post: (request) => worker.postMessage(request),
        onAnswer: (listener) => void worker.on("message", listener),
        async end() {
          await Promise.all([worker.terminate(), folding.end()]);
        },
      };
      resolve(batchingStore(port, folding.fold));
    });
  });
}
