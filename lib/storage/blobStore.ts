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
  waiting(): Promise<readonly WaitingChunk[]>;
  uploaded(chunk: Digest): Promise<void>;
  /** The server has lost what it had, or only these chunks: what belongs to a whole blob here waits again. */
  waitAgain(only?: readonly Digest[]): Promise<void>;
  /**
   * Deletes chunks that belong to no blob and were put before that time, milliseconds since 1970: of what was given
   * up half way. Gives back how many. A chunk of which it is not known when it was put is put now.
   */
  collect(before: number): Promise<number>;
}

export interface WaitingChunk {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** The chunks of these blobs with their sizes, each once. */
export function chunkSizes(blobs: Iterable<StoredBlob>): Map<Digest, number> {
  const sizes = new Map<Digest, number>();
  for (const { chunks, size } of blobs)
    for (const [i, chunk] of chunks.entries())
      sizes.set(chunk, Math.min(CHUNK_BYTES, size - i * CHUNK_BYTES));
  return sizes;
}

export function chunksOf(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const count = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  );
}
