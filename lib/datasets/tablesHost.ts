/** The page's half of long tables: keeps the bytes as a blob, so many for each run of a cell and no more. */
import { AppError } from "../base/errors.ts";
import type { CellId } from "../base/ids.ts";
import { asRecord } from "../base/json.ts";
import type { BlobManifest } from "../document/blobManifest.ts";
import type { Capability } from "../kernel/capability.ts";
import type { Blobs } from "../workspace/session.ts";
import { ARROW_MIME } from "./arrow.ts";
import { type KeepRequest, MOST_IN_RUN, MOST_IN_TABLE, TABLES } from "./shownTable.ts";

/** A table that takes long enough to be kept that somebody wonders. */
const LARGE = 8 * 1024 * 1024;

export function tablesCapability(blobs: Pick<Blobs, "put">): Capability<KeepRequest> {
  const kept = new Map<CellId, number>();
  return {
    name: TABLES,
    parse: parseKeepRequest,
    async host({ bytes }, context): Promise<BlobManifest> {
      const { cell, signal } = context;
      const sum = (kept.get(cell) ?? 0) + bytes.byteLength;
      if (sum > MOST_IN_RUN) throw new AppError({ code: "request-malformed", capability: TABLES });
      kept.set(cell, sum);
      const told = (fraction: number): void =>
        context.progress({ label: "keeping a table", fraction, leftMs: null });
      return untilAborted(
        blobs.put(bytes, ARROW_MIME, {
          signal,
          ...(bytes.byteLength > LARGE && { progress: told }),
        }),
        signal,
      );
    },
    cellEnded(cell) {
      kept.delete(cell);
      return Promise.resolve();
    },
  };
}

/** Throws AppError "request-malformed". */
function parseKeepRequest(value: unknown): KeepRequest {
  const bytes = asRecord(value)?.["bytes"];
  if (
    bytes instanceof Uint8Array &&
    bytes.buffer instanceof ArrayBuffer &&
    bytes.byteLength <= MOST_IN_TABLE
  )
    return { bytes: bytes as Uint8Array<ArrayBuffer> };
  throw new AppError({ code: "request-malformed", capability: TABLES });
}

/** Whoever stops a cell does not wait for the disk. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
