/**
 * What this browser keeps of one workspace's blobs: a port. Bytes lie in chunks under their own digests,
 * as they travel; a manifest is written after its chunks, so that a blob is whole or not there.
 */
import type { Digest } from "../base/ids.ts";

/** What is known of a whole blob; `chunks`: the digests of its 4 MiB chunks, in order. */
export interface StoredBlob {
  readonly sha256: Digest;
  readonly size: number;
  readonly mime: string;
  readonly chunks: readonly Digest[];
}

/** As the server takes them. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

/** There is no room for more on this device. */
export type BlobStoreFailure = { readonly code: "storage-full" };

export interface BlobStore {
  /** Durable when it resolves. Throws AppError<BlobStoreFailure>, as putManifest does. */
  putChunk(digest: Digest, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  chunk(digest: Digest): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The blob is whole. `waits`: the server does not have it, so its chunks wait from now on. Both or neither. */
  putManifest(manifest: StoredBlob, waits: boolean): Promise<void>;
  manifest(digest: Digest): Promise<StoredBlob | undefined>;
  /** The chunks that the server does not have yet. */
  waiting(): Promise<readonly Digest[]>;
  uploaded(chunk: Digest): Promise<void>;
  /** Every chunk that is here waits again: the server has lost what it had. */
  waitAgain(): Promise<void>;
}

export function chunksOf(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const count = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  );
}
