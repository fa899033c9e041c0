/** What operators watch: a few numbers in Prometheus' text form. No content, no names. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { RefusalCode } from "../lib/sync/refusals.ts";
import type { Store } from "./stores/store.ts";

export interface Meter {
  received(bytes: number): void;
  /** Something was turned away; `reason` is the code that the client was told. */
  refused(reason: RefusalCode): void;
  /** The text of /metrics. */
  text(): Promise<string>;
  readonly contentType: string;
}

export interface Watched {
  readonly rooms: () => number;
  readonly sockets: () => number;
}

export function createMeter(watched: Watched): Meter & { timed(store: Store): Store } {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: "ensemble_rooms",
    help: "Rooms that are in memory.",
    registers,
    collect() {
      this.set(watched.rooms());
    },
  });
  new Gauge({
    name: "ensemble_connections",
    help: "Open websockets.",
    registers,
    collect() {
      this.set(watched.sockets());
    },
  });
  new Gauge({
    name: "ensemble_memory_bytes",
    help: "Resident memory of the process.",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  const commits = new Histogram({
    name: "ensemble_commit_seconds",
    help: "From an update's arrival to its being durable.",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  const appended = new Counter({
    name: "ensemble_appended_bytes_total",
    help: "Bytes of updates that were made durable.",
    registers,
  });
  const received = new Counter({
    name: "ensemble_received_bytes_total",
    help: "Bytes that came over websockets.",
    registers,
  });
  const refused = new Counter({
    name: "ensemble_refusals_total",
    help: "What was turned away, by the code that the client was told.",
    labelNames: ["reason"],
    registers,
  });
  return {
    received: (bytes) => received.inc(bytes),
    refused: (reason) => refused.inc({ reason }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    timed: (store) => ({
      ...store,
      async append(room, update) {
        const done = commits.startTimer();
        const seq = await store.append(room, update);
        done();
        appended.inc(update.length);
        return seq;
      },
    }),
  };
}
