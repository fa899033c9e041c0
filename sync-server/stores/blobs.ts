/**
 * What the server asks of whatever keeps blobs: a port. Blobs belong to a workspace and are named by their
 * SHA-256; a name never stands for other bytes, or for a part. Every promise resolves when durable.
 */
import type { Readable } from "node:stream";
import type { Digest, WorkspaceId } from "../../lib/base/ids.ts";

/** `time`: when it was written or refreshed last, milliseconds since 1970, to a second. */
export interface BlobFacts {
  readonly size: number;
  readonly time: number;
}

export interface ListedBlob extends BlobFacts {
  readonly digest: Digest;
}

/** Of bytes the first and the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type Kept = "kept" | "digest-differs";

export interface BlobStore {
  /** Undefined where this workspace has no such blob. */
  find(workspace: WorkspaceId, digest: Digest): Promise<BlobFacts | undefined>;
  /** Rejects where there is none. */
  read(workspace: WorkspaceId, digest: Digest, range?: ByteRange): Promise<Readable>;
  /** Keeps the bytes if they are what the digest says. Nobody finds them before that is known. */
  write(workspace: WorkspaceId, digest: Digest, bytes: AsyncIterable<Uint8Array>): Promise<Kept>;
  /**
   * Makes its time now; false where there is none. After "true" it is there, whoever discards at the same
   * moment with a time before this one.
   */
  refresh(workspace: WorkspaceId, digest: Digest): Promise<boolean>;
  /** Deletes it where its time is before this one; says whether it is gone by that. */
  discard(workspace: WorkspaceId, digest: Digest, before: number): Promise<boolean>;
  /** What the workspace has, in no order. What is written meanwhile may be missing. */
  list(workspace: WorkspaceId): AsyncIterable<ListedBlob>;
  close(): Promise<void>;
}
