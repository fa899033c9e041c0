/** Measures a store: how long commits, loads and folds take, and what goes wrong with them. */
import { Counter, Histogram, type Registry } from "prom-client";
import { type Log, tagOf } from "./log.ts";
import type { CountedLog } from "./countedLog.ts";
import type { Store } from "./stores/store.ts";

export interface StoreMeterParts {
  readonly log: Log;
  readonly counted: CountedLog;
  /** A commit that takes longer is written into the log, milliseconds. */
  readonly slowCommitMs: number;
}

export function storeMeter(
  registry: Registry,
  { log, counted, slowCommitMs }: StoreMeterParts,
): (store: Store) => Store {
  const registers = [registry];
  const commits = new Histogram({
    name: "ensemble_commit_seconds",
    help: "From an update's arrival to its being durable.",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  const batches = new Histogram({
    name: "ensemble_commit_batch_size",
    help: "How many writes were made durable by one commit.",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024],
    registers,
  });
  const appended = new Counter({
    name: "ensemble_appended_bytes_total",
    help: "Bytes of updates that were made durable.",
    registers,
  });
  const notAppended = new Counter({
    name: "ensemble_failed_commits_total",
    help: "Updates that could not be made durable; whoever sent one was not told that it is.",
    registers,
  });
  const loads = new Histogram({
    name: "ensemble_load_seconds",
    help: "How long loading a room from the store took.",
    labelNames: ["outcome"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.3, 1, 5, 20],
    registers,
  });
  const folds = new Histogram({
    name: "ensemble_compaction_seconds",
    help: "How long folding a room's updates into a snapshot took.",
    labelNames: ["outcome"],
    buckets: [0.005, 0.02, 0.1, 0.3, 1, 5, 20, 60],
    registers,
  });
  const snapshots = new Counter({
    name: "ensemble_snapshot_bytes_total",
    help: "Bytes of snapshots that folding wrote.",
    registers,
  });

  const measured = async <T>(
    histogram: Histogram<"outcome">,
    what: string,
    room: string,
    work: () => Promise<T>,
  ): Promise<T> => {
    const end = histogram.startTimer();
    try {
      const value = await work();
      end({ outcome: "done" });
      return value;
    } catch (error) {
      end({ outcome: "failed" });
      log.error({ err: error, workspace: tagOf(room) }, what);
      throw error;
    }
  };

  return (store) => {
    store.onCommit?.((writes) => batches.observe(writes));
    return {
      ...store,
      async append(room, update) {
        const began = performance.now();
        try {
          const seq = await store.append(room, update);
          const ms = performance.now() - began;
          commits.observe(ms / 1000);
          appended.inc(update.length);
          if (ms > slowCommitMs) counted.count("slow commits", undefined, ms);
          return seq;
        } catch (error) {
          notAppended.inc();
          counted.count("updates were not kept");
          throw error;
        }
      },
      load: (room, since) =>
        measured(loads, "a room could not be loaded", room, () => store.load(room, since)),
      async compact(room) {
        const size = await measured(folds, "a room could not be folded", room, () =>
          store.compact(room),
        );
        snapshots.inc(size);
        return size;
      },
    };
  };
}
