/** Puts together what a server has for blobs: where they are, the quota, and the collector. */
import { join } from "node:path";
import { Blobs } from "./blobs.ts";
import { type CollectorParts, startCollector } from "./collection/collector.ts";
import type { Limits } from "./limits.ts";
import { Quota } from "./quota.ts";
import type { Settings } from "./settings.ts";
import { StartProblem } from "./startProblem.ts";
import type { BlobStore } from "./stores/blobs.ts";
import { openFileBlobs } from "./stores/fileBlobs.ts";
import type { S3Place } from "./stores/s3Place.ts";

export interface OpenBlobs {
  readonly blobs: Blobs;
  close(): Promise<void>;
}

/** Whoever was told that a blob is there has six sevenths of the time of grace to name it. */
const REFRESH_PART = 7;

/** Throws a StartProblem where the place that the settings name cannot be used. */
export async function openBlobs(
  settings: Pick<Settings, "data" | "s3" | "quota">,
  limits: Limits,
  parts: Pick<CollectorParts, "store" | "marking" | "claim" | "log" | "meter">,
): Promise<OpenBlobs> {
  const blobStore = settings.s3
    ? await openBucket(settings.s3)
    : await openFileBlobs(join(settings.data, "blobs"));
  const { quotaBytes, recountMs, recountFullMs, mostWanted, graceMs } = limits;
  const limit = settings.quota ?? quotaBytes;
  const quota = new Quota(blobStore, { limit, recountMs, recountFullMs });
  const refreshMs = graceMs / REFRESH_PART;
  const blobs = new Blobs({ store: blobStore, quota, refreshMs, mostWanted });
  const collector = startCollector({
    ...parts,
    blobStore,
    blobs,
    quota,
    graceMs,
    afterMs: limits.collectAfterMs,
    everyMs: limits.collectEveryMs,
  });
  return {
    blobs,
    async close() {
      await collector.close();
      await blobStore.close();
    },
  };
}

/** The client of S3 is loaded only where it is asked for: it is large. */
async function openBucket(place: S3Place): Promise<BlobStore> {
  const { openS3Blobs } = await import("./stores/s3Blobs.ts");
  try {
    return await openS3Blobs(place);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new StartProblem(
      `The bucket ${place.bucket} cannot be used (${name}: ${message}). Check that it exists, its region and endpoint, and that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY may read, write, list and delete in it.`,
    );
  }
}
