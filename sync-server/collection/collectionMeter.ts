/** Collections in numbers, for /metrics. */
import { Counter, type Registry } from "prom-client";

/** A workspace's blobs were looked through; so many that nothing named are gone. */
export type CountCollection = (
  outcome: "done" | "put-off" | "failed",
  blobs: number,
  bytes: number,
) => void;

export function collectionMeter(registry: Registry): CountCollection {
  const registers = [registry];
  const collections = new Counter({
    name: "ensemble_blob_collections_total",
    help: "Workspaces that were looked through for blobs that nothing names, by what came of it.",
    labelNames: ["outcome"],
    registers,
  });
  const blobs = new Counter({
    name: "ensemble_collected_blobs_total",
    help: "Blobs that nothing named and that were deleted.",
    registers,
  });
  const bytes = new Counter({
    name: "ensemble_collected_bytes_total",
    help: "Bytes of blobs that nothing named and that were deleted.",
    registers,
  });
  return (outcome, count, size) => {
    collections.inc({ outcome });
    blobs.inc(count);
    bytes.inc(size);
  };
}
