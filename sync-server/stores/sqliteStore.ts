/**
 * The store over the SQLite file, in the server's own thread: a commit is a sync of the disk, shorter than the way to
 * another thread and back, and what the sockets bring meanwhile is the next one. Long work, folding, has a thread.
 */
import { type StorePort, batchingStore } from "./batchingStore.ts";
import { openSqlite } from "./sqlite.ts";
import type { Store } from "./store.ts";
import { type StoreAnswer, answerRequest } from "./storeRequests.ts";
import { type FoldThread, openFoldThread } from "./threadedFold.ts";

/** Throws one sentence where the file cannot be used. */
export function openSqliteStore(path: string, folding: FoldThread = openFoldThread()): Store {
  const file = open(path);
  const listeners: ((answer: StoreAnswer) => void)[] = [];
  const port: StorePort = {
    post(request) {
      const answer = answerRequest(file, request);
      for (const listener of listeners) listener(answer);
    },
    onAnswer: (listener) => void listeners.push(listener),
    end: () => folding.end(),
  };
  return batchingStore(port, (log) => folding.run(log));
}

function open(path: string): ReturnType<typeof openSqlite> {
  try {
    return openSqlite(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The data file ${path} cannot be used: ${why}.`, { cause: error });
  }
}
