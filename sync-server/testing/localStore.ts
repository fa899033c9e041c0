/** The SQLite store without its threads: the same requests, answered in this one a turn later. */
import { type StorePort, batchingStore } from "../stores/batchingStore.ts";
import { foldLog } from "../stores/foldLog.ts";
import { openSqlite } from "../stores/sqlite.ts";
import type { Store } from "../stores/store.ts";
import { type StoreAnswer, answerRequest } from "../stores/storeRequests.ts";

export function openLocalStore(path: string): Promise<Store> {
  const listeners: ((answer: StoreAnswer) => void)[] = [];
  return new Promise((resolve) => {
    const file = openSqlite(path);
    const port: StorePort = {
      post: (request) =>
        void setImmediate(() => {
          const answer = answerRequest(file, request);
          for (const listener of listeners) listener(answer);
        }),
      onAnswer: (listener) => void listeners.push(listener),
      end: () => Promise.resolve(),
    };
    resolve(batchingStore(port, (log) => Promise.resolve(foldLog(log))));
  });
}
