/**
 * What operators watch, in Prometheus' text form. No content, no names, no ids: whoever may read it learns how much
 * there is and how it goes, not whose it is.
 */
import { Counter, Gauge, Registry } from "prom-client";
import type { RefusalCode } from "../lib/sync/refusals.ts";
import { type CountCollection, collectionMeter } from "./collection/collectionMeter.ts";
import { meterProcess } from "./processMeter.ts";
import { type StoreMeterParts, storeMeter } from "./storeMeter.ts";
import type { Store } from "./stores/store.ts";

export interface Meter {
  received(bytes: number): void;
  sent(bytes: number): void;
  /** So many bytes of a blob came, or went. */
  blob(direction: "in" | "out", bytes: number): void;
  /** Something was turned away; `reason` is the code that the client was told. */
  refused(reason: RefusalCode): void;
  readonly collected: CountCollection;
  /** The text of /metrics. */
  text(): Promise<string>;
  readonly contentType: string;
  close(): void;
}

export interface Watched extends StoreMeterParts {
  readonly rooms: () => number;
  readonly sockets: () => number;
  readonly members: () => number;
  /** Bytes on the disk, by what they are. */
  readonly stored: () => Promise<Readonly<Record<string, number>>>;
  /** Bytes that all connections together have taken and given since the start. */
  readonly network: () => { readonly in: number; readonly out: number };
  /** Whether the bus to the other nodes works. */
  readonly connected: () => boolean;
}

export function createMeter(watched: Watched): Meter & { timed(store: Store): Store } {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  gauge("ensemble_rooms", "Rooms that are in memory.", watched.rooms);
  gauge("ensemble_connections", "Open websockets.", watched.sockets);
  gauge(
    "ensemble_members_online",
    "Members with an open websocket, by workspace.",
    watched.members,
  );
  gauge(
    "ensemble_bus_connected",
    "1 while this node hears of the others at once, and while there are none; 0 while it asks the store.",
    () => (watched.connected() ? 1 : 0),
  );
  const rss = (): number => process.memoryUsage.rss();
  gauge("ensemble_memory_bytes", "Resident memory of the process.", rss);
  new Gauge({
    name: "ensemble_store_bytes",
    help: "Bytes on the disk: of the database file with its snapshots and updates, and of the log beside it.",
    labelNames: ["file"],
    registers,
    async collect() {
      for (const [file, bytes] of Object.entries(await watched.stored())) this.set({ file }, bytes);
    },
  });
  new Counter({
    name: "ensemble_network_bytes_total",
    help: "Bytes of all connections, as the network carried them.",
    labelNames: ["direction"],
    registers,
    collect() {
      const now = watched.network();
      this.reset();
      this.inc({ direction: "in" }, now.in);
      this.inc({ direction: "out" }, now.out);
    },
  });
  const received = new Counter({
    name: "ensemble_received_bytes_total",
    help: "Bytes that came over websockets.",
    registers,
  });
  const sent = new Counter({
    name: "ensemble_sent_bytes_total",
    help: "Bytes that were sent over websockets.",
    registers,
  });
  const blobs = new Counter({
    name: "ensemble_blob_bytes_total",
    help: "Bytes of blobs that were stored or handed out.",
    labelNames: ["direction"],
    registers,
  });
  const refused = new Counter({
    name: "ensemble_refusals_total",
    help: "What was turned away, by the code that the client was told.",
    labelNames: ["reason"],
    registers,
  });
  const collected = collectionMeter(registry);
  const stopProcess = meterProcess(registry);
  return {
    received: (bytes) => received.inc(bytes),
    sent: (bytes) => sent.inc(bytes),
    collected,
    blob: (direction, bytes) => blobs.inc({ direction }, bytes),
    refused(reason) {
      refused.inc({ reason });
      watched.counted.count("refused", reason);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: stopProcess,
    timed: storeMeter(registry, watched),
  };
}
