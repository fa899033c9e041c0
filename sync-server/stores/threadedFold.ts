/** The thread that folds logs. A log that cannot be folded stays as it is: the room works, only longer. */
import { type JobThread, openJobThread } from "./jobThread.ts";
import type { StoredRoom } from "./store.ts";

type Log = Pick<StoredRoom, "snapshot" | "updates">;
export type Fold = (log: Log) => Promise<Uint8Array>;

export type FoldThread = JobThread<Log, Uint8Array>;

export function openFoldThread(): FoldThread {
  return openJobThread(new URL("./foldThread.js", import.meta.url));
}
