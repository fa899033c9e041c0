/** The SQLite store without a thread for folding. */
import { foldLog } from "../stores/foldLog.ts";
import { openSqliteStore } from "../stores/sqliteStore.ts";
import type { Store } from "../stores/store.ts";

export function openLocalStore(path: string): Promise<Store> {
  return new Promise((resolve) =>
    resolve(
      openSqliteStore(path, {
        run: (log) => Promise.resolve(foldLog(log)),
        end: () => Promise.resolve(),
      }),
    ),
  );
}
