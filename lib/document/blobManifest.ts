/**
 * What a document holds about a blob: enough to ask for it, to check it, and to say how big it is.
 * Parsed here for every document that holds one, since another member's client may have written anything.
 */
import { type Digest, isDigest } from "../base/ids.ts";
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";

/** `chunks`: the digests of its 4 MiB chunks, in order. */
export interface BlobManifest {
  readonly sha256: Digest;
  readonly size: number;
  readonly mime: string;
  readonly chunks: readonly Digest[];
}

export function parseBlobManifest(value: unknown): BlobManifest | undefined {
  const record = asRecord(value);
  const sha256 = asString(record?.["sha256"]);
  const size = asNumber(record?.["size"]);
  if (sha256 === undefined || !isDigest(sha256)) return undefined;
  if (size === undefined || !Number.isSafeInteger(size) || size < 0) return undefined;
  const chunks = asArray(record?.["chunks"]).filter(
    (one): one is Digest => typeof one === "string" && isDigest(one),
  );
  const mime = asString(record?.["mime"]) ?? "application/octet-stream";
  return { sha256, size, mime, chunks };
}
