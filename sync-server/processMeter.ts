/** What the process itself takes: processor, memory, and how late its event loop is. Under the names that are usual. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, Gauge, type Registry } from "prom-client";

const NANOSECONDS = 1e9;
/** How often it is looked, milliseconds; what is measured is the time from one look to the next. */
const LOOK_MS = 20;

/** Gives back how to stop measuring. */
export function meterProcess(registry: Registry): () => void {
  const registers = [registry];
  const delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  delay.enable();
  new Counter({
    name: "process_cpu_seconds_total",
    help: "Processor time of the process, its threads included.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory of the process.",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: "nodejs_heap_size_used_bytes",
    help: "Memory that JavaScript's values take, in the main thread.",
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    name: "nodejs_eventloop_lag_seconds",
    help: "How late the event loop was since the last look at this page.",
    labelNames: ["quantile"],
    registers,
    collect() {
      for (const percent of [50, 99, 100])
        this.set(
          { quantile: String(percent / 100) },
          Math.max(0, delay.percentile(percent) / NANOSECONDS - LOOK_MS / 1000),
        );
      delay.reset();
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process was started, in seconds since 1970.",
    registers,
  }).set(Math.round(Date.now() / 1000 - process.uptime()));
  return () => delay.disable();
}
